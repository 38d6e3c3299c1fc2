"""The rows behind a figure, as sqlglot trees: which rows of a fact table, when, and split by what.

Columns of our own begin with an underscore, which no fact column does: `_time` is the time that
decides the period, `_dim0` .. `_dimN` are the dimensions. `_time` is local where the question needs
the clock on the wall, and else the instant itself: comparing it with midnights costs nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

from sqlglot import exp, parse_one

from deskpulse.errors import ConfigError
from deskpulse_reports.kpis import buckets
from deskpulse_reports.kpis.columns import TAG, TIME_DIMENSIONS, Customs, columns, dimensions
from deskpulse_reports.kpis.expression import scalar
from deskpulse_reports.kpis.question import BEFORE, WITHIN, Question
from deskpulse_reports.kpis.spec import Measure, OverTable
from deskpulse_reports.kpis.tables import TABLES


def dimension_names(spec: OverTable, customs: Customs) -> dict[str, str]:
    """Dimension -> expression; tag and the dimensions of time map to their own names."""
    tags = (TAG,) if "tags" in columns(spec.table, customs) else ()
    special = (*tags, *TIME_DIMENSIONS) if isinstance(spec, Measure) else tags
    return {
        **dimensions(spec.table, customs),
        **spec.dimensions,
        **{name: name for name in special},
    }


def within(
    spec: OverTable,
    question: Question,
    customs: Customs,
    instant: str,
    conditions: Iterable[exp.Expr],
    *,
    from_the_beginning: bool = False,
) -> exp.Select:
    """The rows in reach of the window with `_time` and the dimensions; add columns to it.

    Its edges are a day too wide: `window` cuts them.
    """
    low, high = _reach(question)
    time = exp.column(instant)
    low = low if question.since is None else max(low, question.since)
    high = high if question.until is None else min(high, question.until)
    if isinstance(spec, Measure) and spec.pending_s:
        high = min(high, question.as_of - round(spec.pending_s * buckets.MICROS) + 1)
    reach = [time < high] if from_the_beginning else [time >= low, time.copy() < high]
    known = dimension_names(spec, customs)
    earlier = [_before(spec, question)] if isinstance(spec, Measure) and spec.before else []
    return (
        exp.select(
            time_of(question, time).as_("_time"),
            *earlier,
            *(
                _dimension(name, known[name], spec, customs).as_(f"_dim{number}")
                for number, name in enumerate(question.by)
                if name not in TIME_DIMENSIONS
            ),
        )
        .from_(source(spec.table, instant))
        .where(*conditions, *reach)
    )


def _before(spec: Measure, question: Question) -> exp.Expr:
    return time_of(question, exp.column(spec.before)).as_("_before")


def were_there(question: Question) -> exp.Expr:
    """The instant of `Measure.before` lies before the row's bucket; rows have it as `_before`."""
    before = exp.column("_before")
    if question.every is not None:
        return buckets.bucket(before, question.every, question.week_start) < bucket(question)
    early = before_day(question, question.first)
    edges = (
        exp.convert(moment(question, day * buckets.DAY))
        for day in (question.scan_from, question.first)
    )
    scanned, first = edges
    begins = exp.Case(ifs=[exp.If(this=early, true=scanned)], default=first)
    return before < begins


def time_of(question: Question, instant: exp.Expr) -> exp.Expr:
    """What `_time` is of an instant; local time is exact within the question's reach."""
    if not _by_the_wall(question):
        return instant
    return buckets.local(instant, buckets.offsets(question.zone, *_reach(question)))


def moment(question: Question, local_micros: int) -> int:
    """A local time as `_time` is compared with."""
    if _by_the_wall(question):
        return local_micros
    return buckets.instant_of(local_micros, question.zone)


def _by_the_wall(question: Question) -> bool:
    """Whether rows need local time; also where clocks change near an edge of the window."""
    if question.every is not None or not set(TIME_DIMENSIONS).isdisjoint(question.by):
        return True
    edges = (question.scan_from, question.first, question.last + 1)
    return any(buckets.changes_near(day, question.zone) for day in edges)


def source(table: str, instant: str) -> exp.Expr:
    """A fact table; with the creation of its tickets where a row does not carry it itself."""
    if instant != "created_at" or "created_at" in TABLES[table]:
        return exp.to_table(table)
    joined = exp.select("f.*", "t.created_at").from_(f"{table} AS f")
    return joined.join("tickets AS t", using=["source", "ticket_id"]).subquery("rows_created")


