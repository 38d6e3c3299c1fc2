"""Mail headers as bytes, in which no text can start a header of its own. Pure.

`EmailMessage` is only used for the body: in a subject it decodes an encoded word and writes what it
held, line breaks included, and its folding loses blanks (both seen with Python 3.11.7).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import TYPE_CHECKING

from deskpulse.message import Message
from deskpulse_notifiers.email.addresses import domain_of, mailbox
from deskpulse_notifiers.email.encoding import encoded
from deskpulse_notifiers.words import headline, mark

if TYPE_CHECKING:
    from deskpulse_notifiers.email.config import EmailConfig

_THREADED = frozenset({"firing", "update", "resolved"})

Headers = list[tuple[str, str]]
"""(name, value) in order; values are ASCII and may hold folded lines."""


def headers_of(
    message: Message,
    config: EmailConfig,
    now: datetime,
    previous_id: str = "",
    *,
    day: str = "",
    called: Sequence[str] = (),
) -> Headers:
    """Every header but those of the body. `now` (aware) becomes Date.

    `called` are addresses of people who receive it beside the configured recipients.
    `day` splits the thread of a lasting alert: each day has its own.
    """
    domain = domain_of(config.sender)
    headers = [
        ("Date", format_datetime(now.astimezone(UTC), usegmt=False)),
        ("From", mailbox(config.sender)),
        ("To", ",\r\n ".join(mailbox(recipient) for recipient in (*config.recipients, *called))),
        ("Subject", subject_of(message, config.subject_prefix)),
        ("Message-ID", message_id(message, now, domain)),
        *_thread(message, domain, previous_id, day),
        # A digest mailed to a helpdesk's address must not open a ticket or be answered.
        ("Auto-Submitted", "auto-generated"),
        ("X-Auto-Response-Suppress", "All"),
    ]
    if config.unsubscribe:
        headers.append(("List-Unsubscribe", f"<{config.unsubscribe}>"))
        if config.unsubscribe.startswith("https:"):
            headers.append(("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"))
    return headers


def as_bytes(headers: Iterable[tuple[str, str]]) -> bytes:
    """The lines on the wire."""
    return "".join(f"{name}: {value}\r\n" for name, value in headers).encode("ascii")


def subject_of(message: Message, prefix: str = "") -> str:
    """The headline as a header value."""
    words = encoded(f"{prefix} {mark(message.kind)}{headline(message)}")
    return words or "(untitled)"


def message_id(message: Message, now: datetime, domain: str) -> str:
    """The same for every attempt at the same message, so that a repeat can be recognised."""
    seed = message.id or f"{message.key}|{now.isoformat()}"
    return f"<{_digest(seed)}@{domain}>"


def thread_root(key: str, domain: str) -> str:
    """The id of a mail that was never sent: what all mails about one thing refer to."""
    return f"<deskpulse-{_digest(key)}@{domain}>"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _thread(message: Message, domain: str, previous_id: str, day: str) -> Headers:
    if message.kind not in _THREADED:
        return []
    root = thread_root(f"{message.about}|{day}" if day else message.about, domain)
    if not re.fullmatch(r"<[\x21-\x7e]{3,200}>", previous_id):
        return [("In-Reply-To", root), ("References", root)]
    return [("In-Reply-To", previous_id), ("References", f"{root}\r\n {previous_id}")]
