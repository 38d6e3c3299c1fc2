"""What old data allows to say."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from deskpulse.rule import Condition
from deskpulse_reports.freshness import Freshness, complete_to
from deskpulse_reports.rules.desk import Desk

HELD = timedelta(minutes=2)
"""The least that is waited for data; most sources are read by then."""


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


def held_for(desk: Desk, source: str) -> timedelta:
    """How long something late waits for data that is complete up to it.

    As long as the source's data usually takes to come, so that an answer which is on its way is
    seen first; never longer than until the data is stale.
    """
    fresh = freshness(desk, source)
    wait = max(HELD, fresh.usual or HELD)
    return wait if fresh.expected is None else min(wait, max(HELD, fresh.expected))


def waits(desk: Desk, source: str, since: datetime) -> bool:
    """Whether data that ends before `since` may still show what prevented it."""
    return desk.now - since < held_for(desk, source)


def reached(desk: Desk, source: str, moment: datetime) -> Condition:
    """Whether a moment is over that something would have prevented, had it come in time.

    Of a moment after the data ends nobody knows that where the data is stale, or about to come.
    """
    fresh = freshness(desk, source)
    surely = fresh.complete_to is not None and moment <= fresh.complete_to
    if fresh.stale(desk.now) and not surely:
        return "unknown"
    if moment > desk.now:
        return "clear"
    return "holds" if surely or not waits(desk, source, moment) else "unknown"
