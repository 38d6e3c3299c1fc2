"""What an IMAP server answers, read; and what is sent, quoted. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

UID = re.compile(rb"\bUID (\d+)")
_FLAGS = re.compile(rb"\bFLAGS \(([^)]*)\)")
_DATE = re.compile(rb'\bINTERNALDATE "([^"]+)"')
STATUS = re.compile(rb"\b(UIDVALIDITY|UIDNEXT|MESSAGES|HIGHESTMODSEQ) (\d+)")


@dataclass(frozen=True, slots=True)
class FolderState:
    """What a folder says of itself. `modseq` rises with every change; None: the server has none."""

    validity: int
    next: int
    modseq: int | None = None


@dataclass(frozen=True, slots=True)
class Fetched:
    """One message: its flags and keywords, when it came, and what was asked for of it."""

    uid: int
    flags: frozenset[str]
    came_at: datetime | None
    data: bytes = b""


def quoted_id(ident: str) -> str | None:
    """A message id for SEARCH; None if it cannot be written there (RFC 3501: 7-bit text)."""
    return quoted(ident) if ident.isascii() and ident.isprintable() else None


def quoted(text: str) -> str:
    """A quoted string (RFC 3501 4.3)."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def messages_in(data: Iterable[Any]) -> Iterator[Fetched]:
    """The messages of a FETCH: a literal is a pair; what belongs to it stands before or after.

    Flags that somebody else changes meanwhile are told in between, with the UID as well (RFC 3501
    6.4.8) but without the date that was asked for: that is no message.
    """
    about, literal = b"", b""
    for part in data:
        if isinstance(part, tuple):
            about, literal = part[0], part[1]
            continue
        if part is None:
            continue
        found = _message(about + b" " + part, literal)
        if found is not None:
            yield found
        about, literal = b"", b""


def _message(about: bytes, literal: bytes) -> Fetched | None:
    uid, date, flags = UID.search(about), _DATE.search(about), _FLAGS.search(about)
    if uid is None or date is None:
        return None
    names = flags[1].decode("ascii", "replace").split() if flags else ()
    return Fetched(int(uid[1]), frozenset(names), _instant(date[1]), literal)


def _instant(text: bytes) -> datetime | None:
    """`17-Jul-2026 02:44:25 -0700`, the day may be padded with a space."""
    try:
        return parsedate_to_datetime(text.decode("ascii").strip().replace("-", " ", 2)).astimezone(
            UTC
        )
    except (ValueError, TypeError, UnicodeError):
        return None


def lines_of(data: Iterable[Any]) -> list[bytes]:
    """What is not a literal."""
    return [part for part in data if isinstance(part, bytes)]


def text_of(data: Iterable[Any]) -> str:
    """The server's words, for a message."""
    return b" ".join(lines_of(data)).decode("utf-8", "replace")[:200]
