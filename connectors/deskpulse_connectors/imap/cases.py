"""The mails of a conversation as records: what the streams hand to `parse`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from deskpulse.records import Record
from deskpulse_connectors.imap.mail import Stored, to_letters
from deskpulse_connectors.mail.conversations import Conversation, conversations
from deskpulse_connectors.mail.ours import Ours
from deskpulse_connectors.mail.records import Case, is_ticket, to_records
from deskpulse_connectors.mail.settings import StatusRules


@dataclass(frozen=True, slots=True)
class Raw:
    """Mails that name each other.

    `now`: when they were read. `seen_at`: when keywords or folders of them were just seen to
    change, if they were.
    """

    mails: tuple[Stored, ...]
    ours: Ours
    now: datetime
    seen_at: datetime | None = None


def talks(raw: Raw) -> list[Conversation]:
    """The conversations among these mails that are tickets."""
    found = conversations(to_letters(raw.mails, raw.ours), raw.ours)
    return [each for each in found if is_ticket(each.letters)]


def read_mails(raw: Raw, *, rules: StatusRules, folders: frozenset[str]) -> Iterator[Record]:
    """The records of these mails. `folders` are names of folders, which are no tags."""
    for each in talks(raw):
        labels = {label for letter in each.letters for label in letter.labels}
        yield from to_records(
            Case(
                id=each.root,
                letters=each.letters,
                rules=rules,
                now=raw.now,
                seen_at=raw.seen_at,
                tags=sorted(labels - folders),
            )
        )
