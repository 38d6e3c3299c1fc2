"""The cases behind a value: every figure resolves to its tickets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlglot import exp

from deskpulse.clock import from_micros
from deskpulse.errors import ConfigError
from deskpulse_reports.kpis import buckets, rows, scan, sql
from deskpulse_reports.kpis.columns import Customs, record_column
from deskpulse_reports.kpis.names import nearest
from deskpulse_reports.kpis.periods import covered, whole
from deskpulse_reports.kpis.question import WITHIN, Question
from deskpulse_reports.kpis.result import Dim
from deskpulse_reports.kpis.spec import Measure, Stock
from deskpulse_reports.kpis.tables import TABLES


@dataclass(frozen=True, slots=True)
class Case:
    """One case of a value.

    `ticket_id` is None where the record belongs to no ticket; `record_id` is that of the survey,
    call, order ... where it is not the ticket itself that counts. `at` is the instant (UTC) that
    puts it into its bucket. `value` is what it adds: seconds (or the KPI's unit) of a duration, 1
    or 0 for a rate, the seconds (or weight) it had stood for a stock; None where it just counts.
    """

    source: str
    ticket_id: str | None
    record_id: str | None
    at: datetime
    value: float | None
    bucket: str | None = None
    dims: Mapping[str, Dim] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Keys that do not apply are left out."""
        found: dict[str, Any] = {"source": self.source, "ticket": self.ticket_id}
        if self.record_id is not None:
            found["record"] = self.record_id
        found |= {"at": self.at.isoformat(), "value": self.value}
        return found | {"bucket": self.bucket, "dims": dict(self.dims)}


@dataclass(frozen=True, slots=True)
class Cases:
    """The first cases, and how many there are in all: the n of the value.

    `unit` is that of the cases' values: a KPI's unit, `holds` for a rate, empty where there are
    none. Durations come longest first, stocks oldest first, everything else newest first.
    """

    kpi: str
    title: str
    unit: str
    total: int
    rows: tuple[Case, ...]


def unit(spec: Measure | Stock) -> str:
    """What the cases' values are counted in."""
    if isinstance(spec, Stock):
        return spec.unit if spec.weight else "seconds"
    return {"each": spec.unit, "share": "holds"}.get(scan.form(spec), "")


def select(
    spec: Measure | Stock,
    question: Question,
    customs: Customs,
    *,
    bucket: int | None,
    dims: Mapping[str, Dim],
    limit: int | None,
) -> exp.Select:
    """The cases as SQL: total, source, ticket, record, instant, value, bucket, dimensions."""
    if isinstance(spec, Stock):
        inner, conditions, order = _standing(spec, question, customs, bucket)
    else:
        inner, conditions, order = _measured(spec, question, customs, bucket)
    named = [
        exp.NullSafeEQ(this=key.this, expression=exp.convert(dims[name]))
        for name, key in zip(question.by, rows.keys(question), strict=True)
        if name in dims
    ]
    shown = rows.bucket(question) if isinstance(spec, Measure) else exp.convert(bucket)
    query = (
        exp.select(
            rows.fragment("COUNT(*) OVER ()"),
            *(exp.column(name) for name in ("source", "_ticket", "_record", "_at", "_value")),
            shown.as_("_bucket"),
            *rows.keys(question),
        )
        .from_(inner.subquery("counting"))
        .where(*conditions, *named)
        .order_by(*order, "source", "_ticket", "_record")
    )
    return query if limit is None else query.limit(limit)


def read(found: Iterable[tuple[Any, ...]], question: Question) -> tuple[int, tuple[Case, ...]]:
    """The total and the cases from what the query answers."""
    total, cases = 0, []
    for count, source, ticket, record, at, value, bucket, *dims in found:
        total = count
        cases.append(
            Case(
                source,
                ticket,
                record,
                from_micros(at),
                None if value is None else float(value),
                question.label(bucket),
                dict(zip(question.by, dims, strict=True)),
            )
        )
    return total, tuple(cases)


def bucket_named(question: Question, label: str | None) -> int | None:
    """The bucket of a label as rows show it; None for None. Raises ConfigError."""
    if label is None:
        return None
    if question.every is None:
        raise ConfigError(
            f"there is no bucket {label!r}: the window was not asked for in periods",
            hint="Ask with --every.",
        )
    known = {question.label(number) or "": number for number in question.buckets()}
    if label not in known:
        many = f"{len(known)} {question.every} buckets"
        raise ConfigError(
            f"there is no bucket {label!r} among the {many}{nearest(label, known)}",
            hint=f"A bucket is named by the day it begins: {min(known)} ... {max(known)}.",
        )
    return known[label]


def _measured(
    spec: Measure, question: Question, customs: Customs, bucket: int | None
) -> tuple[exp.Select, list[exp.Expr], list[str]]:
    instant = scan.time_column(spec, question.attribution)
    counted = rows.conditions(spec, customs)
    figure = exp.null() if spec.value else scan.figure(spec, question, customs)
    inner = _identified(spec.table, rows.within(spec, question, customs, instant, counted)).select(
        exp.column(instant).as_("_at"), exp.cast(figure, "double").as_("_value")
    )
    early = rows.before_day(question, question.first)
    conditions = [early.not_(), rows.before_day(question, question.last + 1)]
    if spec.before:
        conditions.append(rows.were_there(question))
    if not spec.value:
        conditions.append(exp.column("_value").is_(exp.null()).not_())
    if bucket is not None:
        conditions.append(rows.bucket(question).eq(bucket))
    return inner, conditions, ["_value DESC" if scan.form(spec) == "each" else "_at DESC"]


def _standing(
    spec: Stock, question: Question, customs: Customs, bucket: int | None
) -> tuple[exp.Select, list[exp.Expr], list[str]]:
    if spec.age:
        return _aged(spec, question, customs)
    number = WITHIN if bucket is None else bucket
    begins, end = whole(question, number).lo, covered(question, number).hi
    if spec.stands == "start":
        end = begins
    cut = min(buckets.instant_of(end, question.zone), question.as_of)
    if not spec.ends:
        cut = question.as_of
    stood = rows.fragment(f"GREATEST({cut} - {spec.starts}, 0) / 1000000.0")
    if spec.weight:
        stood = sql.weight(spec, customs)
    counted = rows.conditions(spec, customs)
    inner = _identified(
        spec.table,
        rows.within(spec, question, customs, spec.starts, counted, from_the_beginning=True),
    ).select(exp.column(spec.starts).as_("_at"), stood.as_("_value"))
    conditions: list[exp.Expr] = []
    if spec.ends:
        ended, edge = exp.column("_ended"), rows.moment(question, end)
        left = rows.moment(question, begins) if spec.stands == "during" else edge
        inner = inner.select(rows.time_of(question, exp.column(spec.ends)).as_("_ended"))
        conditions = [exp.column("_time") < edge, exp.or_(ended.is_(exp.null()), ended >= left)]
    return inner, conditions, ["_at"]


def _aged(
    spec: Stock, question: Question, customs: Customs
) -> tuple[exp.Select, list[exp.Expr], list[str]]:
    counted = [*rows.conditions(spec, customs), *sql.stand_now(spec, question)]
    inner = _identified(
        spec.table,
        rows.within(spec, question, customs, spec.starts, counted, from_the_beginning=True),
    ).select(exp.column(spec.age).as_("_at"), sql.age(spec, question).as_("_value"))
    return inner, [], ["_at"]


def _identified(table: str, query: exp.Select) -> exp.Select:
    """With the row's source, ticket and own record."""
    ticket = exp.column("ticket_id") if "ticket_id" in TABLES[table] else exp.null()
    record = record_column(table)
    own = exp.column(record) if record else exp.null()
    return query.select("source", ticket.as_("_ticket"), own.as_("_record"))