def conditions(spec: OverTable, customs: Customs) -> list[exp.Expr]:
    """Which rows count at all: not those of removed tickets, and what the spec's filter says."""
    known = columns(spec.table, customs)
    removed = not spec.include_removed and "counted" in known
    counted: list[exp.Expr] = [exp.column("counted")] if removed else []
    if not spec.filter:
        return counted
    return [*counted, exp.paren(scalar(spec.filter, known, f"[kpis.{spec.id}] filter"))]


def grouped(
    rows: exp.Query, question: Question, bucket: exp.Expr, figures: Sequence[exp.Expr]
) -> exp.Select:
    """The figures by bucket and dimension: columns `_bucket`, `_dim0` .. `_dimN`, then figures.

    Where a question has several `sets`, also a mark for each dimension: 0 if a row is grouped by
    it.
    """
    shown = [bucket.as_("_bucket"), *keys(question)]
    grouping = exp.select(*shown, *figures).from_(rows.subquery("counting", copy=False), copy=False)
    if not question.sets:
        return grouping.group_by(*_positions(range(len(shown))), copy=False)
    ways = [_positions([0, *(1 + question.by.index(name) for name in by)]) for by in question.sets]
    sets = exp.GroupingSets(expressions=[exp.Tuple(expressions=way) for way in ways])
    grouping.set("group", exp.Group(expressions=[sets]))
    marks = [exp.Grouping(expressions=[key.args["this"].copy()]) for key in keys(question)]
    return grouping.select(*marks, copy=False)


def _positions(places: Iterable[int]) -> list[exp.Expr]:
    return [exp.Literal.number(place + 1) for place in places]


def keys(question: Question) -> list[exp.Expr]:
    """The dimensions, those of time worked out, as `_dim0` .. `_dimN`."""
    time = exp.column("_time")
    of_time = {"weekday": buckets.weekday(time), "hour_of_day": buckets.hour_of_day(time)}
    return [
        of_time.get(name, exp.column(f"_dim{number}")).as_(f"_dim{number}")
        for number, name in enumerate(question.by)
    ]


def bucket(question: Question, time: str = "_time") -> exp.Expr:
    """The bucket of a row."""
    if question.every is not None:
        return buckets.bucket(exp.column(time), question.every, question.week_start)
    earlier = exp.If(this=before_day(question, question.first, time), true=exp.convert(BEFORE))
    return exp.Case(ifs=[earlier], default=exp.convert(WITHIN))


def window(question: Question) -> exp.Expr:
    """The window's days, and the whole bucket before: a window may begin within a bucket."""
    early = before_day(question, question.scan_from)
    inside = exp.and_(before_day(question, question.last + 1), early.not_())
    if question.every is None:
        return inside
    begins = buckets.start_of(question.before + 1, question.every, question.week_start)
    if begins == question.first * buckets.DAY:
        return inside
    begun = before_day(question, question.first).not_()
    return exp.and_(inside, exp.or_(begun, exp.column("_time") < begins))


def before_day(question: Question, day: int, time: str = "_time") -> exp.Expr:
    """Before a local day begins."""
    return exp.column(time) < moment(question, day * buckets.DAY)


def fragment(text: str) -> exp.Expr:
    """A piece of SQL of our own, the caller's to change."""
    return _parsed(text).copy()


@lru_cache(maxsize=512)
def _parsed(text: str) -> exp.Expr:
    return parse_one(text, dialect="duckdb")


def _reach(question: Question) -> tuple[int, int]:
    low = (question.scan_from - 1 - buckets.EPOCH_DAY) * buckets.DAY
    return low, (question.last + 2 - buckets.EPOCH_DAY) * buckets.DAY


def _dimension(name: str, text: str, spec: OverTable, customs: Customs) -> exp.Expr:
    if name == TAG:  # once per tag, and once without one
        tags = "LIST_DISTINCT(COALESCE(tags, []))"
        return fragment(f"UNNEST(CASE WHEN LEN({tags}) > 0 THEN {tags} ELSE [NULL] END)")
    place = f"[kpis.{spec.id}] dimensions.{name}"
    return scalar(text, columns(spec.table, customs), place)


def check_created(spec: OverTable) -> None:
    """Raise ConfigError where a table's rows belong to no ticket, so that none created them."""
    if not {"ticket_id", "created_at"} & TABLES[spec.table].keys():
        raise ConfigError(
            f"{spec.id}: rows of {spec.table} belong to no ticket, so they cannot be counted by "
            "its creation",
            hint="Ask without --attribution created.",
        )
