"""Digests: what is due, what it says, and writing it into the outbox exactly once a period."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from deskpulse import outbox
from deskpulse.app import schedule_book
from deskpulse.app.digest_content import Gathering
from deskpulse.app.timetable import Due, last_complete, periods, to_send
from deskpulse.message import Message
from deskpulse_reports.digest.compose import compose as written
from deskpulse_reports.digest.period import Period

if TYPE_CHECKING:
    from deskpulse.app.workspace import Workspace


def due(workspace: Workspace) -> list[Due]:
    """What is to be sent now, oldest first within each digest.

    The first time a digest is seen its past periods are taken as told: nobody wants last month's.
    """
    now, zone = workspace.clock.now(), workspace.config.zone
    found: list[Due] = []
    for name, digest in workspace.config.digests.items():
        fell_due = periods(name, digest, zone, now)
        with workspace.store.reading() as connection:
            told = schedule_book.newest(connection, _job(name))
        if told:
            found += to_send(digest, fell_due, told, now)
        elif fell_due:
            _tick(workspace, fell_due[-1], None, "before the first start")
    return found


def compose(workspace: Workspace, name: str, period: Period) -> Message | None:
    """The digest's message about a period; None when there is nothing to tell."""
    return written(Gathering(workspace, name, period).content())


def last_period(workspace: Workspace, name: str) -> Period:
    """The last day or week that is over, by the digest's zone."""
    digest = workspace.config.digests[name]
    local = ZoneInfo(digest.zone or workspace.config.zone)
    return last_complete(digest.period, workspace.clock.now().astimezone(local).date())


def write(workspace: Workspace, item: Due) -> str:
    """Compose a digest, tick its period off and put it into the outbox, in one transaction.

    Returns what came of it, in words.
    """
    message = compose(workspace, item.name, item.tells_of)
    outcome = "nothing happened" if message is None else "queued"
    if not _tick(workspace, item, message, outcome):
        return f"digest {item.name} of {item.period} was written by another process"
    if message is None:
        return f"digest {item.name} of {item.period}: nothing happened, nothing is sent"
    return f"digest {item.name} of {item.period} is in the outbox"


def _tick(workspace: Workspace, item: Due, message: Message | None, outcome: str) -> bool:
    now = workspace.clock.now()
    with workspace.store.writing() as connection:
        new = schedule_book.tick(
            connection, _job(item.name), item.period, due_at=item.due_at, now=now, outcome=outcome
        )
        if new and message is not None:
            outbox.enqueue(connection, message, workspace.config.digests[item.name].to, now)
    return new


def _job(name: str) -> str:
    return f"digest:{name}"
