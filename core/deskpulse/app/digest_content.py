"""Gather what a digest tells: numbers from the KPI engine, deadlines from the store."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from deskpulse.app.answers import freshness
from deskpulse.app.clocks import Line, Wanted, open_clocks
from deskpulse.app.digest_team import team_named
from deskpulse.records import Agent, Survey, Team, Ticket
from deskpulse.untrusted import Untrusted
from deskpulse_reports.digest import figures
from deskpulse_reports.digest.content import Breakdown, DigestInput
from deskpulse_reports.digest.figures import KpiLine
from deskpulse_reports.digest.period import Period
from deskpulse_reports.digest.reviews import Review, Reviews
from deskpulse_reports.digest.tickets import TIMES_USUAL, Named, Outlier, Promise, Waiting
from deskpulse_reports.kpis.asked import only_now
from deskpulse_reports.sla import words as sla_words

if TYPE_CHECKING:
    from deskpulse.app.workspace import Workspace
    from deskpulse.config.tables import DigestTable
    from deskpulse_reports.kpis.cases import Case, Cases
    from deskpulse_reports.kpis.engine import KpiEngine
    from deskpulse_reports.kpis.result import Dim

LISTED = 5
"""Tickets shown of each list."""
OUTLIERS = 3
MOST_AGENTS = 30
"""Rows of the table of agents."""
USUAL = timedelta(days=28)
"""Over how long a usual first reply is taken."""
TEAM = ("source", "team")


@dataclass(frozen=True)
class Gathering:
    """One digest of one period."""

    workspace: Workspace
    name: str
    period: Period

    def content(self) -> DigestInput:
        """Everything that the digest tells; raises `ConfigError`, `StoreError`."""
        late, soon = self._running
        waiting, waiting_total = self._waiting()
        return DigestInput(
            name=self.name,
            desk=self.workspace.config.name,
            zone=self.zone,
            period=self.period,
            as_of=self.workspace.clock.now(),
            lines=self._lines(TEAM if self._team else ()).get(self._team, ()),
            whom=self._names["team"].get(self._team, "") if self._team else "",
            late=self._promises(late),
            late_total=len(late),
            breaking=self._promises(soon),
            breaking_total=len(soon),
            waiting=waiting,
            waiting_total=waiting_total,
            outliers=self._outliers(),
            reviews=self._reviews(),
            breakdowns=tuple(self._breakdowns()),
            sources=freshness(self.workspace),
            when_empty=self._table.when_empty,
        )

    @property
    def zone(self) -> str:
        """The IANA zone of its days."""
        return self._table.zone or self.workspace.config.zone

    @property
    def _table(self) -> DigestTable:
        return self.workspace.config.digests[self.name]

    @property
    def _engine(self) -> KpiEngine:
        return self.workspace.engine_in(self.zone)

    @cached_property
    def _names(self) -> Mapping[str, Mapping[tuple[Dim, ...], str]]:
        """What people call teams and agents, by source and id."""
        found: dict[str, dict[tuple[Dim, ...], str]] = {"team": {}, "agent": {}}
        for kind, names in found.items():
            for record in self.workspace.store.all(kind):
                assert isinstance(record, Team | Agent)
                names[record.source, record.id] = record.name or record.id
        return found

    @cached_property
    def _team(self) -> tuple[Dim, ...]:
        """Source and id of the team that it is about; empty for the whole desk."""
        wanted = self._table.team
        return team_named(self.workspace, self.name, wanted, self._names["team"]) if wanted else ()

    # --- numbers ----------------------------------------------------------------------------

    def _lines(self, by: Sequence[str]) -> dict[tuple[Dim, ...], tuple[KpiLine, ...]]:
        """The KPI lines of every combination of dimensions; of none: one, under ()."""
        kpis = [kpi for kpi in self._table.kpis if set(by) <= set(self._engine.dimensions(kpi))]
        specs = [self._engine.catalog[kpi] for kpi in kpis]
        answers = self._engine.compute_many(
            [
                figures.asked(
                    spec.id,
                    self.period,
                    self._table.clock,
                    by,
                    now_only=only_now(spec),
                )
                for spec in specs
            ]
        )
        keys = {tuple(row.dims[name] for name in by) for answer in answers for row in answer.rows}
        return {
            key: tuple(
                figures.line(
                    answer,
                    self.period,
                    direction=spec.direction,
                    minimum=spec.minimum_sample,
                    only=lambda dims, key=key: tuple(dims[name] for name in by) == key,  # type: ignore[misc]
                )
                for spec, answer in zip(specs, answers, strict=True)
            )
            for key in keys or {()}
        }

    def _breakdowns(self) -> Iterable[Breakdown]:
        if self._table.by_source and not self._team:
            yield self._breakdown("source", "By source")
        if self._table.by_team and not self._team:
            yield self._breakdown("team", "By team")
        if self._table.agents:
            yield self._breakdown("agent", "By agent")

    def _breakdown(self, kind: str, title: str) -> Breakdown:
        """Whoever did anything in the period, by name; of a team digest the agents of that team."""
        by: tuple[str, ...] = ("source",)
        if kind != "source":
            by = ("source", kind) if kind == "team" or not self._team else (*TEAM, kind)
        rows = []
        for key, lines in self._lines(by).items():
            whose = (key[0], key[-1])
            known = str(key[0]) if kind == "source" else self._names[kind].get(whose)
            ours = not self._team or kind == "team" or key[:2] == self._team
            if known is not None and ours and any(line.value for line in lines):
                rows.append((known, lines))
        rows.sort(key=lambda row: row[0].casefold())
        named = tuple((Untrusted(name), lines) for name, lines in rows[:MOST_AGENTS])
        return Breakdown(title, named)

    # --- tickets ----------------------------------------------------------------------------

    def _cases(self, kpi: str, limit: int, *, now_only: bool = False) -> Cases:
        dims = dict(zip(TEAM, self._team, strict=True)) if self._team else {}
        window: dict[str, Any] = {"start": self.period.first, "end": self.period.last}
        return self._engine.cases(
            kpi,
            TEAM,
            dims=dims,
            limit=limit,
            clock=self._table.clock,
            **({} if now_only else window),
        )

    def _waiting(self) -> tuple[tuple[Waiting, ...], int]:
        found = self._cases("awaiting_reply", LISTED, now_only=True)
        named = self._named(_ticket_of(case) for case in found.rows)
        rows = (
            Waiting(named[_ticket_of(case)], case.at)
            for case in found.rows
            if _ticket_of(case) in named
        )
        return tuple(rows), found.total

    def _outliers(self) -> tuple[Outlier, ...]:
        usual = self._engine.compute(
            "first_reply_time",
            start=self.period.last - USUAL,
            end=self.period.last,
            clock=self._table.clock,
            compare=False,
        ).rows
        if not usual or not usual[0].value:
            return ()
        most = usual[0].value * TIMES_USUAL
        cases = self._cases("first_reply_time", OUTLIERS).rows
        far = [(case, case.value) for case in cases if case.value and case.value > most]
        named = self._named(_ticket_of(case) for case, _ in far)
        return tuple(
            Outlier(named[_ticket_of(case)], value, usual[0].value)
            for case, value in far
            if _ticket_of(case) in named
        )

    def _reviews(self) -> Reviews:
        cases = self._cases("csat", 10_000).rows
        count = Counter(bool(case.value) for case in cases)
        bad = [case for case in cases if not case.value and case.ticket_id][:LISTED]
        named = self._named(_ticket_of(case) for case in bad)
        listed = [
            Review(named[_ticket_of(case)], self._comment(case))
            for case in bad
            if _ticket_of(case) in named
        ]
        return Reviews(count[True], count[False], tuple(listed))

    def _comment(self, case: Case) -> Untrusted | None:
        if case.record_id is None:
            return None
        survey = self.workspace.store.get("survey", case.source, [case.record_id])
        said = survey.get(case.record_id)
        return Untrusted(said.comment) if isinstance(said, Survey) and said.comment else None

    @cached_property
    def _running(self) -> tuple[list[Line], list[Line]]:
        """SLA clocks that are late, and those that are due before the local day is over."""
        now = self.workspace.clock.now()
        local = now.astimezone(ZoneInfo(self.zone))
        midnight = datetime.combine(local.date() + timedelta(days=1), time(), local.tzinfo)
        late, soon = [], []
        for line in open_clocks(self.workspace, Wanted("running")):
            if self._team and self._team != (line.clock.source, line.clock.team_id):
                continue
            due = line.standing.due_at
            if line.standing.state == "breached":
                late.append(line)
            elif due is not None and due < midnight:
                soon.append(line)
        return late, soon

    def _promises(self, lines: Sequence[Line]) -> tuple[Promise, ...]:
        """The most urgent of them, in the words of `deskpulse sla`."""
        now = self.workspace.clock.now()
        keys = [(line.clock.source, line.clock.ticket_id) for line in lines[:LISTED]]
        named = self._named(keys)
        return tuple(
            Promise(
                named[key],
                sla_words.named(line.clock),
                sla_words.due(line.standing, self.zone, now),
                sla_words.left(line.clock, line.standing),
            )
            for key, line in zip(keys, lines, strict=False)
            if key in named
        )

    def _named(self, tickets: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Named]:
        """These tickets as people know them; those that the store does not have are left out."""
        wanted: dict[str, list[str]] = {}
        for source, key in tickets:
            wanted.setdefault(source, []).append(key)
        found = {}
        for source, keys in wanted.items():
            for key, record in self.workspace.store.get("ticket", source, keys).items():
                if isinstance(record, Ticket):
                    found[source, key] = Named(
                        reference=f"{source}/{key}",
                        subject=Untrusted(record.subject or "(no subject)"),
                        url=record.url,
                        owner=self._owner(record),
                    )
        return found

    def _owner(self, ticket: Ticket) -> str:
        """The agent, where the configuration names agents; else the team."""
        team = self._names["team"].get((ticket.source, ticket.team_id), "")
        if not self._table.agents:
            return team
        return self._names["agent"].get((ticket.source, ticket.assignee_id), team)


def _ticket_of(case: Case) -> tuple[str, str]:
    return case.source, case.ticket_id or ""
