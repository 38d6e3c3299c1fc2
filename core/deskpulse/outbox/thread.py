"""What a notifier has seen of a thread decides what the next message of it is there."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy import Connection, text

from deskpulse.message import Message, Paragraph
from deskpulse.notifier import Receipt
from deskpulse.outbox.claim import Claimed, receipt_of
from deskpulse.untrusted import Untrusted, opened

REPEAT = "Possibly repeated: an earlier attempt to send this may have arrived."


@dataclass(frozen=True, slots=True)
class Earlier:
    """Whether the thread was begun at this notifier, and where its newest message is."""

    begun: bool = False
    receipt: Receipt | None = None


def earlier(connection: Connection, row: Claimed) -> Earlier:
    """What was sent of the row's thread before it."""
    if not row.thread:
        return Earlier()
    sent = connection.execute(
        text(
            "SELECT receipt FROM delivery WHERE thread = :thread AND notifier = :notifier "
            "AND state IN ('sent', 'collapsed') AND seq < :seq ORDER BY seq DESC"
        ),
        {"thread": row.thread, "notifier": row.notifier, "seq": row.seq},
    ).scalars()
    receipts = list(sent)
    newest = next((kept for kept in receipts if kept is not None), None)
    return Earlier(bool(receipts), receipt_of(newest))


def as_sent(message: Message, row: Claimed, before: Earlier, *, buttons: bool) -> Message | None:
    """The message as this notifier gets it; None: an end whose beginning never arrived there."""
    if row.thread and not before.begun:
        if message.kind == "resolved":
            return None
        if message.kind == "update":
            message = replace(message, kind="firing")
    if not buttons:
        message = replace(message, actions=())
    if row.uncertain and row.receipt is None:
        message = _marked(message)
    return message


def _marked(message: Message) -> Message:
    """An end says it in its summary, too: that is all of it that a sink answers in a thread."""
    if message.kind == "resolved":
        words = f"{REPEAT} {opened(message.summary)}"
        closed = isinstance(message.summary, Untrusted)
        message = replace(message, summary=Untrusted(words) if closed else words)
    return replace(message, parts=(Paragraph((REPEAT,)), *message.parts))
