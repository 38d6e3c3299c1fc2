"""Recording what became of an attempt, fenced by the row's token; what failed goes elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import orjson
from sqlalchemy import Connection, text

from deskpulse import message_json
from deskpulse.clock import to_micros
from deskpulse.message import Paragraph
from deskpulse.notifier import Receipt
from deskpulse.outbox.claim import Claimed
from deskpulse.outbox.queue import enqueue


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of one row: sent, queued (again), dropped or dead, and why."""

    key: str
    notifier: str
    state: str
    error: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an attempt led to: the row's next state, when to try again, and what is known."""

    state: str
    error: str = ""
    wait: timedelta = timedelta(0)
    receipt: Receipt | None = None
    uncertain: bool = False
    pause: timedelta | None = None

    @property
    def pauses(self) -> bool:
        """Whether the channel is left alone for now."""
        return self.pause is not None


def record(connection: Connection, row: Claimed, outcome: Outcome, now: datetime) -> bool:
    """Tick the row off, or put it back; False if it is not ours any more (nothing is written)."""
    receipt = outcome.receipt
    kept = None if receipt is None else {"address": receipt.address, "note": receipt.note}
    ours = connection.execute(
        text(
            "UPDATE delivery SET state = :state, error = :error, attempts = attempts + 1, "
            "due_at = :due, leased_until = NULL, sent_at = :sent, receipt = :receipt, "
            "uncertain = :uncertain WHERE id = :id AND lease_token = :token AND state = 'queued'"
        ),
        {
            "state": outcome.state,
            "error": outcome.error,
            "due": to_micros(now + outcome.wait),
            "sent": to_micros(now) if outcome.state == "sent" else None,
            "receipt": None if kept is None else orjson.dumps(kept).decode(),
            "uncertain": row.uncertain or outcome.uncertain,
            "id": row.id,
            "token": row.token,
        },
    )
    if ours.rowcount != 1:
        return False
    if outcome.state in {"dead", "dropped"}:
        _forward(connection, row, outcome, now, row.fallback)
    elif outcome.state == "sent" and row.kind == "resolved" and row.fallback:
        _forward(connection, row, outcome, now, _began_at(connection, row))
    return True


def _began_at(connection: Connection, row: Claimed) -> list[str]:
    """The fallbacks that were told of the thread's beginning: they are told of its end, too."""
    found = connection.execute(
        text("SELECT DISTINCT notifier FROM delivery WHERE thread = :thread AND state = 'sent'"),
        {"thread": row.thread},
    )
    told = {str(name) for name in found.scalars()}
    return [name for name in row.fallback if name in told]


def _forward(
    connection: Connection, row: Claimed, outcome: Outcome, now: datetime, to: Sequence[str]
) -> None:
    """Tell the fallback; there the thread has a life of its own, and no further fallback."""
    message = message_json.loads(row.message)
    told = replace(message, key=f"{row.key}/instead of {row.notifier}", actions=())
    if outcome.state == "dead":
        told = replace(told, parts=(_remark(row, outcome), *message.parts))
    others = [name for name in to if name != row.notifier]
    enqueue(connection, told, others, now, route=row.route)


def _remark(row: Claimed, outcome: Outcome) -> Paragraph:
    text = f"This could not be delivered to {row.notifier}: {outcome.error}"
    return Paragraph((text,))
