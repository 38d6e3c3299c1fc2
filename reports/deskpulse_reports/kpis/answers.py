"""From a spec and a settled question to its figures, on one session."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from sqlglot import exp

from deskpulse.errors import ConfigError
from deskpulse_reports.kpis import cells, sql
from deskpulse_reports.kpis.buckets import day_of
from deskpulse_reports.kpis.catalog import Catalog
from deskpulse_reports.kpis.cells import Answer, Cell
from deskpulse_reports.kpis.columns import Customs
from deskpulse_reports.kpis.question import WITHIN, Attribution, Question
from deskpulse_reports.kpis.session import Session
from deskpulse_reports.kpis.spec import AnySpec, Measure, Ratio, Stock

MAX_CELLS = 1_000_000
Extent = tuple[int, int]
"""The first and last local day of some data, as day numbers."""


class Answers:
    """Computes figures; remembers how far each spec's data reaches, as a snapshot never changes."""

    def __init__(
        self, session: Session, catalog: Catalog, customs: Customs, zone: ZoneInfo
    ) -> None:
        self._session = session
        self._catalog = catalog
        self._customs = customs
        self._zone = zone
        self._extents: dict[tuple[str, Attribution], Extent | None] = {}

    def of(self, spec: AnySpec, question: Question) -> Answer:
        """The figures of a measure, ratio or stock."""
        match spec:
            case Ratio():
                above, below = (self.of(part, question) for part in self._catalog.parts(spec))
                return cells.divided(above, below, proportion=spec.proportion)
            case Measure():
                return self._measure(spec, question)
            case Stock():
                return self._stock(spec, question) if spec.ends else self._now(spec, question)
            case _:
                raise ConfigError(f"{spec.id} answers with a table of its own")

    def extent(self, spec: AnySpec, attribution: Attribution) -> Extent | None:
        """Which days a spec's data reaches from and to; None when there is none."""
        match spec:
            case Ratio():
                both = [self.extent(part, attribution) for part in self._catalog.parts(spec)]
                found = [days for days in both if days]
                return (min(a for a, _ in found), max(b for _, b in found)) if found else None
            case Measure():
                return self._extent(spec, sql.time_column(spec, attribution), attribution)
            case Stock():
                return self._extent(spec, spec.starts, attribution)
            case _:
                return None

    def _extent(
        self, spec: Measure | Stock, instant: str, attribution: Attribution
    ) -> Extent | None:
        key = (spec.id, attribution)
        if key not in self._extents:
            ((low, high),) = self._rows(spec, sql.extent(spec, instant, self._customs))
            days = None if low is None else (day_of(low, self._zone), day_of(high, self._zone))
            self._extents[key] = days
        return self._extents[key]

    def _measure(self, spec: Measure, question: Question) -> Answer:
        if spec.running and question.clock == "business":
            self._check_calendars(spec, question)
        width = 1 + len(question.by)
        rows = self._rows(spec, sql.measure(spec, question, self._customs))
        form = cells.FORMS[sql.form(spec)]
        found = {(row[0], row[1:width]): form.cell(row[width:]) for row in rows}
        empty = cells.ZERO if spec.value and spec.unit == "count" else cells.NOTHING
        return Answer(found, form.statistics, empty, self._since(spec, question))

    def _stock(self, spec: Stock, question: Question) -> Answer:
        rows = self._rows(spec, sql.stock(spec, question, self._customs))
        steps = {(row[0], row[1:-1]): int(row[-1]) for row in rows}
        size = len({dims for _, dims in steps}) * question.width
        if size > MAX_CELLS:
            raise ConfigError(
                f"{spec.id} would have {size:,} values; {MAX_CELLS:,} are allowed",
                hint="Ask for a shorter window, a coarser --every or fewer dimensions.",
            )
        found = cells.accumulated(steps, question)
        return Answer(found, ("n",), cells.ZERO, self._since(spec, question))

    def _now(self, spec: Stock, question: Question) -> Answer:
        rows = self._rows(spec, sql.standing(spec, question, self._customs))
        return Answer(
            {(WITHIN, row[1:-1]): Cell(row[-1], row[-1]) for row in rows}, ("n",), cells.ZERO
        )

    def _since(self, spec: Measure | Stock, question: Question) -> int | None:
        days = self.extent(spec, question.attribution)
        return None if days is None else question.bucket_of(days[0])

    def _check_calendars(self, spec: Measure, question: Question) -> None:
        used = {name for (name,) in self._rows(spec, sql.calendars(spec.table)) if name}
        missing = used - set(question.open_before)
        if missing:
            raise ConfigError(
                f"[kpis.{spec.id}] needs the calendar {min(missing)!r}, which is not configured",
                hint="Add it under [calendars], or run `deskpulse derive --all` without it.",
            )

    def _rows(self, spec: Measure | Stock, query: exp.Query) -> list[tuple[Any, ...]]:
        return self._session.rows(query.sql("duckdb"), f"[kpis.{spec.id}]")
