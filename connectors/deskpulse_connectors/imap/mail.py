"""A mail as it lies in a folder, and the letter in it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage, Message
from email.parser import BytesHeaderParser
from email.policy import compat32, default
from email.utils import parsedate_to_datetime

from deskpulse.errors import RecordRejected
from deskpulse_connectors.imap.answers import Fetched
from deskpulse_connectors.mail.bodies import plain
from deskpulse_connectors.mail.headers import Headers
from deskpulse_connectors.mail.letter import Letter, read_letter
from deskpulse_connectors.mail.ours import Ours

HIDDEN = frozenset({"\\deleted", "\\draft"})
"""Flags of what is no letter (any more)."""


@dataclass(frozen=True, slots=True)
class Stored:
    """A message and the folder that it lies in; `sent`: that one holds what the team sent."""

    folder: str
    sent: bool
    found: Fetched

    @property
    def headers(self) -> Headers:
        """Its header fields."""
        return Headers(_fields(self.found.data))

    @property
    def ids(self) -> list[str]:
        """Every message id that it names: its own, and those that it answers."""
        return ids_of(self.headers)


def ids_of(headers: Headers) -> list[str]:
    """The own id first, then the parents from the oldest on."""
    found = [name for field in ("Message-ID", "References") for name in headers.ids(field)]
    return list(dict.fromkeys([*found, *headers.ids("In-Reply-To")[:1]]))


def to_letters(mails: Iterable[Stored], ours: Ours) -> list[Letter]:
    """The letters in these mails; copies of one in several folders are one, with all labels."""
    letters: dict[str, Letter] = {}
    for mail in mails:
        if {flag.lower() for flag in mail.found.flags} & HIDDEN:
            continue
        letter = _letter(mail, ours)
        known = letters.get(letter.id)
        if known is not None:
            first, second = sorted((known, letter), key=lambda each: (each.sent_at, not each.ours))
            letter = replace(first, labels=first.labels | second.labels)
        letters[letter.id] = letter
    return list(letters.values())


def _letter(mail: Stored, ours: Ours) -> Letter:
    headers, found = mail.headers, mail.found
    own = headers.ids("Message-ID")
    sent_at = found.came_at or _date(headers)
    if sent_at is None:
        raise RecordRejected(f"mail {found.uid} in {mail.folder!r} has no date")
    keywords = {flag for flag in found.flags if not flag.startswith("\\")}
    return read_letter(
        headers,
        id=own[0] if own else _fallback(headers, sent_at),
        sent_at=sent_at,
        ours=ours,
        sent=mail.sent,
        labels=frozenset({mail.folder, *keywords}),
        body=_body(found.data),
    )


def _fields(data: bytes) -> Iterator[tuple[str, str]]:
    parsed: Message = BytesHeaderParser(policy=compat32).parsebytes(data)
    for name, value in parsed.raw_items():
        yield name, _text(str(value))


def _text(value: str) -> str:
    """A value as the parser left it; bytes beyond ASCII are UTF-8 (RFC 6532), else an old page."""
    if value.isascii():
        return value
    raw = value.encode("utf-8", "surrogateescape")
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")


def _fallback(headers: Headers, sent_at: datetime) -> str:
    """An id for a mail without one, the same in whatever folder it lies."""
    told = [sent_at.isoformat(), *(headers.first(name) for name in ("Date", "From", "Subject"))]
    return "no-id-" + hashlib.sha256("\0".join(told).encode()).hexdigest()[:24]


def _date(headers: Headers) -> datetime | None:
    try:
        told = parsedate_to_datetime(headers.first("Date"))
    except (ValueError, TypeError):
        return None
    return (told if told.tzinfo else told.replace(tzinfo=UTC)).astimezone(UTC)


def _body(data: bytes) -> str | None:
    """The text for people; None if only the header was fetched, or nothing can be read."""
    _, blank, rest = data.replace(b"\r\n", b"\n").partition(b"\n\n")
    if not (blank and rest.strip()):
        return None
    try:
        message = message_from_bytes(data, policy=default)
        assert isinstance(message, EmailMessage)
        part = message.get_body(("plain", "html"))
        text = part.get_content() if part is not None else None
    except (LookupError, ValueError, AttributeError, TypeError):
        return None  # a charset or a structure that nobody knows
    if not isinstance(text, str) or part is None:
        return None
    return plain(text, html=part.get_content_subtype() == "html")
