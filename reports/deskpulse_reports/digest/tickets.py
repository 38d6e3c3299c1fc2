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
class Breaking:
    """A ticket whose SLA clock `metric` is due at `due_at` (aware), or was."""

    ticket: Named
    metric: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Outlier:
    """A ticket whose first reply took `seconds`, where `usual` is usual."""

    ticket: Named
    seconds: float
    usual: float


def breaking_part(rows: Sequence[Breaking], total: int, now: datetime, zone: str) -> Tickets:
    """What breaks before the day is over, the most urgent first."""
    items = []
    for row in rows:
        left = (row.due_at - now).total_seconds()
        when = (
            f"{row.metric} due {words.time_of_day(row.due_at, zone)}"
            if left >= 0
            else f"{row.metric} late by {words.duration(-left)}"
        )
        items.append(_line(row.ticket, when))
    return Tickets(tuple(items), title="Breaks today", total=total)


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
