"""Specs to SQL: sqlglot trees in DuckDB's dialect, one scan each.

Columns of our own begin with an underscore, which no fact column does. A question's answer has the
columns `_bucket`, `_dim0` .. `_dimN`, then the figures of its form.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlglot import exp, parse_one

from deskpulse.errors import ConfigError
from deskpulse_reports.kpis import buckets
from deskpulse_reports.kpis.columns import TAG, TIME_DIMENSIONS, Customs, columns, dimensions, twins
from deskpulse_reports.kpis.expression import aggregate, scalar
from deskpulse_reports.kpis.names import allowed, nearest
from deskpulse_reports.kpis.question import BEFORE, WITHIN, Question
from deskpulse_reports.kpis.spec import Measure, OverTable, Stock


def measure(spec: Measure, question: Question, customs: Customs) -> exp.Select:
    """The figures of a measure by bucket and dimension, the previous period in the same scan.

    After the dimensions: `value, n` for an aggregate, `n, mean, [median, p90]` for a number per
    row (both quantiles from one sorted state: a third faster), `k, n` for a share.
    """
    tree = _figure(spec, question, customs)
    instant = time_column(spec, question.attribution)
    names = sorted({column.name for column in tree.find_all(exp.Column)}) if spec.value else []
    rows = _rows(spec, question, customs, instant).select(*(_column(name) for name in names))
    if not spec.value:
        rows = rows.select(tree.as_("_x"))
    time = _column("_local")
    figures = {
        "value": ("{value}", "COUNT(*)"),
        "each": ("COUNT(_x)", "AVG(_x)", "QUANTILE_CONT(_x, [0.5, 0.9])"),
        "share": ("COUNT(CASE WHEN _x THEN 1 END)", "COUNT(_x)"),
    }[form(spec)]
    shown = [tree if text == "{value}" else _sql(text) for text in figures]
    return _grouped(rows, question, _bucket(time, question), shown).where(_window(time, question))


def stock(spec: Stock, question: Question, customs: Customs) -> exp.Select:
    """By bucket and dimension, how many spans more stand at its end than one bucket earlier.

    Everything that began before the window is in the bucket `question.before`.
    """
    sides = []
    for column, sign in ((spec.starts, 1), (spec.ends, -1)):
        rows = _rows(spec, question, customs, column, from_the_beginning=True)
        sides.append(rows.select(exp.convert(sign).as_("_x")))
    time = _column("_local")
    reached = exp.Case(
        ifs=[
            exp.If(
                this=_bucket(time, question) < question.before, true=exp.convert(question.before)
            )
        ],
        default=_bucket(time, question),
    )
    both = exp.union(*sides, distinct=False)
    return _grouped(both, question, reached, [_sql("SUM(_x)")]).where(
        buckets.day(time) <= question.last
    )


def standing(spec: Stock, question: Question, customs: Customs) -> exp.Select:
    """How many spans stand now, for a stock whose past is not known."""
    rows = _rows(spec, question, customs, spec.starts, from_the_beginning=True)
    return _grouped(rows, question, exp.convert(WITHIN), [_sql("COUNT(*)")])


def extent(spec: OverTable, instant: str, customs: Customs) -> exp.Select:
    """The first and last instant (epoch microseconds) that a spec's rows have."""
    time = _column(instant)
    return (
        exp.select(exp.Min(this=time), exp.Max(this=time.copy()))
        .from_(_source(spec.table, created=instant == "created_at"))
        .where(*_conditions(spec, customs))
    )


def calendars(table: str) -> exp.Select:
    """The names of the business calendars that a table's rows use."""
    return exp.select("calendar").distinct().from_(table)


def form(spec: Measure) -> str:
    """Which of its three forms a measure has: value, each or share."""
    return "value" if spec.value else "each" if spec.each else "share"


def time_column(spec: Measure, attribution: str) -> str:
    """The column that decides the period: the event's, or the ticket's creation."""
    return "created_at" if attribution == "created" else spec.time


def dimension_names(spec: OverTable, customs: Customs) -> dict[str, str]:
    """Dimension -> expression; tag and the dimensions of time map to their own names."""
    special = (TAG, *TIME_DIMENSIONS) if isinstance(spec, Measure) else (TAG,)
    return {
        **dimensions(spec.table, customs),
        **spec.dimensions,
        **{name: name for name in special},
    }


def check(spec: Measure | Stock, customs: Customs) -> None:
    """Raise ConfigError where a spec names what is not there or not allowed."""
    known = columns(spec.table, customs)
    _conditions(spec, customs)
    for name, text in spec.dimensions.items():
        scalar(text, known, f"[kpis.{spec.id}] dimensions.{name}")
    instants = {column for column in known if column.endswith(("_at", "_since"))}
    for key, name in _times(spec).items():
        if name not in instants:
            raise ConfigError(
                f"[kpis.{spec.id}] {key} = {name!r} is no instant of {spec.table}"
                f"{nearest(name, instants)}: {allowed(instants)}"
            )
    if isinstance(spec, Measure):
        gate = aggregate if spec.value else scalar
        gate(spec.expression, known, f"[kpis.{spec.id}] {form(spec)}")


