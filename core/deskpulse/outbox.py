"""The outbox: what is to be told is written down first, then sent, then ticked off.

At least once: a crash between sending and ticking off repeats that one message, a crash before
sending loses nothing. A row is claimed by a conditional UPDATE with a lease, so several processes
never send the same row at once.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import orjson
from sqlalchemy import Connection, text

from deskpulse import message_json
from deskpulse.clock import Clock, to_micros
from deskpulse.errors import ConfigError, DeliveryDeferred, DeliveryRejected
from deskpulse.message import Message
from deskpulse.notifier import Notifier, Receipt
from deskpulse.store import Store

CLAIM = timedelta(seconds=120)
"""How long a sender may take for one message before another may try it."""
FIRST_RETRY = timedelta(seconds=30)
SHORTEST_RETRY = timedelta(seconds=1)
"""Also for a sink that asks for no wait: otherwise one run would use up every attempt."""
LONGEST_RETRY = timedelta(hours=1)
MOST_ATTEMPTS = 50


@dataclass(frozen=True, slots=True)
class Claimed:
    """A row that is ours to send until its lease ends."""

    id: str
    key: str
    notifier: str
    message: str
    attempts: int
    token: int
    receipt: Receipt | None
    """Where an earlier attempt got to, if it got anywhere."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of one row: sent, queued (again) or dead, and why."""

    key: str
    notifier: str
    state: str
    error: str = ""


def enqueue(connection: Connection, message: Message, to: Iterable[str], now: datetime) -> int:
    """Write `message` down for each notifier, in the caller's transaction.

    A key that is in the outbox already is left alone: a message goes out once. Returns how many
    rows were new.
    """
    new = 0
    for notifier in to:
        key = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{message.key} {notifier}"))
        result = connection.execute(
            text(
                "INSERT INTO delivery (id, key, notifier, message, state, attempts, created_at, "
                "due_at, lease_token, error) VALUES (:id, :key, :notifier, :message, 'queued', 0, "
                ":now, :now, 0, '') ON CONFLICT (key, notifier) DO NOTHING"
            ),
            {
                "id": key,
                "key": message.key,
                "notifier": notifier,
                "message": message_json.dumps(replace(message, id=key)),
                "now": to_micros(now),
            },
        )
        new += result.rowcount
    return new


@dataclass(frozen=True, slots=True)
class Sender:
    """Sends what is due. `notifier` makes a configured notifier by name."""

    store: Store
    clock: Clock
    notifier: Callable[[str], Notifier]

    def run(self) -> list[Sent]:
        """Send every due row once; raises nothing that a single row caused."""
        done = []
        while (claimed := self._claim()) is not None:
            done.append(self._send(claimed))
        return done

    def _claim(self) -> Claimed | None:
        now = to_micros(self.clock.now())
        with self.store.writing() as connection:
            row = connection.execute(
                text(
                    "SELECT id, key, notifier, message, attempts, lease_token, receipt "
                    "FROM delivery WHERE state = 'queued' AND due_at <= :now "
                    "AND (leased_until IS NULL OR leased_until <= :now) "
                    "ORDER BY created_at, id LIMIT 1"
                ),
                {"now": now},
            ).first()
            if row is None:
                return None
            claimed = connection.execute(
                text(
                    "UPDATE delivery SET leased_until = :until, lease_token = lease_token + 1 "
                    "WHERE id = :id AND lease_token = :token AND state = 'queued'"
                ),
                {"until": now + _micros(CLAIM), "id": row.id, "token": row.lease_token},
            )
        if claimed.rowcount != 1:
            return self._claim()
        return Claimed(
            row.id,
            row.key,
            row.notifier,
            row.message,
            row.attempts,
            row.lease_token + 1,
            None if row.receipt is None else Receipt(**orjson.loads(row.receipt)),
        )

    def _send(self, row: Claimed) -> Sent:
        try:
            receipt = self.notifier(row.notifier).send(message_json.loads(row.message), row.receipt)
        except DeliveryDeferred as problem:
            after = problem.retry_after
            wait = None if after is None else timedelta(seconds=after)
            return self._again(row, problem.message, wait, problem.progress)
        except (DeliveryRejected, ConfigError) as problem:
            return self._record(row, "dead", problem.message)
        except Exception as problem:  # noqa: BLE001  one notifier's fault must not stop the others
            return self._again(row, f"{type(problem).__name__} in notifier {row.notifier!r}")
        return self._record(row, "sent", receipt=receipt)

    def _again(
        self,
        row: Claimed,
        error: str,
        wait: timedelta | None = None,
        progress: Receipt | None = None,
    ) -> Sent:
        receipt = progress or row.receipt
        if row.attempts + 1 >= MOST_ATTEMPTS:
            return self._record(row, "dead", error, receipt=receipt)
        later = _backoff(row.attempts) if wait is None else max(wait, SHORTEST_RETRY)
        return self._record(row, "queued", error, wait=later, receipt=receipt)

    def _record(
        self,
        row: Claimed,
        state: str,
        error: str = "",
        *,
        wait: timedelta = timedelta(0),
        receipt: Receipt | None = None,
    ) -> Sent:
        now = self.clock.now()
        kept = None if receipt is None else {"address": receipt.address, "note": receipt.note}
        with self.store.writing() as connection:
            connection.execute(
                text(
                    "UPDATE delivery SET state = :state, error = :error, attempts = attempts + 1, "
                    "due_at = :due, leased_until = NULL, sent_at = :sent, receipt = :receipt "
                    "WHERE id = :id AND lease_token = :token"
                ),
                {
                    "state": state,
                    "error": error,
                    "due": to_micros(now + wait),
                    "sent": to_micros(now) if state == "sent" else None,
                    "receipt": None if kept is None else orjson.dumps(kept).decode(),
                    "id": row.id,
                    "token": row.token,
                },
            )
        return Sent(row.key, row.notifier, state, error)


def _micros(span: timedelta) -> int:
    return span // timedelta(microseconds=1)


def _backoff(attempts: int) -> timedelta:
    return min(FIRST_RETRY * (1 << min(attempts, 10)), LONGEST_RETRY)
