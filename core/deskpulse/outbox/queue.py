"""Writing messages down, in the transaction of whatever made them necessary."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

import orjson
from sqlalchemy import Connection, text

from deskpulse import message_json
from deskpulse.clock import to_micros
from deskpulse.message import Message


def enqueue(
    connection: Connection,
    message: Message,
    to: Iterable[str],
    now: datetime,
    *,
    route: str = "",
    fallback: Sequence[str] = (),
    stands_for: int = 1,
) -> int:
    """Write `message` down for each notifier, in the caller's transaction.

    A key that is in the outbox already is left alone: a message goes out once. `fallback` names the
    notifiers that are told when one of these refuses for good. Returns how many rows were new.
    """
    new = 0
    for notifier in to:
        ident = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{message.key} {notifier}"))
        result = connection.execute(
            text(
                "INSERT INTO delivery (id, key, notifier, message, state, attempts, created_at, "
                "due_at, lease_token, error, seq, kind, thread, route, fallback, stands_for, "
                "uncertain) SELECT :id, :key, :notifier, :message, 'queued', 0, :now, :now, 0, '', "
                "coalesce(max(seq), 0) + 1, :kind, :thread, :route, :fallback, :stands_for, "
                ":certain FROM delivery WHERE true ON CONFLICT (key, notifier) DO NOTHING"
            ),
            {
                "id": ident,
                "key": message.key,
                "notifier": notifier,
                "message": message_json.dumps(replace(message, id=ident)),
                "now": to_micros(now),
                "kind": message.kind,
                "thread": message.thread,
                "route": route,
                "fallback": orjson.dumps(list(fallback)).decode(),
                "stands_for": stands_for,
                "certain": False,
            },
        )
        new += result.rowcount
    return new


def written(connection: Connection, thread: str) -> int:
    """How many messages of a thread were ever written down, for all notifiers together."""
    found = connection.execute(
        text("SELECT count(*) FROM delivery WHERE thread = :thread"), {"thread": thread}
    )
    return int(found.scalar_one())


def queued(connection: Connection) -> list[tuple[str, int, datetime]]:
    """What waits: (notifier, how many, since when the oldest does)."""
    from deskpulse.clock import from_micros

    rows = connection.execute(
        text(
            "SELECT notifier, count(*), min(created_at) FROM delivery WHERE state = 'queued' "
            "GROUP BY notifier ORDER BY notifier"
        )
    )
    return [(row[0], int(row[1]), from_micros(row[2])) for row in rows]
