"""Measures to SQL: several of one table, by the same instant and dimensions, in one scan.

After `_bucket` and the dimensions each measure has its own columns: how many of the rows it counts
there are, then the figures of its form.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlglot import exp

from deskpulse_reports.analysis.sample import GRID
from deskpulse_reports.kpis import rows
from deskpulse_reports.kpis.columns import Customs, columns, twins
from deskpulse_reports.kpis.expression import AGGREGATES, aggregate, scalar
from deskpulse_reports.kpis.question import Question
from deskpulse_reports.kpis.rows import fragment
from deskpulse_reports.kpis.spec import Measure

HEADLINES = (0.25, 0.5, 0.75, 0.9)
"""The quantiles of a number per row."""
SPREAD = GRID
"""The quantiles that a comparison wants to know; those of `HEADLINES` are among them."""
WIDTHS = {"value": 2, "each": 4, "share": 3}
"""How many columns a measure of each form has."""
_LARGEST = 1e15


def together(spec: Measure, question: Question, customs: Customs) -> object:
    """What measures of one question must have in common to share a scan."""
    known = rows.dimension_names(spec, customs)
    instant = time_column(spec, question.attribution)
    return (
        spec.table,
        instant,
        spec.pending_s,
        spec.before,
        tuple(known[name] for name in question.by),
    )


def scan(specs: Sequence[Measure], question: Question, customs: Customs) -> exp.Select:
    """The figures of measures that go `together`; the previous period is in the same scan.

    A measure's columns: rows, then `value` for an aggregate, `n, mean, [quantiles]` for a number
    per row (all quantiles from one sorted state: a third faster), `k, n` for a share.
    """
    first = specs[0]
    own = [rows.conditions(spec, customs) for spec in specs]
    shared = [each for each in own[0] if all(each in other for other in own)]
    instant = time_column(first, question.attribution)
    inner = rows.within(first, question, customs, instant, shared)
    figures: list[exp.Expr] = []
    raw: dict[str, exp.Expr] = {}
    for number, (spec, conditions) in enumerate(zip(specs, own, strict=True)):
        rest = [each for each in conditions if each not in shared]
        counts = exp.column(f"_in{number}") if rest else None
        if rest:
            raw[f"_in{number}"] = exp.and_(*rest)
        tree = figure(spec, question, customs)
        if spec.value:
            raw |= {column.name: column for column in tree.find_all(exp.Column)}
            figures += [_rows_of(counts), _only(tree.copy(), counts)]
            continue
        raw[f"_x{number}"] = _when(rest, tree)
        levels = SPREAD if question.spread else HEADLINES
        figures += [_rows_of(counts), *_of_column(f"_x{number}", spec, levels)]
    added = [column.copy().as_(name) for name, column in sorted(raw.items())]
    there = [rows.were_there(question)] if first.before else []
    inner = inner.select(*added, copy=False)
    return rows.grouped(inner, question, rows.bucket(question), figures).where(
        rows.window(question), *there, copy=False
    )


def form(spec: Measure) -> str:
    """Which figures a measure has: those of a value, of each row, or of a share of rows."""
    if spec.within is not None:
        return "share"
    return "value" if spec.value else "each" if spec.each else "share"


def time_column(spec: Measure, attribution: str) -> str:
    """The column that decides the period: the event's, or the ticket's creation."""
    return "created_at" if attribution == "created" else spec.time


def figure(spec: Measure, question: Question, customs: Customs) -> exp.Expr:
    """The checked expression of a measure, by the clock asked for.

    A number per row that measures nothing is null: no time of negative length (clocks that were
    wrong), no infinity and nothing that is not a number.
    """
    place = f"[kpis.{spec.id}] {spec.form}"
    known = columns(spec.table, customs)
    tree = (aggregate if spec.value else scalar)(spec.expression, known, place)
    if question.clock == "business":
        swaps = twins(spec.table)
        for column in list(tree.find_all(exp.Column)):
            column.this.set("this", swaps.get(column.name, column.name))
    if spec.each:
        tree = exp.cast(exp.paren(tree), "double")
        if spec.running:
            tree = tree + _running(spec.running, question)
        timed = spec.unit == "seconds" or spec.within is not None
        lowest = 0.0 if timed else -_LARGEST
        # The second condition is for what is not a number: files state the largest of the others,
        # and with that the first one may be taken for granted.
        measures = exp.and_(
            exp.Between(this=exp.paren(tree), low=exp.convert(lowest), high=exp.convert(_LARGEST)),
            (exp.paren(tree.copy()) - exp.paren(tree.copy())).eq(exp.convert(0.0)),
        )
        if spec.within is not None:
            tree = exp.LTE(this=exp.paren(tree.copy()), expression=exp.convert(spec.within))
        return exp.Case(ifs=[exp.If(this=measures, true=tree.copy())])
    return exp.cast(exp.paren(tree), "boolean") if spec.share else tree


def _running(statuses: Iterable[str], question: Question) -> exp.Expr:
    """What the span that still runs adds up to `as_of`; 0 when it runs in another status."""
    wall = fragment(f"GREATEST({question.as_of} - running_at, 0) / 1000000.0")
    adds = wall
    if question.clock == "business":
        cases = [
            exp.If(
                this=exp.column("calendar").eq(name),
                true=fragment(f"GREATEST({seconds!r} - running_open_s, 0)"),
            )
            for name, seconds in sorted(question.open_before.items())
            if name
        ]
        around_the_clock = exp.If(this=fragment("COALESCE(calendar, '') = ''"), true=wall)
        adds = exp.Case(ifs=[around_the_clock, *cases])
    in_status = exp.column("running_status").isin(*statuses)
    return exp.Case(ifs=[exp.If(this=in_status, true=adds)], default=exp.convert(0))


def _of_column(name: str, spec: Measure, levels: Sequence[float]) -> list[exp.Expr]:
    if form(spec) == "share":
        return [fragment(f"COUNT(CASE WHEN {name} THEN 1 END)"), fragment(f"COUNT({name})")]
    return distribution(name, levels)


def distribution(name: str, levels: Sequence[float] = HEADLINES) -> list[exp.Expr]:
    """`n, mean, [quantiles]` of a column."""
    quantiles = f"QUANTILE_CONT({name}, {list(levels)})"
    return [fragment(text) for text in (f"COUNT({name})", f"AVG({name})", quantiles)]


def _rows_of(counts: exp.Expr | None) -> exp.Expr:
    if counts is None:
        return fragment("COUNT(*)")
    return fragment(f"COUNT(CASE WHEN {counts.sql('duckdb')} THEN 1 END)")


def _when(conditions: Sequence[exp.Expr], tree: exp.Expr) -> exp.Expr:
    if not conditions:
        return tree
    return exp.Case(ifs=[exp.If(this=exp.and_(*conditions), true=tree)])


def _only(tree: exp.Expr, counts: exp.Expr | None) -> exp.Expr:
    """Every aggregate over the rows that count only."""
    if counts is None:
        return tree
    holder = exp.paren(tree)
    for node in list(holder.find_all(*AGGREGATES)):
        above = node.parent
        if isinstance(above, exp.Filter):
            above.set("expression", exp.Where(this=exp.and_(above.expression.this, counts)))
        else:
            node.replace(exp.Filter(this=node.copy(), expression=exp.Where(this=counts.copy())))
    return holder
