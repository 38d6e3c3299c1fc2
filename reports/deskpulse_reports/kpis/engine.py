"""Ask a KPI: settle names, window and defaults, then lay the figures out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any, get_args

from deskpulse.clock import to_micros
from deskpulse.errors import ConfigError
from deskpulse_reports.kpis import sql
from deskpulse_reports.kpis.answers import Answers, Extent
from deskpulse_reports.kpis.buckets import GRAINS, Grain, day_of, to_date
from deskpulse_reports.kpis.catalog import Catalog
from deskpulse_reports.kpis.cells import lay_out
from deskpulse_reports.kpis.names import allowed, nearest
from deskpulse_reports.kpis.question import Attribution, Clocking, Question
from deskpulse_reports.kpis.result import KpiResult, Statistic
from deskpulse_reports.kpis.session import Session, Snapshot
from deskpulse_reports.kpis.spec import Analysis, AnySpec, OverTable, Ratio, Stock, Table
from deskpulse_reports.kpis.words import is_clocked, time_basis
from deskpulse_reports.kpis.zones import zone_named


@dataclass(frozen=True, slots=True)
class Desk:
    """What the engine must know of the desk.

    `zone` is the IANA zone whose days, weeks and months count; `as_of` the present, aware;
    `week_start` 0 for Monday .. 6 for Sunday; `open_before` gives, per business calendar, its open
    seconds before `as_of`, counted from where derive counts `running_open_s`.
    """

    zone: str
    as_of: datetime
    week_start: int = 0
    open_before: Mapping[str, float] = field(default_factory=dict)


class KpiEngine:
    """Answers questions about one snapshot of the mart; it opens the mart at the first one.

    `memory` is DuckDB's limit, `seconds` the time that one query may take. Raises ConfigError for
    an unknown zone.
    """

    def __init__(
        self,
        snapshot: Snapshot,
        catalog: Catalog,
        desk: Desk,
        *,
        memory: str = "1GB",
        seconds: float = 60.0,
    ) -> None:
        self.catalog = catalog
        self._snapshot = snapshot
        self._desk = desk
        self._zone = zone_named(desk.zone)
        self._limits = (memory, seconds)

    @cached_property
    def _session(self) -> Session:
        memory, seconds = self._limits
        return Session(self._snapshot, memory=memory, seconds=seconds)

    @cached_property
    def _answers(self) -> Answers:
        return Answers(self._session, self.catalog, self._snapshot.customs, self._zone)

    def close(self) -> None:
        """Free the memory; the next question opens the mart again."""
        if "_session" in self.__dict__:
            self._session.close()
        for name in ("_session", "_answers"):
            self.__dict__.pop(name, None)

    def compute(
        self,
        kpi: str,
        by: Sequence[str] = (),
        *,
        every: Grain | None = None,
        start: date | None = None,
        end: date | None = None,
        clock: Clocking = "calendar",
        attribution: Attribution = "event",
        compare: bool = True,
    ) -> KpiResult:
        """The figures of one KPI.

        `start` and `end` are local days, both included; where one is missing, the data's first or
        last day is meant (for a stock, the last day is the present one). `attribution="created"`
        puts every value into the period in which its ticket was created. A KPI without a clock
        ignores `clock`. A KPI known only for the present ignores the window and refuses `every`.
        Raises ConfigError for names, StoreError for the mart.
        """
        spec = self.catalog[kpi]
        if isinstance(spec, Analysis):
            raise ConfigError(f"{kpi} answers with a table of its own", hint="Use `analyse`.")
        _one_of("every", every, (*GRAINS, None))
        _one_of("clock", clock, get_args(Clocking))
        _one_of("attribution", attribution, get_args(Attribution))
        self._check_dimensions(spec, by)
        only_now = isinstance(spec, Stock) and not spec.ends
        if only_now and every is not None:
            raise ConfigError(
                f"{kpi} is known only for the present, not by {every}",
                hint="Ask without --every; `backlog` is known for every day.",
            )
        first, last = self._today if only_now else self._window(spec, start, end, attribution)
        question = Question(
            zone=self._zone,
            first=first,
            last=last,
            as_of=to_micros(self._desk.as_of),
            every=every,
            by=tuple(by),
            clock=clock,
            attribution=attribution,
            week_start=self._desk.week_start,
            open_before=self._desk.open_before,
        )
        answer = self._answers.of(spec, question)
        compared: tuple[Statistic, ...] = ("previous",) if compare and not only_now else ()
        return KpiResult(
            kpi=spec.id,
            title=spec.title,
            unit=spec.unit,
            clock=clock if is_clocked(spec, self.catalog) else "",
            time_basis=time_basis(spec, self.catalog, attribution),
            zone=self._desk.zone,
            first=to_date(first),
            last=to_date(last),
            statistics=(*answer.statistics, *compared),
            rows=lay_out(answer, question, compare=bool(compared)),
        )

    def analyse(self, kpi: str) -> Table:
        """The table of an analysis."""
        spec = self.catalog[kpi]
        if not isinstance(spec, Analysis):
            raise ConfigError(f"{kpi} is no analysis", hint="Use `compute`.")
        return spec.function(lambda text: self._session.rows(text, f"[kpis.{kpi}]"))

    def rows(self, query: str, place: str) -> list[tuple[Any, ...]]:
        """What a query of our own over the fact tables answers; errors call it `place`.

        Never for text that a user wrote: only specs are checked.
        """
        return self._session.rows(query, place)

    def dimensions(self, kpi: str) -> list[str]:
        """What a KPI can be split by."""
        return sorted(self._dimensions(self.catalog[kpi]))

    def _dimensions(self, spec: AnySpec) -> set[str]:
        match spec:
            case Ratio():
                above, below = self.catalog.parts(spec)
                return self._dimensions(above) & self._dimensions(below)
            case OverTable():
                return set(sql.dimension_names(spec, self._snapshot.customs))
            case _:
                return set()

    def _check_dimensions(self, spec: AnySpec, by: Sequence[str]) -> None:
        known = self._dimensions(spec)
        for name in by:
            if name not in known:
                raise ConfigError(
                    f"{spec.id} has no dimension {name!r}{nearest(name, known)}: {allowed(known)}"
                )
        if len(set(by)) != len(by):
            raise ConfigError(f"{spec.id}: a dimension is named twice: {', '.join(by)}")

    @property
    def _today(self) -> Extent:
        day = day_of(to_micros(self._desk.as_of), self._zone)
        return day, day

    def _window(
        self, spec: AnySpec, start: date | None, end: date | None, attribution: Attribution
    ) -> Extent:
        """The days asked for; a side that was left open is where the data ends."""
        if start and end:
            if start > end:
                raise ConfigError(f"from {start} comes after to {end}")
            return start.toordinal(), end.toordinal()
        known = self._answers.extent(spec, attribution)
        since, until = known or self._today
        if isinstance(spec, Stock):
            until = self._today[1]
        if start:
            return start.toordinal(), max(until, start.toordinal())
        if end:
            return min(since, end.toordinal()), end.toordinal()
        return since, max(since, until)


def _one_of(what: str, came: object, known: Sequence[object]) -> None:
    if came not in known:
        names = [str(name) for name in known if name is not None]
        raise ConfigError(f"{what} = {came!r}{nearest(str(came), names)}: {allowed(names)}")
