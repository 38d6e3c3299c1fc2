"""What old data allows to say."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from deskpulse.rule import Condition
from deskpulse_reports.freshness import Freshness, complete_to
from deskpulse_reports.rules.desk import Desk


def freshness(desk: Desk, source: str) -> Freshness:
    """How fresh a source is; one that is not configured any more counts as never read."""
    return desk.sources.get(source) or Freshness(source, None)


def is_stale(desk: Desk, source: str) -> bool:
    """Whether a source's data is older than it may be."""
    return freshness(desk, source).stale(desk.now)


def any_stale(desk: Desk, sources: Iterable[str] = ()) -> bool:
    """Whether any of these sources, or of all, is stale."""
    return any(is_stale(desk, source) for source in sources or desk.sources)


def known_to(desk: Desk, sources: Iterable[str] = ()) -> datetime | None:
    """Up to when all of these sources, or simply all, are complete."""
    return complete_to(freshness(desk, source) for source in sources or desk.sources)


def reached(desk: Desk, source: str, moment: datetime) -> Condition:
    """Whether a moment is over that something would have prevented, had it come in time.

    On stale data nobody knows that of a moment after the data ends.
    """
    fresh = freshness(desk, source)
    if fresh.stale(desk.now) and (fresh.complete_to is None or moment > fresh.complete_to):
        return "unknown"
    return "holds" if moment <= desk.now else "clear"
