"""What a rule may look at: the desk as it stands at one moment. Public, for rules of any plugin."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Literal, Protocol

from deskpulse.calendars import Calendars
from deskpulse.records import Account, Agent, Survey, Team, Ticket
from deskpulse.rule import Desk as Moment
from deskpulse_reports.freshness import Freshness
from deskpulse_reports.kpis.buckets import Grain
from deskpulse_reports.kpis.catalog import Catalog
from deskpulse_reports.kpis.question import Clocking
from deskpulse_reports.kpis.result import Dim, KpiResult
from deskpulse_reports.kpis.target import Target
from deskpulse_reports.rules.wait import Wait
from deskpulse_reports.sla.clock import SlaClock

Key = tuple[str, str]
"""(source, the vendor's id)"""
Stretch = tuple[datetime, datetime]
"""From an aware instant up to another, which is not in it."""


class Desk(Moment, Protocol):
    """One moment of a desk: `now`, `zone`, and everything below, which does not change meanwhile.

    Whatever is asked is looked up when it is first asked. Figures come from the mart's snapshot.
    Before anything was derived every source counts as stale, every list is empty, and a KPI raises
    `StoreError`.
    """

    @property
    def sources(self) -> Mapping[str, Freshness]:
        """Up to when each configured source is complete, by name."""
        ...

    @property
    def calendars(self) -> Calendars:
        """Every business calendar: `calendars.due(name, start, seconds)` and the like."""
        ...

    @property
    def calendar(self) -> str:
        """The desk's own calendar; "" is around the clock."""
        ...

    @property
    def keeps_bodies(self) -> bool:
        """Whether texts of customers (comments) may be shown."""
        ...

    @property
    def catalog(self) -> Catalog:
        """Every KPI that can be asked."""
        ...

    @property
    def teams(self) -> Mapping[Key, Team]:
        """Every team."""
        ...

    @property
    def agents(self) -> Mapping[Key, Agent]:
        """Every agent."""
        ...

    @property
    def accounts(self) -> Mapping[Key, Account]:
        """Every customer organisation."""
        ...

    @property
    def policies(self) -> Collection[str]:
        """The SLA policies by which clocks run."""
        ...

    def clocks(self, ended_since: datetime | None = None) -> Sequence[SlaClock]:
        """The SLA clocks that run or are paused; with `ended_since` also those ended since then."""
        ...

    def tickets(self, keys: Collection[Key]) -> Mapping[Key, Ticket]:
        """The stored tickets of these keys. `Ticket.subject` is a customer's text."""
        ...

    def waits(self, ended_since: datetime) -> Sequence[Wait]:
        """Tickets whose customer waits, and those that were answered or done since then."""
        ...

    def surveys(self, since: datetime) -> Sequence[Survey]:
        """The surveys answered since then, by time. `Survey.comment` is a customer's text."""
        ...

    def last_created(self) -> Mapping[str, datetime]:
        """When each source's newest ticket was created, up to now."""
        ...

    def created(
        self, spans: Sequence[Stretch], by: Literal["source", "team"] = "source"
    ) -> Sequence[Mapping[str, int]]:
        """How many tickets were created in each span, by source or `SOURCE/TEAM` that had any."""
        ...

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
        """A KPI over the local days `start` .. `end`. Raises `ConfigError` for names."""
        ...

    def target(
        self, kpi: str, dims: Mapping[str, Dim], clock: str, every: Grain | None
    ) -> Target | None:
        """What `[targets]` says the value should be."""
        ...
