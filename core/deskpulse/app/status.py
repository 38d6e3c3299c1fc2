"""Is everything well? What an operator, or a program that watches us, wants to know."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from deskpulse import outbox
from deskpulse.alerts import pulse
from deskpulse.clock import from_micros

if TYPE_CHECKING:
    from deskpulse.app.workspace import Workspace

UNDELIVERED_AFTER = timedelta(minutes=5)
CYCLES_MISSED = 2


@dataclass(frozen=True, slots=True)
class SourceStatus:
    """When a source's streams were last all read to their end (None: never)."""

    source: str
    caught_up_at: datetime | None
    complete_to: datetime | None
    stale: bool


@dataclass(frozen=True, slots=True)
class Waiting:
    """What has not been delivered to a notifier."""

    notifier: str
    messages: int
    oldest_at: datetime


@dataclass(frozen=True, slots=True)
class FailingRule:
    """A rule that could not say anything the last time; its alerts stay as they were."""

    rule: str
    since_at: datetime
    error: str


@dataclass
class Status:
    """`problems` is empty when all is well."""

    problems: list[str] = field(default_factory=list)
    sources: list[SourceStatus] = field(default_factory=list)
    evaluated_at: datetime | None = None
    alerts: dict[str, int] = field(default_factory=dict)
    undelivered: list[Waiting] = field(default_factory=list)
    dead_letters: int = 0
    failing_rules: list[FailingRule] = field(default_factory=list)
    leases: list[dict[str, Any]] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """For programs."""
        return {"healthy": not self.problems, **asdict(self)}


def look(workspace: Workspace) -> Status:
    """The status now; reads the store only."""
    now, found = workspace.clock.now(), Status()
    _sources(workspace, found, now)
    with workspace.store.reading() as connection:
        found.evaluated_at = pulse.last_cycle(connection)
        states = connection.execute(
            text("SELECT state, count(*) FROM alert WHERE closed_at IS NULL GROUP BY state")
        )
        found.alerts = {state: int(count) for state, count in states}
        found.undelivered = [Waiting(*row) for row in outbox.queued(connection)]
        found.failing_rules = [
            FailingRule(rule, since, why)
            for rule, (since, why) in pulse.failing(connection).items()
            if rule in workspace.config.rules and workspace.config.rules[rule].enabled
        ]
        found.dead_letters = len(outbox.failed(connection))
        leases = connection.execute(
            text("SELECT name, holder, expires_at FROM lease WHERE expires_at > 0 ORDER BY name")
        )
        found.leases = [
            {"name": name, "holder": holder, "expires_at": from_micros(expires)}
            for name, holder, expires in leases
        ]
    late = CYCLES_MISSED * workspace.config.schedule.sync
    if workspace.config.rules and (found.evaluated_at is None or now - found.evaluated_at > late):
        when = f"since {found.evaluated_at:%Y-%m-%d %H:%M} UTC" if found.evaluated_at else "yet"
        found.problems.append(f"alerts were not evaluated {when}")
    for rule in found.failing_rules:
        since = f"since {rule.since_at:%Y-%m-%d %H:%M} UTC"
        found.problems.append(f"rule {rule.rule} fails {since}: {rule.error}")
    for item in found.undelivered:
        if now - item.oldest_at > UNDELIVERED_AFTER:
            minutes = int((now - item.oldest_at).total_seconds() // 60)
            found.problems.append(
                f"{item.messages:,} messages wait for {item.notifier}, the oldest for {minutes} min"
            )
    if found.dead_letters:
        found.problems.append(
            f"{found.dead_letters:,} messages were refused for good: `deskpulse alerts failed`"
        )
    return found


def _sources(workspace: Workspace, found: Status, now: datetime) -> None:
    positions = workspace.store.positions()
    for name, table in workspace.config.sources.items():
        streams = [each for (source, _), each in positions.items() if source == name]
        caught = [each.caught_up_at for each in streams]
        complete = [each.complete_to for each in streams]
        known = [moment for moment in caught if moment is not None]
        last = min(known) if known and len(known) == len(caught) else None
        stale = last is None or (table.use != "files" and now - last > table.stale_after)
        ends = [moment for moment in complete if moment is not None]
        found.sources.append(SourceStatus(name, last, min(ends, default=None), stale))
        if stale:
            when = f"since {last:%Y-%m-%d %H:%M} UTC" if last else "yet"
            found.problems.append(f"source {name} was not read to its end {when}")
