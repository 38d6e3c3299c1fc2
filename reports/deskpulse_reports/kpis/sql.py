"""Stocks and the smaller questions to SQL, and the check of a whole spec."""

from __future__ import annotations

from sqlglot import exp

from deskpulse.errors import ConfigError
from deskpulse_reports.kpis import buckets, rows
from deskpulse_reports.kpis.columns import Customs, columns, truths_of
from deskpulse_reports.kpis.expression import aggregate, check_condition, scalar
from deskpulse_reports.kpis.names import allowed, nearest
from deskpulse_reports.kpis.question import WITHIN, Question
from deskpulse_reports.kpis.scan import distribution, scan
from deskpulse_reports.kpis.spec import AnySpec, Measure, OverTable, Stock

_SUMS = [rows.fragment("SUM(_n)"), rows.fragment("SUM(_x)")]
_ADDED = [rows.fragment("SUM(_n) AS _n"), rows.fragment("SUM(_x) AS _x")]
_ENDS = {"_time": "_began", "_end": "_ended"}
"""The instants of a span's two ends, and what their buckets are called."""


def query(spec: AnySpec, question: Question, customs: Customs) -> exp.Select:
    """The one query of a measure or stock. Raises ConfigError for what has none of its own."""
    match spec:
        case Measure():
            return scan([spec], question, customs)
        case Stock():
            kind = ages if spec.age else standing if spec.only_now else stock
            return kind(spec, question, customs)
        case _:
            raise ConfigError(f"{spec.id} has no query of its own")


def stock(spec: Stock, question: Question, customs: Customs, *, ending: bool = True) -> exp.Select:
    """By bucket and dimension, how much more stands at its end than one bucket earlier.

    Without `ending`, how much began in it.

    The columns are spans and their weight (the same where they are counted). Everything that began
    before the window is in the bucket `question.before`. Spans are read once, and added up by the
    buckets of both their ends before each end is counted on its own.
    """
    spans = _from_the_beginning(spec, question, customs, spec.starts).select(
        rows.time_of(question, exp.column(spec.ends)).as_("_end"),
        exp.convert(1).as_("_n"),
        weight(spec, customs).as_("_x"),
    )
    split = [exp.column(f"_dim{number}") for number in range(len(question.by))]
    ends = [_reached(question, name).as_(as_) for name, as_ in _ENDS.items()]
    added = (
        exp.select(*ends, *(key.copy() for key in split), *(each.copy() for each in _ADDED))
        .from_(spans.subquery("spans", copy=False), copy=False)
        .group_by(*range(1, len(ends) + len(split) + 1))
    )
    sides = [
        exp.select(exp.column(as_).as_("_time"), *(key.copy() for key in split))
        .select(f"{sign}_n AS _n", f"{sign}_x AS _x")
        .from_("added")
        .where(f"{as_} IS NOT NULL")
        for as_, sign in list(zip(_ENDS.values(), ("", "-"), strict=True))[: 2 if ending else 1]
    ]
    both = exp.union(*sides, distinct=False) if ending else sides[0]
    return rows.grouped(both, question, exp.column("_time"), _SUMS).with_("added", added)


def _reached(question: Question, time: str) -> exp.Expr:
    """The bucket of an instant, that of all before the window; null after the window."""
    instant = exp.column(time)
    there = rows.before_day(question, question.last + 1, time)
    if question.every is None:
        return exp.Case(ifs=[exp.If(this=there, true=rows.bucket(question, time))])
    begins = buckets.start_of(question.before, question.every, question.week_start)
    earlier = exp.If(this=instant < begins, true=exp.convert(question.before))
    return exp.Case(ifs=[earlier, exp.If(this=there, true=rows.bucket(question, time))])


def standing(spec: Stock, question: Question, customs: Customs) -> exp.Select:
    """How many spans stand now, for a stock whose past is not known."""
    found = _from_the_beginning(spec, question, customs, spec.starts).select(
        exp.convert(1).as_("_n"), weight(spec, customs).as_("_x")
    )
    return rows.grouped(found, question, exp.convert(WITHIN), _SUMS)


def ages(spec: Stock, question: Question, customs: Customs) -> exp.Select:
    """How long ago `age` was for the spans that stand at the present: rows, n, mean, quantiles."""
    found = _from_the_beginning(spec, question, customs, spec.starts)
    figures = [rows.fragment("COUNT(*)"), *distribution("_x")]
    found = found.select(age(spec, question).as_("_x")).where(*stand_now(spec, question))
    return rows.grouped(found, question, exp.convert(WITHIN), figures)


def age(spec: Stock, question: Question) -> exp.Expr:
    """Seconds from a row's `age` to the present."""
    return rows.fragment(f"({question.as_of} - {spec.age}) / 1000000.0")


def stand_now(spec: Stock, question: Question) -> list[exp.Expr]:
    """Which spans stand at the present and have an age."""
    conditions = [f"{name} <= {question.as_of}" for name in dict.fromkeys([spec.starts, spec.age])]
    if spec.ends:
        conditions.append(f"({spec.ends} IS NULL OR {spec.ends} > {question.as_of})")
    return [rows.fragment(text) for text in conditions]


def weight(spec: Stock, customs: Customs) -> exp.Expr:
    """What a span adds to a stock."""
    if not spec.weight:
        return exp.convert(1)
    known = columns(spec.table, customs)
    return exp.cast(scalar(spec.weight, known, f"[kpis.{spec.id}] weight"), "double")


def currencies(spec: OverTable, customs: Customs, column: str) -> exp.Select:
    """The currencies of a spec's rows; null is one of its own, as nobody knows which it is."""
    found = exp.select(column).distinct().from_(spec.table)
    return found.where(*rows.conditions(spec, customs))


def calendars(table: str) -> exp.Select:
    """The names of the business calendars that a table's rows use."""
    return exp.select("calendar").distinct().from_(table)


def check(spec: Measure | Stock, customs: Customs) -> None:
    """Raise ConfigError where a spec names what is not there or not allowed."""
    known = columns(spec.table, customs)
    rows.conditions(spec, customs)
    if isinstance(spec, Stock):
        weight(spec, customs)
    for name, text in spec.dimensions.items():
        scalar(text, known, f"[kpis.{spec.id}] dimensions.{name}")
    instants = {column for column in known if column.endswith(("_at", "_since"))}
    for key, name in _times(spec).items():
        if name not in instants:
            raise ConfigError(
                f"[kpis.{spec.id}] {key} = {name!r} is no instant of {spec.table}"
                f"{nearest(name, instants)}: {allowed(instants)}"
            )
    truths = truths_of(spec.table, customs)
    if spec.filter:
        place = f"[kpis.{spec.id}] filter"
        check_condition(scalar(spec.filter, known, place), truths, place)
    if isinstance(spec, Measure):
        place = f"[kpis.{spec.id}] {spec.form}"
        tree = (aggregate if spec.value else scalar)(spec.expression, known, place)
        if spec.share:
            check_condition(tree, truths, place)


def _from_the_beginning(
    spec: Stock, question: Question, customs: Customs, instant: str
) -> exp.Select:
    conditions = rows.conditions(spec, customs)
    return rows.within(spec, question, customs, instant, conditions, from_the_beginning=True)


def _times(spec: Measure | Stock) -> dict[str, str]:
    if isinstance(spec, Measure):
        return {"time": spec.time} | ({"before": spec.before} if spec.before else {})
    named = {"starts": spec.starts, "ends": spec.ends, "age": spec.age}
    return {key: name for key, name in named.items() if name}
