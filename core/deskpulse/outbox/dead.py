"""Dead letters: what a sink refused for good, and what an operator may do about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, text

from deskpulse import message_json
from deskpulse.clock import from_micros, to_micros
from deskpulse.untrusted import opened


@dataclass(frozen=True, slots=True)
class Failed:
    """A message that did not arrive. `title` may hold a customer's words."""

    id: str
    notifier: str
    title: str
    error: str
    attempts: int
    created_at: datetime


def failed(connection: Connection) -> list[Failed]:
    """Every dead letter, oldest first."""
    rows = connection.execute(
        text(
            "SELECT id, notifier, message, error, attempts, created_at FROM delivery "
            "WHERE state = 'dead' ORDER BY seq"
        )
    )
    return [
        Failed(
            row.id,
            row.notifier,
            opened(message_json.loads(row.message).title),
            row.error,
            row.attempts,
            from_micros(row.created_at),
        )
        for row in rows
    ]


def retry(connection: Connection, ident: str, now: datetime) -> bool:
    """Queue a dead letter again; False if there is none of this id (a prefix will do)."""
    return _revive(connection, ident, "queued", now)


def dismiss(connection: Connection, ident: str, now: datetime) -> bool:
    """Let a dead letter rest; False if there is none of this id (a prefix will do)."""
    return _revive(connection, ident, "dismissed", now)


def _revive(connection: Connection, ident: str, state: str, now: datetime) -> bool:
    result = connection.execute(
        text(
            "UPDATE delivery SET state = :state, attempts = 0, due_at = :now "
            "WHERE state = 'dead' AND id IN (SELECT min(id) FROM delivery WHERE state = 'dead' "
            "AND substr(id, 1, :length) = :ident HAVING count(*) = 1)"
        ),
        {"state": state, "now": to_micros(now), "ident": ident, "length": len(ident)},
    )
    return result.rowcount == 1
