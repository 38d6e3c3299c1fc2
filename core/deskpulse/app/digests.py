"""Digests: what is due, what it says, and writing it into the outbox exactly once a period."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from deskpulse import outbox
from deskpulse.app import schedule_book
from deskpulse.app.answers import answer, freshness
from deskpulse.app.timetable import Due, periods, to_send
from deskpulse.message import Message
from deskpulse.records import Ticket
from deskpulse.untrusted import Untrusted
from deskpulse_reports.digest import content, daily, questions
from deskpulse_reports.digest.waiting import longest_waiting

if TYPE_CHECKING:
    from deskpulse.app.workspace import Workspace

LISTED = 5
"""Waiting tickets shown."""


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


def compose(workspace: Workspace, name: str, day: date) -> Message | None:
    """The digest's message about local day `day`; None when there is nothing to tell."""
    digest, engine = workspace.config.digests[name], workspace.engine
    first, last = questions.window(day)
    asks = questions.asks(tuple(digest.kpis))
    answers = answer(engine, asks, first, last, digest.clock)
    specs = workspace.catalog
    waiting, total = _waiting(workspace)
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


def write(workspace: Workspace, item: Due) -> str:
    """Compose a digest, tick its period off and put it into the outbox, in one transaction.

    Returns what came of it, in words.
    """
    message = compose(workspace, item.name, item.day)
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


def _waiting(workspace: Workspace) -> tuple[tuple[content.Waiting, ...], int]:
    rows, total = longest_waiting(workspace.engine, LISTED)
    found = []
    for row in rows:
        stored = workspace.store.get("ticket", row.source, [row.ticket]).get(row.ticket)
        if isinstance(stored, Ticket):
            found.append(
                content.Waiting(
                    reference=f"{row.source}/{row.ticket}",
                    subject=Untrusted(stored.subject or "(no subject)"),
                    since=row.since,
                    url=stored.url,
                )
            )
    return tuple(found), total
