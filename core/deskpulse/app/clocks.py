"""The SLA clocks that are open, as a lead wants to see them: what is due next comes first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

from deskpulse.clock import to_micros
from deskpulse.config import nearest
from deskpulse.errors import ConfigError

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from deskpulse.app.workspace import Workspace
    from deskpulse.calendars import Calendars
    from deskpulse_reports.sla import SlaClock, Standing

Shown = Literal["open", "running", "due", "paused", "breached", "all"]


@dataclass(frozen=True, slots=True)
class Line:
    """A clock, how it stands, and of its ticket what is shown."""

    clock: SlaClock
    standing: Standing
    subject: str | None = None
    url: str | None = None

    @property
    def order(self) -> tuple[Any, ...]:
        """What is most overdue first, then by due time, then what is paused, then the rest."""
        stand, clock = self.standing, self.clock
        broken = stand.running and stand.state == "breached"
        since = stand.breached_at or stand.due_at
        rank = 0 if broken else 1 if stand.running else 2 if clock.ended_at is None else 3
        moment = 0 if since is None else to_micros(since)
        return rank, moment, clock.source, clock.ticket_id, clock.metric, clock.n


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which clocks are asked for; `within` limits those that run in time to what is due then."""

    shown: Shown = "open"
    source: str | None = None
    team: str | None = None
    within: timedelta | None = None

    def takes(self, line: Line, now: datetime) -> bool:
        """Whether this clock is one of them."""
        stand, clock = line.standing, line.clock
        in_time = stand.running and stand.state == "active"
        broken = stand.running and stand.state == "breached"
        soon = self.within is None or (
            in_time and stand.due_at is not None and stand.due_at <= now + self.within
        )
        match self.shown:
            case "running":
                return stand.running and (soon or broken)
            case "due":
                return in_time and soon
            case "paused":
                return clock.state == "paused"
            case "breached":
                return broken
            case "all":
                return True
            case _:
                return clock.ended_at is None and (soon or broken)


@dataclass(frozen=True, slots=True)
class Owners:
    """What people call agents and teams, by source and id."""

    agents: Mapping[tuple[str, str], str]
    teams: Mapping[tuple[str, str], str]

    def of(self, clock: SlaClock) -> str:
        """Who has to keep a promise: the agent, else the team, else nobody."""
        for names, key in ((self.agents, clock.agent_id), (self.teams, clock.team_id)):
            if key is not None:
                return names.get((clock.source, key), key)
        return "nobody"


def owners(workspace: Workspace) -> Owners:
    """Every agent and team of the store by name; one without a name by its id."""
    found: dict[str, dict[tuple[str, str], str]] = {"agent": {}, "team": {}}
    for kind, names in found.items():
        for record in workspace.store.all(kind):
            names[record.source, record.id] = str(record.model_dump()["name"] or record.id)
    return Owners(found["agent"], found["team"])


def open_clocks(workspace: Workspace, wanted: Wanted) -> list[Line]:
    """The clocks asked for, as they stand now; raises `ConfigError` for an unknown source."""
    sources = workspace.config.sources
    if wanted.source is not None and wanted.source not in sources:
        raise ConfigError(
            f"there is no source {wanted.source!r}; {nearest(wanted.source, sources)}"
        )
    now, calendars = workspace.clock.now(), workspace.settings.calendars
    with workspace.store.reading() as connection:
        rows = _rows(connection, wanted)
    lines = [line for row in rows if wanted.takes(line := _line(row, now, calendars), now)]
    return sorted(lines, key=lambda line: line.order)


def as_json(clock: SlaClock, stand: Standing) -> dict[str, Any]:
    """A clock for programs: instants as ISO 8601 in UTC, spans in seconds of its own time."""
    return {
        "metric": clock.metric,
        "n": clock.n,
        "policy": clock.policy,
        "priority": clock.priority,
        "target_s": clock.target_s,
        "clock": clock.clock,
        "calendar": clock.calendar,
        "state": stand.state,
        "running": stand.running,
        "started_at": _iso(clock.started_at),
        "due_at": _iso(stand.due_at),
        "breached_at": _iso(stand.breached_at),
        "ended_at": _iso(clock.ended_at),
        "elapsed_s": round(stand.elapsed_s, 6),
        "remaining_s": round(stand.remaining_s, 6),
        "late_s": round(stand.late_s, 6),
        "team_id": clock.team_id,
        "agent_id": clock.agent_id,
        "reason": clock.reason,
    }


def _iso(instant: datetime | None) -> str | None:
    return None if instant is None else instant.isoformat().replace("+00:00", "Z")


def totals(lines: Sequence[Line]) -> dict[str, int]:
    """How many there are of each state; a breached one is running or has ended."""
    found: dict[str, int] = {}
    for line in lines:
        found[line.standing.state] = found.get(line.standing.state, 0) + 1
    return dict(sorted(found.items()))


def not_judged(workspace: Workspace) -> list[tuple[str, str]]:
    """Policies that never apply: key and title, and why."""
    return [
        (f"{policy.key} ({policy.title})", "; ".join(policy.unjudged))
        for policy in workspace.promises().policies
        if policy.unjudged
    ]


def policy_notes(workspace: Workspace) -> list[str]:
    """What of the policies does nothing: none at all, not judged, or without any ticket."""
    from sqlalchemy import text

    promises = workspace.promises()
    if not promises.policies:
        return ["There are no SLA policies: write [policies.X], or read those of the vendor."]
    notes = [f"Policy {name} is not judged: {why}." for name, why in not_judged(workspace)]
    with workspace.store.reading() as connection:
        found = connection.execute(text("SELECT DISTINCT policy FROM sla_clock"))
        used = {row[0] for row in found}
    if not used:
        return [*notes, "No ticket has an SLA clock yet: run `deskpulse derive`."]
    return notes + [
        f"Policy {policy.key} ({policy.title}) has no ticket: look at its conditions, and at the "
        "policies before it."
        for policy in promises.judged
        if policy.key not in used
    ]


_SELECT = """
    SELECT c.*, t.subject, t.url FROM sla_clock AS c
    JOIN ticket AS t ON t.source = c.source AND t.id = c.ticket_id
    WHERE {begun}
    AND (CAST(:source AS TEXT) IS NULL OR c.source = :source)
    AND (CAST(:team AS TEXT) IS NULL OR c.team_id = :team)
"""


def _rows(connection: Connection, wanted: Wanted) -> list[Mapping[str, Any]]:
    from sqlalchemy import text

    from deskpulse.store.operations import BEGUN

    begun = "true" if wanted.shown == "all" else f"c.ended_at IS NULL AND c.{BEGUN}"
    asked = {"source": wanted.source, "team": wanted.team}
    statement = text(_SELECT.format(begun=begun))
    return [dict(row) for row in connection.execute(statement, asked).mappings()]


def _line(row: Mapping[str, Any], now: datetime, calendars: Calendars) -> Line:
    from deskpulse_reports.sla import SlaClock, standing

    clock = SlaClock.of(row)
    return Line(clock, standing(clock, now, calendars), row["subject"], row["url"])
