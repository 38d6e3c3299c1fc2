"""What Freshdesk's numbers mean in our words: statuses, priorities, sources, ratings."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from deskpulse.errors import RecordRejected

STATUSES: Mapping[str, str] = MappingProxyType(
    {"2": "open", "3": "pending", "4": "solved", "5": "closed"}
)
"""The four statuses that every account has; all others are its own."""

KNOWN_LABELS: Mapping[str, str] = MappingProxyType(
    {
        "open": "open",
        "pending": "pending",
        "resolved": "solved",
        "closed": "closed",
        "waiting on customer": "pending",
        "waiting on third party": "on_hold",
    }
)
"""What statuses are called in an account that nobody has renamed them in, in lower case."""

PRIORITIES: Mapping[Any, str] = MappingProxyType({1: "low", 2: "normal", 3: "high", 4: "urgent"})
KINDS: Mapping[str, str] = MappingProxyType(
    {
        "question": "question",
        "incident": "incident",
        "problem": "problem",
        "task": "task",
        "feature request": "feature_request",
        "complaint": "complaint",
    }
)
"""Ticket types, which are free text, that we have a kind for."""

OUTBOUND = 10
CHATS = frozenset({7, 15})
SOURCES: Mapping[Any, tuple[str, str]] = MappingProxyType(
    {
        1: ("email", "email"),
        2: ("portal", "web"),
        3: ("phone", "voice"),
        5: ("twitter", "social"),
        6: ("facebook", "social"),
        7: ("chat", "chat"),
        9: ("feedback_widget", "web"),
        OUTBOUND: ("outbound_email", "email"),
        13: ("whatsapp", "messaging"),
        15: ("web_chat", "chat"),
    }
)
"""The source of a ticket: what it is called, and our channel. Others keep their number."""

SURVEY_FEEDBACK = 6
FORWARD = 8
SPEECH: Mapping[Any, str] = MappingProxyType({5: "social", 7: "social", 9: "voice"})
"""The source of a conversation that was led elsewhere than by mail, and our channel."""

RATINGS: Mapping[Any, float] = MappingProxyType(
    {103: 5.0, 102: 4.5, 101: 4.0, 100: 3.0, -101: 2.0, -102: 1.5, -103: 1.0}
)
"""Extremely, very and just happy, neutral, and as many unhappy, on 1..5: Freshdesk calls all three
happy ones good, and so do we with 4 and more."""


def vendor_channel(source: Any) -> str | None:
    """What a ticket's source is called; its number where we know no name."""
    if source is None:
        return None
    return SOURCES[source][0] if source in SOURCES else str(source)


def channel(source: Any) -> str | None:
    """Our channel for a ticket's source; what is not known is `other`."""
    if source is None:
        return None
    return SOURCES[source][1] if source in SOURCES else "other"


def status(number: Any, statuses: Mapping[str, str], what: str, label: str = "") -> str:
    """A status by its number, or by its label if nobody renamed it.

    RecordRejected with the line to add for one whose meaning nobody told.
    """
    found = statuses.get(str(number)) or STATUSES.get(str(number))
    found = found or KNOWN_LABELS.get(label.strip().lower())
    if found is None:
        named = f" ({label})" if label else ""
        raise RecordRejected(
            f"{what}: status {number}{named} is the account's own, and what it means is not set;"
            f' add {number} = "pending" (or open, on_hold, solved, closed) to'
            " [sources.NAME.statuses], then run `deskpulse sync NAME --again`"
        )
    return found


def instant_of(row: Any, key: str = "updated_at") -> datetime | None:
    """A row's time as an aware UTC instant; None where it has none that can be read."""
    try:
        found = datetime.fromisoformat(row[key])
    except (KeyError, TypeError, ValueError):
        return None
    return None if found.tzinfo is None else found.astimezone(UTC)


def iso(instant: datetime) -> str:
    """An instant as Freshdesk takes it: UTC, to the second, with Z."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
