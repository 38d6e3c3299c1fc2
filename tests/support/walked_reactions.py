"""Reactions read the slow, obvious way: the desk's first act after each customer's message."""

from __future__ import annotations

from typing import TYPE_CHECKING

from support.ticket_basis import DONE, Row

if TYPE_CHECKING:
    from support.ticket_effort import TicketEffort


def reactions(ticket: TicketEffort) -> list[Row]:
    """The rows of the `reactions` table."""
    rows: list[Row] = []
    awaited: Row | None = None
    for instant, who, what in _happened(ticket):
        if what == "asked":
            if awaited is None:
                awaited = {"started_at": instant, "ended_at": None, "ended_by": None}
                rows.append(awaited)
        elif awaited is not None:
            awaited |= {"ended_at": instant, "ended_by": what, "agent_id": who}
            awaited = None
    return [_row(ticket, row, n) for n, row in enumerate(rows, 1)]


def _row(ticket: TicketEffort, row: Row, n: int) -> Row:
    start, end, how = row["started_at"], row["ended_at"], row["ended_by"]
    known = end is not None and how != "unknown"
    until = end - 1 if how == "assignment" else end
    return {
        **ticket.dimensions(),
        **row,
        "n": n,
        "s": (end - start) / 10**6 if known else None,
        "business_s": ticket.business(start, end) if known else None,
        "started_open_s": ticket.open_before(start),
        "agent_id": row.get("agent_id"),
        "team_id": ticket.team_at(until),
    }


def _happened(ticket: TicketEffort) -> list[tuple[int, str | None, str]]:
    """(instant, who, what) in order; at one instant messages first, what is stated last."""
    found = []
    for n, message in enumerate(ticket.messages):
        instant = max(message["sent_at"], ticket.created)
        if message["person"] == "customer" and message["public"]:
            found.append(((instant, 0, n), None, "asked"))
        elif message["reply"] and message["sent_at"] >= ticket.created:
            found.append(((instant, 0, n), message["author_id"], "reply"))
    for n, change in enumerate(ticket.changes):
        how = _reaction(ticket, change)
        if how is not None:
            found.append(((change["instant"], 1, n), change["actor_id"], how))
    if ticket.reads_stated:
        for n, instant in enumerate((ticket.stated_solve, ticket.stated_close)):
            if instant is not None and (ticket.removed is None or instant <= ticket.removed):
                found.append(((instant, 2, n), None, "unknown"))
    return [(key[0], who, what) for key, who, what in sorted(found, key=lambda one: one[0])]


def _reaction(ticket: TicketEffort, change: Row) -> str | None:
    """What a change is as a reaction; None where it is none."""
    if change["changed_at"] <= ticket.created:
        return None
    actor = change["actor_id"]
    nobody = actor is None and change["actor_role"] is None
    if not nobody:
        role = ticket.role_of(actor, change["actor_role"], change["changed_at"])
        if role != "agent":
            return None
    if change["field"] == "status" and change["new"] in DONE:
        return "unknown" if nobody else "archive"
    if change["field"] in ("assignee", "team") and change["new"] is not None:
        if nobody:
            return "unknown"
        return None if ticket.agent_at(change["instant"]) == actor else "assignment"
    return None
