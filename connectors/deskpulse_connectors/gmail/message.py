"""A Gmail message as a letter, and the text in it."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from deskpulse.errors import RecordRejected
from deskpulse_connectors.mail.bodies import plain
from deskpulse_connectors.mail.headers import Headers
from deskpulse_connectors.mail.letter import Letter, read_letter
from deskpulse_connectors.mail.ours import Ours

SENT, SPAM, TRASH, INBOX = "SENT", "SPAM", "TRASH", "INBOX"
NO_LETTER = frozenset({"DRAFT", "CHAT"})
ARCHIVED = "ARCHIVED"
"""A label of ours: nothing of the conversation is in the inbox any more."""


def labels_of(message: Mapping[str, Any]) -> frozenset[str]:
    """The label ids of a message."""
    found = message.get("labelIds") or ()
    return frozenset(str(each) for each in found)


def to_letter(message: Any, *, ours: Ours, names: Mapping[str, str], archived: bool) -> Letter:
    """Read one message; `names` are those of labels. Raises `RecordRejected`."""
    if not isinstance(message, dict) or "id" not in message:
        raise RecordRejected(f"a message is {str(message)[:80]!r}; allowed: an object with an id")
    ident = str(message["id"])
    payload = message.get("payload") or {}
    labels = labels_of(message)
    carried = labels | {names[each] for each in labels if each in names}
    return read_letter(
        Headers(_fields(payload)),
        id=ident,
        sent_at=_instant(message.get("internalDate"), ident),
        ours=ours,
        sent=SENT in labels,
        labels=carried | {ARCHIVED} if archived else carried,
        body=_body(payload),
    )


def _fields(payload: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for field in payload.get("headers") or ():
        yield str(field.get("name", "")), str(field.get("value", ""))


def _instant(milliseconds: Any, ident: str) -> datetime:
    """When Gmail took the mail in; the Date header is whatever the sender's clock said."""
    try:
        return datetime.fromtimestamp(int(milliseconds) / 1000, UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        raise RecordRejected(
            f"message {ident}: internalDate is {milliseconds!r}; allowed: epoch milliseconds"
        ) from None


def _body(payload: Mapping[str, Any]) -> str | None:
    """The text for people: the first plain part, else the first HTML part without its tags."""
    for wanted in ("text/plain", "text/html"):
        for part in _parts(payload):
            if part.get("mimeType") == wanted and not part.get("filename"):
                text = _decoded((part.get("body") or {}).get("data"))
                if text is not None:
                    return plain(text, html=wanted == "text/html")
    return None


def _parts(part: Mapping[str, Any], depth: int = 0) -> Iterator[Mapping[str, Any]]:
    yield part
    if depth < 20:
        for each in part.get("parts") or ():
            yield from _parts(each, depth + 1)


def _decoded(data: Any) -> str | None:
    """Base64url whose padding may be missing."""
    if not isinstance(data, str):
        return None
    try:
        raw = base64.urlsafe_b64decode(data + "=" * (-len(data) % 4))
    except (binascii.Error, ValueError):
        return None
    return raw.decode("utf-8", "replace")
