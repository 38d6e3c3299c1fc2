"""By which instant each export is ordered, read from a row; None where the row does not say."""

from __future__ import annotations

from datetime import datetime
from typing import Any


def generated(row: Any) -> int | None:
    """Of a ticket: `generated_timestamp`, which every change bumps; `updated_at` may be older."""
    return _whole(row, "generated_timestamp")


def timestamp(row: Any) -> int | None:
    """Of an audit: its `timestamp`."""
    return _whole(row, "timestamp")


def updated(row: Any) -> int | None:
    """Of an organization, a call or a leg: its `updated_at`."""
    return _instant(row, "updated_at")


def update_timestamp(row: Any) -> int | None:
    """Of a chat: its `update_timestamp`."""
    return _instant(row, "update_timestamp")


def unknown(row: Any) -> int | None:
    """Of a user: the export's order shows in no field."""
    del row
    return None


def _instant(row: Any, key: str) -> int | None:
    try:
        return int(datetime.fromisoformat(row[key]).timestamp())
    except (KeyError, TypeError, ValueError):
        return None


def _whole(row: Any, key: str) -> int | None:
    value = row.get(key) if isinstance(row, dict) else None
    return value if isinstance(value, int) and not isinstance(value, bool) else None
