"""How far behind the present a source usually is: what may reasonably be waited for. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

LATEST = 20
"""Syncs that say what is usual."""
FEWEST = 3
"""With fewer nothing is usual yet."""
USUAL = 0.9
"""The share of syncs that came in time: one night's pause must not stretch every wait."""
MORE = 1.25
"""Facts are derived after the sync, and some syncs take longer than others."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A stream was read to its end at `ended_at`, and then complete up to `complete_to` (aware)."""

    source: str
    stream: str
    ended_at: datetime
    complete_to: datetime


def usual_lags(readings: Iterable[Reading]) -> Mapping[str, timedelta]:
    """By source: how old its data usually gets before it is renewed, and a quarter more.

    That is the time from where the data of one sync ends until the next one is over: what the
    vendor holds back, the wait between two syncs, and how long these take. All sources of a sync
    are derived together, so a slow one makes all late. Sources that were read too seldom to say
    are left out.
    """
    lags: dict[str, list[timedelta]] = defaultdict(list)
    known: dict[str, datetime] = {}
    for together in _syncs(sorted(readings, key=lambda each: each.ended_at)):
        over = together[-1].ended_at
        ends: dict[str, datetime] = {}
        for each in together:
            ends[each.source] = min(ends.get(each.source, each.complete_to), each.complete_to)
        for source in ends.keys() & known.keys():
            lags[source].append(over - known[source])
        known |= ends
    return {
        source: _usual(own[-LATEST:]) * MORE for source, own in lags.items() if len(own) >= FEWEST
    }


def _syncs(readings: Iterable[Reading]) -> Iterator[list[Reading]]:
    """What was read together: a stream that is read again begins the next sync."""
    together: dict[tuple[str, str], Reading] = {}
    for each in readings:
        if (each.source, each.stream) in together:
            yield list(together.values())
            together = {}
        together[each.source, each.stream] = each
    if together:
        yield list(together.values())


def _usual(lags: list[timedelta]) -> timedelta:
    return sorted(lags)[ceil(USUAL * len(lags)) - 1]
