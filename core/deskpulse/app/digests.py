"""Digests: what is due, what it says, and writing it into the outbox exactly once a period."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from sqlalchemy import text

from deskpulse import outbox
from deskpulse.app.answers import answer, freshness
from deskpulse.clock import from_micros, to_micros
from deskpulse.config.tables import DigestTable
from deskpulse.message import Message
from deskpulse.records import Ticket
from deskpulse.untrusted import Untrusted
from deskpulse_reports.digest import content, daily, questions

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from deskpulse.app.workspace import Workspace
    from deskpulse_reports.kpis.engine import KpiEngine

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LISTED = 5
"""Waiting tickets shown."""
LOOKBACK = timedelta(days=31)
"""How far back missed periods are looked for."""


@dataclass(frozen=True, slots=True)
class Due:
    """One digest of one period: it tells of local day `day` and was due at `due_at` (UTC)."""

    name: str
    day: date
    due_at: datetime

    @property
    def period(self) -> str:
        """The period's name in the books."""
        return self.day.isoformat()


def latest_due(digest: DigestTable, zone: str, now: datetime) -> list[tuple[date, datetime]]:
    """The (day told of, due instant) of every period due in the last month, oldest first.

    A time of day that a clock change skips falls on the first instant after the gap; one that
    happens twice counts the first time.
    """
    local_zone = ZoneInfo(digest.zone or zone)
    today = now.astimezone(local_zone).date()
    found = []
    for back in range(LOOKBACK.days, -1, -1):
        day = today - timedelta(days=back)
        if WEEKDAYS[day.weekday()] not in digest.days:
            continue
        due = datetime.combine(day, digest.at, tzinfo=local_zone).astimezone(UTC)
        if due <= now:
            found.append((day - timedelta(days=1), due))
    return found


def due(workspace: Workspace, connection: Connection) -> list[Due]:
    """What is to be sent now, by each digest's `catch_up`.

    The first time a digest is seen its past periods are taken as told: nobody wants last month's.
    """
    now = workspace.clock.now()
    found: list[Due] = []
    for name, digest in workspace.config.digests.items():
        periods = latest_due(digest, workspace.config.zone, now)
        rows = connection.execute(
            text("SELECT period, done_at FROM schedule_run WHERE job = :job"),
            {"job": f"digest:{name}"},
        )
        told = {row.period for row in rows}
        if not told:
            for day, moment in periods[-1:]:
                _tick(connection, Due(name, day, moment), now, "before the first start")
            if not periods:
                _tick(connection, Due(name, date.min, now), now, "before the first start")
            continue
        newest = max(told)
        missed = [Due(name, day, at) for day, at in periods if day.isoformat() > newest]
        if digest.catch_up == "latest" and missed:
            missed = missed[-1:]
        elif digest.catch_up == "skip":
            missed = [item for item in missed if now - item.due_at < timedelta(hours=1)]
        found += missed
    return found


def compose(workspace: Workspace, engine: KpiEngine, name: str, day: date) -> Message | None:
    """The digest's message about local day `day`; None when there is nothing to tell."""
    digest = workspace.config.digests[name]
    first, last = questions.window(day)
    asks = questions.asks(tuple(digest.kpis))
    answers = answer(engine, asks, first, last, digest.clock)
    specs = workspace.catalog
    waiting, total = _waiting(workspace, engine)
    return daily.daily(
        content.DigestInput(
            name=name,
            desk=workspace.config.name,
            zone=digest.zone or workspace.config.zone,
            day=day,
            as_of=workspace.clock.now(),
            lines=tuple(
                content.line(
                    answers[ask],
                    day,
                    direction=specs[ask.kpi].direction,
                    minimum=specs[ask.kpi].minimum_sample,
                )
                for ask in asks
            ),
            waiting=waiting,
            waiting_total=total,
            sources=freshness(workspace),
            when_empty=digest.when_empty,
        )
    )


def write(workspace: Workspace, item: Due, message: Message | None) -> None:
    """Tick the period off and put its message into the outbox, in one transaction."""
    now = workspace.clock.now()
    with workspace.store.writing() as connection:
        if message is not None:
            outbox.enqueue(connection, message, workspace.config.digests[item.name].to, now)
        _tick(connection, item, now, "nothing happened" if message is None else "queued")


def _tick(connection: Connection, item: Due, now: datetime, outcome: str) -> None:
    connection.execute(
        text(
            "INSERT INTO schedule_run (job, period, due_at, done_at, outcome) "
            "VALUES (:job, :period, :due, :now, :outcome) ON CONFLICT (job, period) DO NOTHING"
        ),
        {
            "job": f"digest:{item.name}",
            "period": item.period,
            "due": to_micros(item.due_at),
            "now": to_micros(now),
            "outcome": outcome,
        },
    )


def _waiting(workspace: Workspace, engine: KpiEngine) -> tuple[tuple[content.Waiting, ...], int]:
    rows, total = engine.longest_waiting(LISTED)
    found = []
    for source, key, since in rows:
        stored = workspace.store.get("ticket", source, [key]).get(key)
        if isinstance(stored, Ticket):
            found.append(
                content.Waiting(
                    reference=f"{source}/{key}",
                    subject=Untrusted(stored.subject or "(no subject)"),
                    since=from_micros(since),
                    url=stored.url,
                )
            )
    return tuple(found), total
