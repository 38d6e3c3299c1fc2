"""Marks on what is out of date: tickets, and records that have facts of their own."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sqlalchemy import Connection

from deskpulse.store.delta import Deltas
from deskpulse.store.sql import marked, run_many
from deskpulse.store.touched import touched_records, touched_tickets

_PART = 900
"""Parameters in one statement; SQLite's classic limit is 999."""


def mark_dirty(connection: Connection, source: str, mark: int, deltas: Deltas) -> None:
    """Mark every ticket and record whose facts these deltas touch."""
    mark_tickets(connection, source, mark, touched_tickets(connection, source, deltas))
    for kind, ids in touched_records(connection, source, deltas).items():
        run_many(
            connection,
            "INSERT INTO dirty_record (kind, source, id, mark) VALUES (?, ?, ?, ?) "
            "ON CONFLICT (kind, source, id) DO UPDATE SET mark = excluded.mark",
            [(kind, source, ident, mark) for ident in sorted(ids)],
        )


def mark_tickets(connection: Connection, source: str, mark: int, tickets: Iterable[str]) -> None:
    """Mark these tickets; `mark` must differ from the marks before."""
    run_many(
        connection,
        "INSERT INTO dirty_ticket (source, ticket_id, mark) VALUES (?, ?, ?) "
        "ON CONFLICT (source, ticket_id) DO UPDATE SET mark = excluded.mark",
        [(source, ticket, mark) for ticket in sorted(tickets)],
    )


def marked_tickets(connection: Connection) -> list[tuple[str, str, int]]:
    """Every (source, ticket, mark)."""
    rows = connection.exec_driver_sql("SELECT source, ticket_id, mark FROM dirty_ticket")
    return [(row[0], row[1], row[2]) for row in rows]


def marked_records(connection: Connection, kind: str) -> list[tuple[str, str, int]]:
    """Every (source, id, mark) of a kind."""
    statement = "SELECT source, id, mark FROM dirty_record WHERE kind = ?"
    rows = connection.exec_driver_sql(marked(connection, statement), (kind,))
    return [(row[0], row[1], row[2]) for row in rows]


def dirty_counts(connection: Connection) -> dict[str, int]:
    """How many are marked, by kind (`ticket` among them); no entry is 0."""
    rows = connection.exec_driver_sql(
        "SELECT 'ticket', count(*) FROM dirty_ticket "
        "UNION ALL SELECT kind, count(*) FROM dirty_record GROUP BY kind"
    )
    return {row[0]: row[1] for row in rows if row[1]}


def marks(connection: Connection) -> set[int]:
    """The marks that are set now. Each was drawn for one page, so all it marked is seen at once."""
    rows = connection.exec_driver_sql(
        "SELECT mark FROM dirty_ticket UNION SELECT mark FROM dirty_record"
    )
    return {row[0] for row in rows}


def unmark(connection: Connection, seen: Collection[int]) -> None:
    """Take these marks away; what was marked anew meanwhile has another mark and keeps it."""
    listed = sorted(seen)
    for start in range(0, len(listed), _PART):
        part = tuple(listed[start : start + _PART])
        for table in ("dirty_ticket", "dirty_record"):
            statement = f"DELETE FROM {table} WHERE mark IN ({', '.join('?' * len(part))})"
            connection.exec_driver_sql(marked(connection, statement), part)
