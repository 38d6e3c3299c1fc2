"""A question as somebody asks it, and settling it: names checked, defaults put in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, get_args
from zoneinfo import ZoneInfo

from deskpulse.clock import to_micros
from deskpulse.errors import ConfigError
from deskpulse_reports.kpis import rows
from deskpulse_reports.kpis.buckets import GRAINS, Grain, day_of
from deskpulse_reports.kpis.catalog import Catalog
from deskpulse_reports.kpis.columns import Customs
from deskpulse_reports.kpis.desk import Desk
from deskpulse_reports.kpis.extents import Extent, Extents
from deskpulse_reports.kpis.names import allowed, nearest
from deskpulse_reports.kpis.question import Attribution, Clocking, Question
from deskpulse_reports.kpis.result import Extra
from deskpulse_reports.kpis.spec import Analysis, AnySpec, OverTable, Ratio, Stock

Versus = Literal["previous", "weekday", "year"]


@dataclass(frozen=True, slots=True)
class Asked:
    """One question to the engine.

    `start` and `end` are local days, both included; where one is missing, the data's first or last
    day is meant (for a stock, the last day is the present one). `attribution="created"` puts every
    value into the period in which its ticket was created. A KPI without a clock ignores `clock`. A
    KPI known only for the present ignores the window and refuses `every`. `compare` wants the value
    of the period before; `versus` the whole comparison with another period: is it noise?
    `benchmark` wants the usual band of own history; it needs `every` day, week or month. `targets`
    wants to know whether the desk's targets are met.
    """

    kpi: str
    by: tuple[str, ...] = ()
    every: Grain | None = None
    start: date | None = None
    end: date | None = None
    clock: Clocking = "calendar"
    attribution: Attribution = "event"
    compare: bool = True
    versus: Versus | None = None
    benchmark: bool = False
    targets: bool = False


def extras(asked: Asked, spec: AnySpec) -> tuple[Extra, ...]:
    """What a question wants in every row beside the figures."""
    wanted: dict[Extra, bool] = {
        "complete": not only_now(spec),
        "change": asked.versus is not None,
        "benchmark": asked.benchmark,
        "target": asked.targets,
    }
    return tuple(name for name, asked_for in wanted.items() if asked_for)


@dataclass(frozen=True, slots=True)
class Settling:
    """Settles questions to one snapshot."""

    catalog: Catalog
    customs: Customs
    desk: Desk
    zone: ZoneInfo
    extents: Extents

    def settle(self, asked: Asked) -> tuple[AnySpec, Question]:
        """The spec and the question meant; raises ConfigError for names that nobody knows."""
        spec = self.catalog[asked.kpi]
        if isinstance(spec, Analysis):
            raise ConfigError(f"{asked.kpi} answers with a table of its own", hint="Use `analyse`.")
        one_of("every", asked.every, (*GRAINS, None))
        one_of("clock", asked.clock, get_args(Clocking))
        one_of("attribution", asked.attribution, get_args(Attribution))
        one_of("versus", asked.versus, (*get_args(Versus), None))
        check_dimensions(spec, asked.by, dimensions(spec, self.catalog, self.customs))
        if only_now(spec) and asked.every is not None:
            raise ConfigError(
                f"{asked.kpi} is known only for the present, not by {asked.every}",
                hint="Ask without --every; `backlog` is known for every day.",
            )
        first, last = self._window(spec, asked)
        return spec, Question(
            zone=self.zone,
            first=first,
            last=last,
            as_of=to_micros(self.desk.as_of),
            every=asked.every,
            by=asked.by,
            clock=asked.clock,
            attribution=asked.attribution,
            week_start=self.desk.week_start,
            open_before=self.desk.open_before,
            spread=asked.versus is not None,
            complete_to=None if self.desk.complete_to is None else to_micros(self.desk.complete_to),
        )

    @property
    def _today(self) -> Extent:
        day = day_of(to_micros(self.desk.as_of), self.zone)
        return day, day

    def _window(self, spec: AnySpec, asked: Asked) -> Extent:
        """The days asked for; a side that was left open is where the data ends."""
        start, end = asked.start, asked.end
        if only_now(spec):
            return self._today
        if start and end:
            if start > end:
                raise ConfigError(f"from {start} comes after to {end}")
            return start.toordinal(), end.toordinal()
        known = self.extents.of(spec, asked.attribution)
        since, until = known or self._today
        if isinstance(spec, Stock):
            until = self._today[1]
        if start:
            return start.toordinal(), max(until, start.toordinal())
        if end:
            return min(since, end.toordinal()), end.toordinal()
        return since, max(since, until)


def only_now(spec: AnySpec) -> bool:
    """Whether a KPI is known for the present alone."""
    return isinstance(spec, Stock) and spec.only_now


def dimensions(spec: AnySpec, catalog: Catalog, customs: Customs) -> set[str]:
    """What a KPI can be split by."""
    match spec:
        case Ratio():
            above, below = catalog.parts(spec)
            return dimensions(above, catalog, customs) & dimensions(below, catalog, customs)
        case OverTable():
            return set(rows.dimension_names(spec, customs))
        case _:
            return set(spec.dimensions)


def check_dimensions(spec: AnySpec, by: Sequence[str], known: set[str]) -> None:
    """Raise ConfigError for a dimension that the KPI does not have, or that is named twice."""
    for name in by:
        if name not in known:
            raise ConfigError(
                f"{spec.id} has no dimension {name!r}{nearest(name, known)}: {allowed(known)}",
                hint=f"One row per {name} comes from --every {name}." if name in GRAINS else "",
            )
    if len(set(by)) != len(by):
        raise ConfigError(f"{spec.id}: a dimension is named twice: {', '.join(by)}")


def one_of(what: str, came: object, known: Sequence[object]) -> None:
    """Raise ConfigError unless `came` is one of `known`."""
    if came not in known:
        names = [str(name) for name in known if name is not None]
        raise ConfigError(f"{what} = {came!r}{nearest(str(came), names)}: {allowed(names)}")
