"""How single values of Request Tracker read in our words: instants, ids, statuses, priorities."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from deskpulse.errors import RecordRejected

SYSTEM = "RT_System"
NOBODY = "Nobody"
"""Names of the two users that every installation has: RT itself, and the owner of what is free."""

DELETED = "deleted"

STATUSES: Mapping[str, str] = MappingProxyType(
    {
        "new": "new",
        "open": "open",
        "stalled": "pending",
        "resolved": "solved",
        "rejected": "closed",
    }
)
"""The default lifecycle in our words. A stalled ticket waits: a reply opens it again."""

PRIORITIES: Mapping[str, str] = MappingProxyType({"low": "low", "medium": "normal", "high": "high"})
"""RT's own names of priorities; they come where they were stored as text."""

EPOCH = datetime(1970, 1, 2, tzinfo=UTC)
"""RT has no null dates: "never", and what one may not see, is the beginning of 1970."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What the settings say about how to read: see `RequestTrackerConfig`."""

    desk: str
    statuses: Mapping[str, str] = field(default_factory=dict)
    priorities: Mapping[str, int] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)

    def status(self, value: Any) -> str:
        """A status in our words. RecordRejected for one of a lifecycle that nobody explained."""
        name = str(value).lower()
        found = self.statuses.get(name) or STATUSES.get(name)
        if found is None:
            known = ", ".join([*STATUSES, *self.statuses])
            raise RecordRejected(
                f"status {value!r} is not one of {known}; say what it means in this source's "
                "`statuses` table"
            )
        return found

    def priority(self, value: Any) -> str | None:
        """A priority in our words, by the highest bound it reaches; None below all of them."""
        text = str(value).strip()
        if text.lower() in PRIORITIES:
            return PRIORITIES[text.lower()]
        try:
            number = int(text)
        except ValueError:
            return None
        reached = [(bound, name) for name, bound in self.priorities.items() if number >= bound]
        return max(reached)[1] if reached else None


def moment(value: Any, what: str) -> datetime:
    """A time that must be there, as an aware instant; RecordRejected naming `what` otherwise."""
    found = instant(value, what)
    if found is None:
        raise RecordRejected(f"{what} is {value!r}; allowed: an ISO 8601 time after 1970-01-01")
    return found


def instant(value: Any, what: str) -> datetime | None:
    """A time as an aware instant; None for RT's "never". RecordRejected for what is no time.

    REST2 sends "2026-01-05T09:00:00Z"; old and new values of changes are UTC without saying so.
    """
    if not value:
        return None
    try:
        found = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise RecordRejected(f"{what} is {value!r}; allowed: an ISO 8601 time") from None
    found = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    return None if found < EPOCH else found


def need(raw: Any, key: str, what: str) -> Any:
    """`raw[key]`; RecordRejected naming the record and the key if it is missing."""
    if not isinstance(raw, Mapping):
        raise RecordRejected(f"{what} is {type(raw).__name__}; allowed: an object")
    if key not in raw:
        raise RecordRejected(f"{what} {raw.get('id', 'without id')}: {key} is missing")
    return raw[key]


def user_id(person: Any) -> str | None:
    """The id of a user object; None for groups and for Nobody."""
    if not isinstance(person, Mapping) or person.get("type") != "user":
        return None
    return None if person.get("Name") == NOBODY else str(need(person, "id", "user"))


def text_of(value: Any) -> str | None:
    """A text, or None for RT's empty one."""
    return value if isinstance(value, str) and value else None
