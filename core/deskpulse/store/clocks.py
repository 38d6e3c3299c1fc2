"""The SLA clocks of tickets: written with their facts, and the memory of verdicts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection

from deskpulse.store.operations import SlaClock
from deskpulse.store.sql import marked, run_many

COLUMNS: tuple[str, ...] = tuple(SlaClock.model_fields)
"""The columns of the table, in its order."""

_DONE = "('solved', 'closed')"


def replace_clocks(
    connection: Connection, tickets: Iterable[tuple[str, str]], rows: Sequence[tuple[Any, ...]]
) -> None:
    """Put `rows` (in the order of `COLUMNS`) in the place of all clocks of these tickets."""
    run_many(connection, "DELETE FROM sla_clock WHERE source = ? AND ticket_id = ?", list(tickets))
    places = ", ".join("?" * len(COLUMNS))
    run_many(connection, f"INSERT INTO sla_clock ({', '.join(COLUMNS)}) VALUES ({places})", rows)


def has_clocks(connection: Connection) -> bool:
    """Whether there is any clock at all."""
    found = connection.exec_driver_sql("SELECT 1 FROM sla_clock LIMIT 1")
    return found.first() is not None


def mark_open(connection: Connection, mark: int) -> None:
    """Mark the tickets whose clocks other policies might change.

    Those are the tickets that are neither solved nor gone, and those that still have an open clock.
    """
    statement = (
        "INSERT INTO dirty_ticket (source, ticket_id, mark) "
        "SELECT source, id, CAST(? AS BIGINT) FROM ticket WHERE removed_reason IS NULL "
        f"AND (status IS NULL OR status NOT IN {_DONE}) "
        "UNION SELECT source, ticket_id, CAST(? AS BIGINT) FROM sla_clock WHERE ended_at IS NULL "
        "ON CONFLICT (source, ticket_id) DO UPDATE SET mark = excluded.mark"
    )
    connection.exec_driver_sql(marked(connection, statement), (mark, mark))
