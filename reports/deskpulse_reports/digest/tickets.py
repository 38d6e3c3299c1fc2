"""Tickets that a digest names: who waits longest, what breaks today, what took unusually long."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from deskpulse.message import TicketLine, Tickets
from deskpulse.untrusted import Text
from deskpulse_reports import words

TIMES_USUAL = 5
"""A first reply that took more than so many times the usual one is worth a look."""


@dataclass(frozen=True, slots=True)
class Named:
    """A ticket as it is named: `reference` is SOURCE/ID, `owner` a team, or an agent by consent."""

    reference: str
    subject: Text
    url: str | None = None
    owner: str = ""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A ticket whose customer waits for an answer since `since` (aware)."""

    ticket: Named
    since: datetime


@dataclass(frozen=True, slots=True)
class Promise:
    """A ticket whose SLA clock runs, in the words of `deskpulse sla`.

    `metric` is `first reply`, `due` when it is, or was, due (empty: nobody knows), `time` what is
    left or how late it is, by the clock of the target.
    """

    ticket: Named
    metric: str
    due: str
    time: str


@dataclass(frozen=True, slots=True)
class Outlier:
    """A ticket whose first reply took `seconds`, where `usual` is usual."""

    ticket: Named
    seconds: float
    usual: float


def late_part(rows: Sequence[Promise], total: int) -> Tickets:
    """What is late already, the longest late first."""
    return _promises(rows, total, "Late already")


def breaking_part(rows: Sequence[Promise], total: int) -> Tickets:
    """What breaks before the day is over, the most urgent first."""
    return _promises(rows, total, "Breaks today")


def _promises(rows: Sequence[Promise], total: int, title: str) -> Tickets:
    items = []
    for row in rows:
        due = f"due {row.due}" if row.due else ""
        items.append(_line(row.ticket, ", ".join(filter(None, (f"{row.metric} {row.time}", due)))))
    return Tickets(tuple(items), title=title, total=total)


def waiting_part(rows: Sequence[Waiting], total: int | None, now: datetime) -> Tickets:
    """Who waits longest for an answer."""
    items = (
        _line(row.ticket, f"waiting {words.duration(max((now - row.since).total_seconds(), 0))}")
        for row in rows
    )
    return Tickets(tuple(items), title="Waiting longest for an answer", total=total)


def outlier_part(rows: Sequence[Outlier], clock: str) -> Tickets:
    """First replies that took unusually long."""
    usual = words.duration(rows[0].usual, clock)
    items = (
        _line(row.ticket, f"answered after {words.duration(row.seconds, clock)}") for row in rows
    )
    title = f"First replies that took more than {TIMES_USUAL} times the usual {usual}"
    return Tickets(tuple(items), title=title)


def _line(ticket: Named, note: str) -> TicketLine:
    said = f"{note}, {ticket.owner}" if ticket.owner else note
    return TicketLine(ticket.reference, ticket.subject, note=said, url=ticket.url)
