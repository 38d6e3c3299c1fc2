"""A thread as it comes, read as conversations: what the streams hand to `parse`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from deskpulse.errors import RecordRejected
from deskpulse.records import Record, Tombstone
from deskpulse_connectors.gmail.message import (
    INBOX,
    NO_LETTER,
    SPAM,
    TRASH,
    labels_of,
    to_letter,
)
from deskpulse_connectors.mail.conversations import Conversation, conversations
from deskpulse_connectors.mail.ours import Ours
from deskpulse_connectors.mail.records import Case, is_ticket, to_records
from deskpulse_connectors.mail.settings import StatusRules

SYSTEM_LABELS = frozenset(
    {"INBOX", "SENT", "SPAM", "TRASH", "UNREAD", "STARRED", "IMPORTANT", "DRAFT", "CHAT"}
)


@dataclass(frozen=True, slots=True)
class Raw:
    """One thread, and what must be known to read it.

    `thread`: Gmail's object, None if it is gone, or a text why it was refused; `deleted`: messages
    that went with it. `now`: when it was read. `seen_at`: when labels that matter were just seen to
    change on it, else None.
    """

    id: str
    thread: Mapping[str, Any] | str | None
    ours: Ours
    names: Mapping[str, str]
    now: datetime
    seen_at: datetime | None = None
    deleted: tuple[str, ...] = ()


def read_thread(raw: Raw, *, rules: StatusRules, account: str) -> Iterator[Record]:
    """The records of a thread: tickets with all that belongs to them, or that it is gone.

    `account` names the mailbox in the addresses that agents open.
    """
    if isinstance(raw.thread, str):
        raise RecordRejected(f"thread {raw.id} was refused: {raw.thread}")
    if raw.thread is None:
        for ident in dict.fromkeys((raw.id, *raw.deleted)):
            yield _gone(ident, "deleted")
        return
    messages = [each for each in raw.thread["messages"] if not labels_of(each) & NO_LETTER]
    gone = _gone_all(messages)
    if gone is not None:
        yield _gone(raw.id, gone)
        return
    messages = [each for each in messages if SPAM not in labels_of(each)]
    archived = not any(INBOX in labels_of(each) for each in messages)
    letters = [
        to_letter(each, ours=raw.ours, names=raw.names, archived=archived) for each in messages
    ]
    for number, conversation in enumerate(conversations(letters, raw.ours)):
        if is_ticket(conversation.letters):
            ident = raw.id if number == 0 else conversation.letters[0].id
            yield from to_records(
                Case(
                    id=ident,
                    letters=conversation.letters,
                    rules=rules,
                    now=raw.now,
                    seen_at=raw.seen_at,
                    url=f"https://mail.google.com/mail/u/{account}/#all/{raw.id}",
                    version=_version(raw.thread),
                    tags=_tags(conversation, raw.names),
                )
            )


def _gone_all(messages: list[Any]) -> str | None:
    """Why the whole thread is out of the desk's sight, if it is."""
    if not messages:
        return None
    carried = [labels_of(each) for each in messages]
    if all(SPAM in labels for labels in carried):
        return "spam"
    return "deleted" if all(labels & {SPAM, TRASH} for labels in carried) else None


def _version(thread: Mapping[str, Any]) -> int | None:
    """The number of the last change of the thread or of any of its messages."""
    told = [thread.get("historyId"), *(each.get("historyId") for each in thread["messages"])]
    return max((int(each) for each in told if str(each).isdigit()), default=None)


def _tags(conversation: Conversation, names: Mapping[str, str]) -> list[str]:
    """The names of the labels that people gave it."""
    shown = {
        name
        for ident, name in names.items()
        if ident not in SYSTEM_LABELS and not ident.startswith("CATEGORY_")
    }
    return sorted({label for letter in conversation.letters for label in letter.labels & shown})


def _gone(ident: str, reason: str) -> Tombstone:
    return Tombstone.read({"id": ident, "record": "ticket", "reason": reason})
