"""When customers write: mostly on weekday mornings, little at night, less on weekends."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import accumulate
from random import Random

from deskpulse_connectors.simulators.hours import local

HOUR = 3600
BY_HOUR = (
    0.10, 0.06, 0.05, 0.05, 0.06, 0.12, 0.30, 0.70, 1.40, 2.20, 2.50, 2.20,
    1.60, 1.80, 2.00, 1.80, 1.40, 1.10, 0.80, 0.70, 0.60, 0.45, 0.30, 0.18,
)  # fmt: skip
BY_WEEKDAY = (1.30, 1.10, 1.00, 1.00, 0.85, 0.35, 0.28)


@cache
def weight(hour: int) -> float:
    """How busy the hour that begins at epoch second `hour * 3600` is."""
    wall = local(hour * HOUR)
    return BY_HOUR[wall.hour] * BY_WEEKDAY[wall.weekday()]


def spread(dice: Random, begin: int, end: int, count: int) -> list[int]:
    """`count` arrival times in [begin, end), in order."""
    hours = range(begin // HOUR, -(-end // HOUR))
    heap = list(accumulate(weight(hour) for hour in hours))
    drawn = dice.choices(hours, cum_weights=heap, k=count)
    return sorted(min(max(hour * HOUR + dice.randrange(HOUR), begin), end - 1) for hour in drawn)


def onward(seed: int, begin: int, per_week: float) -> Iterator[int]:
    """Arrival times from `begin` on, for ever; each hour has its own dice."""
    week = sum(weight(begin // HOUR + hour) for hour in range(168))
    hour = begin // HOUR
    while True:
        dice = Random(seed * 1_000_003 + hour)  # noqa: S311 lifelike, repeatable data
        rate = per_week * weight(hour) / week / HOUR
        at = hour * HOUR + dice.expovariate(rate)
        while at < (hour + 1) * HOUR:
            if at >= begin:
                yield int(at)
            at += dice.expovariate(rate)
        hour += 1
