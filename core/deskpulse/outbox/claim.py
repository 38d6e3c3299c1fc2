"""Claiming: whose turn it is on a channel, and making it ours by a conditional UPDATE."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import orjson
from sqlalchemy import Connection, text

from deskpulse.clock import to_micros
from deskpulse.notifier import Receipt

LONGEST_PAUSE = timedelta(hours=1)
"""A channel said to be free later than this was said so by a clock that has stepped back since."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A row that is ours to send as long as its token stands."""

    id: str
    key: str
    notifier: str
    kind: str
    thread: str
    route: str
    fallback: Sequence[str]
    message: str
    attempts: int
    token: int
    uncertain: bool
    """An earlier attempt may have arrived."""
    receipt: Receipt | None
    """Where an earlier attempt got to, if it got anywhere."""
    seq: int


def due(connection: Connection, now: datetime) -> list[str]:
    """The notifiers for whom something is due."""
    rows = connection.execute(
        text(
            "SELECT notifier FROM delivery WHERE state = 'queued' AND due_at <= :now "
            "GROUP BY notifier ORDER BY min(seq), notifier"
        ),
        {"now": to_micros(now)},
    )
    return [str(row[0]) for row in rows]


def pause_left(connection: Connection, notifier: str, now: datetime) -> timedelta:
    """How long the channel still has to wait; nothing is a span of zero."""
    free = connection.execute(
        text("SELECT free_at FROM channel WHERE notifier = :notifier"), {"notifier": notifier}
    ).scalar()
    left = timedelta(microseconds=0 if free is None else int(free) - to_micros(now))
    return left if timedelta(0) < left <= LONGEST_PAUSE else timedelta(0)


def pause(connection: Connection, notifier: str, until: datetime) -> None:
    """Nobody sends to this notifier before `until`."""
    connection.execute(
        text(
            "INSERT INTO channel (notifier, free_at) VALUES (:notifier, :free) "
            "ON CONFLICT (notifier) DO UPDATE SET free_at = excluded.free_at"
        ),
        {"notifier": notifier, "free": to_micros(until)},
    )


def claim(connection: Connection, notifier: str, now: datetime, until: datetime) -> Claimed | None:
    """The next due row, ours from now on; None if there is none.

    The caller holds the channel's lease. A row that is leased all the same was being sent by a
    process that is gone: it may have arrived. A row waits for those before it in its thread.
    """
    row = connection.execute(
        text(
            "SELECT id, key, notifier, kind, thread, route, fallback, message, attempts, "
            "lease_token, leased_until, uncertain, receipt, seq FROM delivery AS d "
            "WHERE notifier = :notifier AND state = 'queued' AND due_at <= :now "
            "AND (thread = '' OR NOT EXISTS (SELECT 1 FROM delivery AS e WHERE "
            "e.notifier = d.notifier AND e.thread = d.thread AND e.state = 'queued' "
            "AND e.seq < d.seq)) ORDER BY seq, created_at, id LIMIT 1"
        ),
        {"notifier": notifier, "now": to_micros(now)},
    ).first()
    if row is None:
        return None
    uncertain = bool(row.uncertain) or row.leased_until is not None
    claimed = connection.execute(
        text(
            "UPDATE delivery SET leased_until = :until, lease_token = lease_token + 1, "
            "uncertain = :uncertain "
            "WHERE id = :id AND lease_token = :token AND state = 'queued'"
        ),
        {
            "until": to_micros(until),
            "uncertain": uncertain,
            "id": row.id,
            "token": row.lease_token,
        },
    )
    if claimed.rowcount != 1:
        return None
    return Claimed(
        id=row.id,
        key=row.key,
        notifier=row.notifier,
        kind=row.kind,
        thread=row.thread,
        route=row.route,
        fallback=tuple(orjson.loads(row.fallback)),
        message=row.message,
        attempts=row.attempts,
        token=row.lease_token + 1,
        uncertain=uncertain,
        receipt=receipt_of(row.receipt),
        seq=row.seq,
    )


def is_ours(connection: Connection, row: Claimed) -> bool:
    """Whether nobody has claimed the row since we did."""
    token = connection.execute(
        text("SELECT lease_token FROM delivery WHERE id = :id AND state = 'queued'"),
        {"id": row.id},
    ).scalar()
    return token == row.token


def receipt_of(kept: str | None) -> Receipt | None:
    """The receipt as it was kept."""
    return None if kept is None else Receipt(**orjson.loads(kept))