def _times(spec: Measure | Stock) -> dict[str, str]:
    if isinstance(spec, Measure):
        return {"time": spec.time}
    return {"starts": spec.starts} | ({"ends": spec.ends} if spec.ends else {})


def _figure(spec: Measure, question: Question, customs: Customs) -> exp.Expr:
    place = f"[kpis.{spec.id}] {form(spec)}"
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
    if spec.share:
        tree = exp.cast(exp.paren(tree), "boolean")
    return tree


def _running(statuses: Iterable[str], question: Question) -> exp.Expr:
    """What the span that still runs adds up to `as_of`; 0 when it runs in another status."""
    wall = _sql(f"GREATEST({question.as_of} - running_at, 0) / 1000000.0")
    adds = wall
    if question.clock == "business":
        cases = [
            exp.If(
                this=_column("calendar").eq(name),
                true=_sql(f"GREATEST({seconds!r} - running_open_s, 0)"),
            )
            for name, seconds in sorted(question.open_before.items())
            if name
        ]
        around_the_clock = exp.If(this=_sql("COALESCE(calendar, '') = ''"), true=wall)
        adds = exp.Case(ifs=[around_the_clock, *cases])
    in_status = _column("running_status").isin(*statuses)
    return exp.Case(ifs=[exp.If(this=in_status, true=adds)], default=exp.convert(0))


def _rows(
    spec: OverTable,
    question: Question,
    customs: Customs,
    instant: str,
    *,
    from_the_beginning: bool = False,
) -> exp.Select:
    """The rows of a spec with `_local` and the dimensions; the figure's columns are added to it."""
    low = (question.scan_from - 1 - buckets.EPOCH_DAY) * buckets.DAY
    high = (question.last + 2 - buckets.EPOCH_DAY) * buckets.DAY
    time = _column(instant)
    reach = [time < high] if from_the_beginning else [time >= low, time.copy() < high]
    known = dimension_names(spec, customs)
    return (
        exp.select(
            buckets.local(time, buckets.offsets(question.zone, low, high)).as_("_local"),
            *(
                _dimension(name, known[name], spec, customs).as_(f"_dim{number}")
                for number, name in enumerate(question.by)
                if name not in TIME_DIMENSIONS
            ),
        )
        .from_(_source(spec.table, created=instant == "created_at"))
        .where(*_conditions(spec, customs), *reach)
    )


def _source(table: str, *, created: bool) -> exp.Expr:
    """A fact table; with the creation of its tickets where a row does not carry it itself."""
    if not created or table == "tickets":
        return exp.to_table(table)
    joined = exp.select("f.*", "t.created_at").from_(f"{table} AS f")
    return joined.join("tickets AS t", using=["source", "ticket_id"]).subquery("rows_created")


def _conditions(spec: OverTable, customs: Customs) -> list[exp.Expr]:
    counted: list[exp.Expr] = [] if spec.include_removed else [_column("counted")]
    if not spec.filter:
        return counted
    known = columns(spec.table, customs)
    return [*counted, exp.paren(scalar(spec.filter, known, f"[kpis.{spec.id}] filter"))]


def _dimension(name: str, text: str, spec: OverTable, customs: Customs) -> exp.Expr:
    if name == TAG:  # once per tag, and once without one
        tags = "LIST_DISTINCT(COALESCE(tags, []))"
        return _sql(f"UNNEST(CASE WHEN LEN({tags}) > 0 THEN {tags} ELSE [NULL] END)")
    place = f"[kpis.{spec.id}] dimensions.{name}"
    return scalar(text, columns(spec.table, customs), place)


def _grouped(
    rows: exp.Query, question: Question, bucket: exp.Expr, figures: Sequence[exp.Expr]
) -> exp.Select:
    time = _column("_local")
    of_time = {"weekday": buckets.weekday(time), "hour_of_day": buckets.hour_of_day(time)}
    keys = [
        of_time.get(name, _column(f"_dim{number}")).as_(f"_dim{number}")
        for number, name in enumerate(question.by)
    ]
    positions = [exp.Literal.number(place) for place in range(1, len(keys) + 2)]
    return (
        exp.select(bucket.as_("_bucket"), *keys, *figures)
        .from_(rows.subquery("rows"))
        .group_by(*positions)
    )


def _bucket(time: exp.Expr, question: Question) -> exp.Expr:
    if question.every is not None:
        return buckets.bucket(time, question.every, question.week_start)
    return exp.Case(
        ifs=[exp.If(this=buckets.day(time) < question.first, true=exp.convert(BEFORE))],
        default=exp.convert(WITHIN),
    )


def _window(time: exp.Expr, question: Question) -> exp.Expr:
    """The window's days, and the whole bucket before: a window may begin within a bucket."""
    day = buckets.day(time)
    inside = exp.and_(day <= question.last, day.copy() >= question.scan_from)
    if question.every is None:
        return inside
    begun = exp.or_(day.copy() >= question.first, _bucket(time, question) <= question.before)
    return exp.and_(inside, begun)


def _column(name: str) -> exp.Column:
    return exp.column(name)


def _sql(text: str) -> exp.Expr:
    """A fragment of our own."""
    return parse_one(text, dialect="duckdb")
