"""The few words that every sink says alike."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from deskpulse_notifiers.sparks import sparkline
from deskpulse_notifiers.text import one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from deskpulse.message import Message, MessageKind, Series, Tickets, Tone

Item = TypeVar("Item")

_MARKS: dict[MessageKind, str] = {"firing": "🔴 ", "resolved": "✅ "}
_TONES: dict[Tone, str] = {"good": "✅", "bad": "⚠️", "neutral": "▫️"}


def mark(kind: MessageKind) -> str:
    """A sign before the headline, or nothing. The words say the same without it."""
    return _MARKS.get(kind, "")


def tone_sign(tone: Tone) -> str:
    """A sign whose shape differs, not only its colour."""
    return _TONES[tone]


def headline(message: Message) -> str:
    """The title on one line, never empty."""
    return one_line(message.title) or "(untitled)"


def beyond_headline(message: Message) -> str:
    """The summary on one line; empty if it says nothing that the title does not say."""
    summary = one_line(message.summary)
    return "" if summary.rstrip(".") == headline(message).rstrip(".") else summary


def sentence(message: Message) -> str:
    """Title and summary in one line, and nothing twice: a summary may begin with its title."""
    title, summary = headline(message), beyond_headline(message)
    if not summary:
        return title
    return summary if summary.startswith(title) else f"{title}: {summary}"


def freshness(message: Message) -> str:
    """`Data complete to 2026-11-22 07:58 Europe/Berlin`; "" for a note without an instant."""
    if message.complete_to is None:
        return "" if message.kind == "note" else "It is not known up to when the data is complete"
    return f"Data complete to {local_time(message.complete_to, message.zone)}"


def local_time(instant: datetime, zone: str) -> str:
    """`2026-11-22 07:58 Europe/Berlin`; in UTC where the zone is unknown or the year runs out."""
    try:
        local = instant.astimezone(ZoneInfo(zone))
    except (ZoneInfoNotFoundError, ValueError, OSError, OverflowError):
        local, zone = instant.astimezone(UTC), "UTC"
    return f"{local:%Y-%m-%d %H:%M} {zone}"


def shown(items: Sequence[Item], limit: int) -> tuple[Sequence[Item], int]:
    """The first `limit` items, and how many are left out."""
    return items[:limit], max(len(items) - limit, 0)


def and_more(count: int) -> str:
    """`and 12 more`; "" for none."""
    return f"and {count:,} more" if count > 0 else ""


def hidden_tickets(part: Tickets, listed: int) -> int:
    """How many tickets a list of `listed` leaves out."""
    return max((part.total or 0), len(part.items)) - listed


def number(value: float | None) -> str:
    """A number for people: `1,234.5`; `no data` for None."""
    if value is None or not math.isfinite(value):
        return "no data"
    return f"{value:,.2f}".rstrip("0").rstrip(".") if abs(value) < 1e15 else f"{value:.3g}"


def trend(part: Series) -> str:
    """`▃▅▂█  min 2, max 9, last 5 tickets (2026-11-21)`."""
    values = [value for _, value in part.points]
    known = [value for value in values if value is not None and math.isfinite(value)]
    if not known:
        return "no data"
    label, last = part.points[-1]
    unit = f" {one_line(part.unit)}" if part.unit else ""
    numbers = f"min {number(min(known))}, max {number(max(known))}, last {number(last)}{unit}"
    return f"{sparkline(values)}  {numbers} ({one_line(label)})"
