"""Which tickets' facts are out of date after a page, and why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection

from deskpulse.store.delta import Deltas
from deskpulse.store.sql import run_many, select_in

TICKET_OF = {
    "ticket": "id",
    "message": "ticket_id",
    "change": "ticket_id",
    "survey": "ticket_id",
}
"""Kinds whose row makes its own ticket dirty, and the column that names it."""


def mark_dirty(connection: Connection, source: str, mark: int, deltas: Deltas) -> None:
    """Mark every ticket that these deltas touch: its own records, its authors, its account."""
    tickets: set[str] = set()
    for kind, column in TICKET_OF.items():
        if kind in deltas:
            tickets |= deltas[kind].values(column)
    if "tombstone" in deltas:
        for _, stone in deltas["tombstone"].named():
            if stone["record"] == "ticket":
                tickets |= {stone["id"], stone["into"]} - {None}
    if "role" in deltas:
        # a message whose author's role is not stated takes it from the role history
        tickets |= select_in(
            connection,
            "SELECT DISTINCT ticket_id FROM wanted CROSS JOIN message "
            "WHERE source = ? AND author_role IS NULL AND author_id = wanted.value",
            source,
            deltas["role"].values("person_id"),
        )
    if "account" in deltas:
        accounts = {
            after["id"]
            for before, after in deltas["account"].named()
            if before is None or before["tier"] != after["tier"]
        }
        tickets |= select_in(
            connection,
            "SELECT id FROM ticket WHERE source = ? AND account_id IN (SELECT value FROM wanted)",
            source,
            accounts,
        )
    mark_tickets(connection, source, mark, tickets)


def marked_tickets(connection: Connection) -> list[tuple[str, str, int]]:
    """Every (source, ticket, mark)."""
    rows = connection.exec_driver_sql("SELECT source, ticket_id, mark FROM dirty_ticket")
    return [(row[0], row[1], row[2]) for row in rows]


def unmark(connection: Connection, marks: Sequence[tuple[str, str, int]]) -> None:
    """Take these marks away; a ticket that was marked again meanwhile stays marked."""
    run_many(
        connection,
        "DELETE FROM dirty_ticket WHERE source = ? AND ticket_id = ? AND mark = ?",
        marks,
    )


def mark_tickets(connection: Connection, source: str, mark: int, tickets: Iterable[str]) -> None:
    """Mark these tickets; `mark` must differ from the marks before."""
    run_many(
        connection,
        "INSERT INTO dirty_ticket (source, ticket_id, mark) VALUES (?, ?, ?) "
        "ON CONFLICT (source, ticket_id) DO UPDATE SET mark = excluded.mark",
        [(source, ticket, mark) for ticket in sorted(tickets)],
    )
