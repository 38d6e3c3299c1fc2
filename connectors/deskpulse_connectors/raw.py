"""Reading raw JSON of any vendor: what must be there is demanded, with words for who looks."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from deskpulse.errors import RecordRejected


def mapping(value: Any) -> Mapping[str, Any]:
    """`value` if it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def text_id(value: Any) -> str | None:
    """An id as text; ids exceed 2**53, so they are never a float."""
    return None if value is None else str(value)


def moment(value: Any, what: str) -> datetime:
    """A vendor's ISO 8601 time as an aware instant; RecordRejected naming `what` otherwise."""
    try:
        parsed = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise RecordRejected(
            f"{what} is {value!r}; allowed: an ISO 8601 time with offset"
        ) from None
    if parsed.tzinfo is None:
        raise RecordRejected(f"{what} is {value!r}, which has no offset")
    return parsed if parsed.tzinfo is UTC else parsed.astimezone(UTC)


def seconds(value: Any, what: str) -> timedelta | None:
    """A vendor's seconds as a duration; RecordRejected naming `what` for what are none."""
    if value is None:
        return None
    try:
        return timedelta(seconds=value)
    except (TypeError, OverflowError, ValueError):
        raise RecordRejected(f"{what} is {value!r}; allowed: seconds") from None


def need(raw: Any, key: str, what: str) -> Any:
    """`raw[key]`; RecordRejected naming the record and the key if it is missing."""
    if not isinstance(raw, dict):
        raise RecordRejected(f"{what} is {type(raw).__name__}; allowed: an object")
    try:
        return raw[key]
    except KeyError:
        raise RecordRejected(f"{what} {raw.get('id', 'without id')}: {key} is missing") from None
