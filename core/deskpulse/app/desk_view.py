"""What the rules look at: one moment of a workspace, each thing looked up when it is asked for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import fields, replace
from datetime import date, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import select, text, union_all

from deskpulse.app import lags
from deskpulse.app.answers import freshness
from deskpulse.clock import from_micros, to_micros
from deskpulse.errors import StoreError
from deskpulse.records import Account, Agent, Survey, Team, Ticket
from deskpulse.store.operations import BEGUN
from deskpulse.store.operations import SlaClock as Kept
from deskpulse_reports.facts.words import UNSOLVED
from deskpulse_reports.freshness import Freshness
from deskpulse_reports.rules.wait import Wait
from deskpulse_reports.sla.clock import SlaClock

if TYPE_CHECKING:
    from deskpulse.app.workspace import Workspace
    from deskpulse.calendars import Calendars
    from deskpulse_reports.kpis.buckets import Grain
    from deskpulse_reports.kpis.catalog import Catalog
    from deskpulse_reports.kpis.question import Clocking
    from deskpulse_reports.kpis.result import Dim, KpiResult
    from deskpulse_reports.kpis.target import Target
    from deskpulse_reports.rules.desk import Key, Stretch

_COLUMNS = tuple(each.name for each in fields(SlaClock))
_CLOCKS = Kept.__table__  # type: ignore[attr-defined]
_LABELS = ("team", "priority", "brand", "agent", "account")
_PLACES: Mapping[str, str] = {"source": "source", "team": "source || '/' || team_id"}


class DeskView:
    """A `deskpulse_reports.rules.Desk` over a workspace. It stands still: `now` is asked once.

    Ask `workspace.renew()` before making one, so that it reads the newest snapshot of the mart.
    Before anything was derived its lists are empty and a KPI raises `StoreError`.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self.now = workspace.clock.now()
        self.zone = workspace.config.zone
        self.keeps_bodies = workspace.config.privacy.bodies
        self.calendar = workspace.config.calendar
        self._clocks: dict[datetime | None, tuple[SlaClock, ...]] = {}

    # --- what there is -----------------------------------------------------------------------

    @cached_property
    def sources(self) -> Mapping[str, Freshness]:
        """Up to when each configured source is complete in the facts, and its usual lag."""
        if not self._derived:
            return {name: Freshness(name, None) for name in self._workspace.config.sources}
        usual = lags.usual(self._workspace.store)
        return {
            each.source: replace(each, usual=usual.get(each.source))
            for each in freshness(self._workspace)
        }

    @cached_property
    def calendars(self) -> Calendars:
        """The configured calendars and the vendors' schedules."""
        return self._workspace.settings.calendars

    @property
    def catalog(self) -> Catalog:
        """Every KPI."""
        return self._workspace.catalog

    @cached_property
    def teams(self) -> Mapping[Key, Team]:
        """Every team of the store."""
        found = self._workspace.store.all("team")
        return {(one.source, one.id): one for one in found if isinstance(one, Team)}

    @cached_property
    def agents(self) -> Mapping[Key, Agent]:
        """Every agent of the store."""
        found = self._workspace.store.all("agent")
        return {(one.source, one.id): one for one in found if isinstance(one, Agent)}

    @cached_property
    def accounts(self) -> Mapping[Key, Account]:
        """Every account of the store."""
        found = self._workspace.store.all("account")
        return {(one.source, one.id): one for one in found if isinstance(one, Account)}

    @cached_property
    def policies(self) -> frozenset[str]:
        """The configured SLA policies, and those of clocks that were ever started."""
        configured = {f"config/{name}" for name in self._workspace.config.policies}
        with self._workspace.store.reading() as connection:
            started = connection.execute(select(_CLOCKS.c.policy).distinct()).scalars()
            return frozenset(configured.union(started))

    # --- the store ---------------------------------------------------------------------------

    def clocks(self, ended_since: datetime | None = None) -> Sequence[SlaClock]:
        """The clocks that run or are paused, and those that ended since then, in a fixed order."""
        if ended_since not in self._clocks:
            begun = select(*(_CLOCKS.c[name] for name in _COLUMNS)).where(text(BEGUN))
            asked = [begun.where(_CLOCKS.c.ended_at.is_(None))]
            if ended_since is not None:  # as one condition it would be looked for in every row
                asked.append(begun.where(_CLOCKS.c.ended_at >= to_micros(ended_since)))
            with self._workspace.store.reading() as connection:
                rows = connection.execute(union_all(*asked)).mappings()
                clocks = [SlaClock.of(dict(row)) for row in rows]
            self._clocks[ended_since] = tuple(sorted(clocks, key=_order))
        return self._clocks[ended_since]

    def tickets(self, keys: Collection[Key]) -> Mapping[Key, Ticket]:
        """The stored tickets of these keys."""
        by_source: dict[str, list[str]] = defaultdict(list)
        for source, ident in sorted(keys):
            by_source[source].append(ident)
        return {
            (source, ident): record
            for source, idents in by_source.items()
            for ident, record in self._workspace.store.get("ticket", source, idents).items()
            if isinstance(record, Ticket)
        }

    def surveys(self, since: datetime) -> Sequence[Survey]:
        """The answered surveys as they are stored; the mart knows which are new."""
        rows = self._rows(
            "SELECT source, survey_id, agent_id, team_id FROM surveys WHERE counted "
            f"AND answered_at >= {to_micros(since)} AND answered_at <= {to_micros(self.now)} "
            "ORDER BY answered_at, source, survey_id"
        )
        stored: dict[Key, Survey] = {}
        for source in sorted({row[0] for row in rows}):
            wanted = [row[1] for row in rows if row[0] == source]
            found = self._workspace.store.get("survey", source, wanted)
            stored |= {
                (source, ident): record
                for ident, record in found.items()
                if isinstance(record, Survey)
            }
        return [
            record.model_copy(update={"agent_id": agent, "team_id": team})
            for source, ident, agent, team in rows
            if (record := stored.get((source, ident))) is not None
        ]

    # --- the mart ----------------------------------------------------------------------------

    def waits(self, ended_since: datetime) -> Sequence[Wait]:
        """Tickets that wait, and those that were answered, done or removed since then."""
        since = to_micros(ended_since)
        unsolved = ", ".join(f"'{status}'" for status in UNSOLVED)
        waiting = f"(counted AND waiting_since IS NOT NULL AND status IN ({unsolved}))"
        rows = self._rows(
            f"SELECT source, ticket_id, CASE WHEN {waiting} THEN waiting_since END, calendar, "
            "account_id, account_tier, tags, team_id, priority, brand, agent_id, account_id "
            f"FROM tickets WHERE {waiting} OR last_response_at >= {since} "
            f"OR resolved_at >= {since} OR removed_at >= {since} ORDER BY source, ticket_id"
        )
        return [_wait(row) for row in rows]

    def last_created(self) -> Mapping[str, datetime]:
        """When each source's newest ticket was created, up to now."""
        rows = self._rows(
            "SELECT source, MAX(created_at) FROM tickets "
            f"WHERE created_at <= {to_micros(self.now)} GROUP BY source"
        )
        return {source: from_micros(at) for source, at in rows}

    def created(
        self, spans: Sequence[Stretch], by: Literal["source", "team"] = "source"
    ) -> Sequence[Mapping[str, int]]:
        """How many tickets were created in each span; one scan serves all of them."""
        found: list[dict[str, int]] = [{} for _ in spans]
        if not spans:
            return found
        counts = ", ".join(
            f"COUNT(*) FILTER (created_at >= {to_micros(start)} AND created_at < {to_micros(end)})"
            for start, end in spans
        )
        low, high = min(start for start, _ in spans), max(end for _, end in spans)
        place = _PLACES[by]
        rows = self._rows(
            f"SELECT {place}, {counts} FROM tickets WHERE created_at >= {to_micros(low)} "
            f"AND created_at < {to_micros(high)} AND {place} IS NOT NULL GROUP BY ALL"
        )
        for name, *numbers in rows:
            for number, count in enumerate(numbers):
                if count:
                    found[number][name] = count
        return found

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
        """A KPI over local days; raises `ConfigError` for names."""
        return self._workspace.engine.compute(
            kpi, by, every=every, start=start, end=end, clock=clock, compare=False
        )

    def target(
        self, kpi: str, dims: Mapping[str, Dim], clock: str, every: Grain | None
    ) -> Target | None:
        """What `[targets]` says."""
        return self._workspace.targets.of(kpi, dims, clock, every)

    def _rows(self, query: str) -> list[tuple[Any, ...]]:
        """What the mart answers; nothing before anything was derived."""
        return self._workspace.engine.rows(query, "a rule") if self._derived else []

    @cached_property
    def _derived(self) -> bool:
        try:
            return bool(self._workspace.manifest.version)
        except StoreError:
            return False


def _order(clock: SlaClock) -> tuple[str, str, str, int]:
    return clock.source, clock.ticket_id, clock.metric, clock.n


def _wait(row: Iterable[Any]) -> Wait:
    source, ticket, since, calendar, account, tier, tags, *named = row
    labels = {name: value for name, value in zip(_LABELS, named, strict=True) if value is not None}
    return Wait(
        source=source,
        ticket_id=ticket,
        since=None if since is None else from_micros(since),
        calendar=calendar or "",
        account_id=account,
        account_tier=tier,
        tags=tuple(tags or ()),
        labels={"source": source} | labels,
    )
