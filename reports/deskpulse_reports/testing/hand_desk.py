"""A desk made by hand: whatever a test of a rule wants it to be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Literal

from deskpulse.calendars import Calendars
from deskpulse.records import Account, Agent, Survey, Team, Ticket
from deskpulse_reports.freshness import Freshness
from deskpulse_reports.kpis.buckets import Grain
from deskpulse_reports.kpis.builtin import BUILTIN
from deskpulse_reports.kpis.catalog import Catalog
from deskpulse_reports.kpis.question import Clocking
from deskpulse_reports.kpis.result import Dim, KpiResult, KpiRow
from deskpulse_reports.kpis.target import Target
from deskpulse_reports.rules.desk import Key, Stretch
from deskpulse_reports.rules.wait import Wait
from deskpulse_reports.sla.clock import SlaClock

MONDAY = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
"""A Monday morning; where nothing else is said, it is now."""
_FRESH = {"desk": Freshness("desk", MONDAY, timedelta(hours=2))}


@dataclass(frozen=True, kw_only=True)
class HandDesk:
    """A `Desk` that knows what it was given. Records need their `source`.

    `values` are the rows of each KPI, whatever is asked of it; rows with other dimensions than
    asked for, or outside the days, are left out. `arrivals` are when tickets came in:
    (source, team or None, aware instant).
    """

    now: datetime = MONDAY
    zone: str = "UTC"
    calendar: str = ""
    calendars: Calendars = field(default_factory=Calendars)
    keeps_bodies: bool = True
    sources: Mapping[str, Freshness] = field(default_factory=lambda: dict(_FRESH))
    catalog: Catalog = field(default_factory=lambda: Catalog(BUILTIN))
    all_clocks: Sequence[SlaClock] = ()
    all_tickets: Sequence[Ticket] = ()
    all_waits: Sequence[Wait] = ()
    all_surveys: Sequence[Survey] = ()
    all_teams: Sequence[Team] = ()
    all_agents: Sequence[Agent] = ()
    all_accounts: Sequence[Account] = ()
    arrivals: Sequence[tuple[str, str | None, datetime]] = ()
    values: Mapping[str, Sequence[KpiRow]] = field(default_factory=dict)
    targets: Mapping[str, Target] = field(default_factory=dict)

    def stale(self, age: timedelta = timedelta(days=1)) -> HandDesk:
        """The same desk, but the data of every source ends so long ago."""
        return replace(
            self,
            sources={
                name: Freshness(name, self.now - age, timedelta(hours=2)) for name in self.sources
            },
        )

    def at(self, now: datetime) -> HandDesk:
        """The same desk at another moment, its data as fresh as it was."""
        passed = now - self.now
        return replace(
            self,
            now=now,
            sources={
                name: replace(each, complete_to=each.complete_to and each.complete_to + passed)
                for name, each in self.sources.items()
            },
        )

    # --- what a `Desk` offers ----------------------------------------------------------------

    @property
    def agents(self) -> Mapping[Key, Agent]:
        """Every agent."""
        return {(one.source, one.id): one for one in self.all_agents}

    @property
    def teams(self) -> Mapping[Key, Team]:
        """Every team."""
        return {(one.source, one.id): one for one in self.all_teams}

    @property
    def accounts(self) -> Mapping[Key, Account]:
        """Every account."""
        return {(one.source, one.id): one for one in self.all_accounts}

    @property
    def policies(self) -> frozenset[str]:
        """The policies of the clocks."""
        return frozenset(clock.policy for clock in self.all_clocks)

    def clocks(self, ended_since: datetime | None = None) -> Sequence[SlaClock]:
        """The clocks that run or are paused, and those that ended since then."""
        return [
            clock
            for clock in self.all_clocks
            if clock.running
            or clock.state == "paused"
            or (ended_since and clock.ended_at and clock.ended_at >= ended_since)
        ]

    def tickets(self, keys: Collection[Key]) -> Mapping[Key, Ticket]:
        """The tickets of these keys."""
        found = {(one.source, one.id): one for one in self.all_tickets}
        return {key: found[key] for key in keys if key in found}

    def waits(self, ended_since: datetime) -> Sequence[Wait]:  # noqa: ARG002
        """The waits, as given."""
        return self.all_waits

    def surveys(self, since: datetime) -> Sequence[Survey]:
        """The surveys answered since then."""
        return [
            one
            for one in self.all_surveys
            if one.answered_at is not None and since <= one.answered_at <= self.now
        ]

    def last_created(self) -> Mapping[str, datetime]:
        """The newest arrival of each source."""
        found: dict[str, datetime] = {}
        for source, _, moment in self.arrivals:
            if moment <= self.now:
                found[source] = max(moment, found.get(source, moment))
        return found

    def created(
        self, spans: Sequence[Stretch], by: Literal["source", "team"] = "source"
    ) -> Sequence[Mapping[str, int]]:
        """How many arrivals each span has."""
        return [
            Counter(
                source if by == "source" else f"{source}/{team}"
                for source, team, moment in self.arrivals
                if start <= moment < end and (by == "source" or team is not None)
            )
            for start, end in spans
        ]

    def kpi(
        self,
        kpi: str,
        by: Sequence[str] = (),
        *,
        every: Grain | None = None,
        start: date | None = None,
        end: date | None = None,
        clock: Clocking = "calendar",
    ) -> KpiResult:
        """The given rows that answer the question."""
        spec = self.catalog[kpi]
        rows = tuple(
            row
            for row in self.values.get(kpi, ())
            if set(row.dims) == set(by)
            and (row.bucket is None) == (every is None)
            and (row.bucket is None or start is None or row.bucket[:10] >= start.isoformat())
            and (row.bucket is None or end is None or row.bucket[:10] <= end.isoformat())
        )
        day = self.now.date()
        return KpiResult(
            kpi=kpi,
            title=spec.title,
            unit=spec.unit,
            clock=clock,
            time_basis=spec.time_words,
            zone=self.zone,
            first=start or day,
            last=end or day,
            statistics=("n",),
            rows=rows,
        )

    def target(
        self,
        kpi: str,
        dims: Mapping[str, Dim],  # noqa: ARG002
        clock: str,
        every: Grain | None,
    ) -> Target | None:
        """The KPI's target, if it is meant by this clock and bucket."""
        found = self.targets.get(kpi)
        meant = found and found.clock in (None, clock or None) and found.every in (None, every)
        return found if meant else None
