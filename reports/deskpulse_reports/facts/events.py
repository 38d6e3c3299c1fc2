"""A history put in order and marked: what facts are counted from, and explained by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from deskpulse_reports.facts.changes import acts, edits, ordered_changes, trait_changes
from deskpulse_reports.facts.clock import TicketClock
from deskpulse_reports.facts.holders import Holders
from deskpulse_reports.facts.messages import ordered_messages
from deskpulse_reports.facts.replies import waits
from deskpulse_reports.facts.roles import Roles
from deskpulse_reports.facts.statuses import first_statuses, status_events
from deskpulse_reports.facts.tickets import numbered_tickets

if TYPE_CHECKING:
    import polars as pl

    from deskpulse_reports.facts.history import History
    from deskpulse_reports.facts.settings import Settings


@dataclass(frozen=True)
class Events:
    """A history put in order and marked: what facts are counted from.

    Every frame has `row`, the number of its ticket in `tickets`, and is sorted by it.
    """

    tickets: pl.DataFrame
    messages: pl.DataFrame
    changes: pl.DataFrame
    acts: pl.DataFrame
    traits: pl.DataFrame
    firsts: pl.DataFrame
    statuses: pl.DataFrame
    waits: pl.DataFrame
    holders: Holders
    clock: TicketClock


def arrange(history: History, settings: Settings) -> Events:
    """Put a history in order and mark what each event counts as."""
    tickets = numbered_tickets(history, settings)
    roles = Roles.of(history.roles)
    messages = ordered_messages(history, tickets, roles)
    every = edits(history, tickets)
    changes = ordered_changes(every)
    firsts = first_statuses(changes, tickets)
    statuses = status_events(changes, firsts)
    return Events(
        tickets=tickets,
        messages=messages,
        changes=changes,
        acts=acts(every, roles),
        traits=trait_changes(every),
        firsts=firsts,
        statuses=statuses,
        waits=waits(messages, statuses),
        holders=Holders.of(tickets, changes),
        clock=TicketClock.of(tickets, changes, settings),
    )
