"""Own history as the yardstick: the usual band, and where the present value lies in it (CM2)."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from deskpulse_reports.analysis.quantile import measured, quantile

MONTHS = 12
FEWEST = 3


@dataclass(frozen=True, slots=True)
class Band:
    """The middle half of own history, and the present value's place.

    `n` is how many earlier values there are. `rank` is the percentile rank (0..100) of the present
    value: the share of earlier values below it, those equal counting half; None with no value.
    """

    n: int
    p25: float
    median: float
    p75: float
    now: float | None
    rank: float | None
    place: Literal["below", "inside", "above"] | None


def band(history: Sequence[float | None], now: float | None) -> Band | None:
    """The band of earlier values; None with fewer than three: nothing is usual yet."""
    ordered = measured(history)
    p25, median, p75 = (quantile(ordered, share) for share in (0.25, 0.5, 0.75))
    if len(ordered) < FEWEST or p25 is None or median is None or p75 is None:
        return None
    present = next(iter(measured([now])), None)
    if present is None:
        return Band(len(ordered), p25, median, p75, None, None, None)
    halves = bisect_left(ordered, present) + bisect_right(ordered, present)
    rank = 50 * halves / len(ordered)
    place: Literal["below", "inside", "above"] = (
        "below" if present < p25 else "above" if present > p75 else "inside"
    )
    return Band(len(ordered), p25, median, p75, present, rank, place)


def monthly(values: Mapping[date, float | None], current: date, since: date) -> Band | None:
    """The current month against the last 12 complete months before it.

    `values` are by any day of the month; `since` is the first day with data, and a month that began
    before it is not complete.
    """
    by_month = {day.replace(day=1): value for day, value in values.items()}
    month = current.replace(day=1)
    history, earlier = [], month
    for _ in range(MONTHS):
        earlier = (earlier - timedelta(days=1)).replace(day=1)
        if earlier >= since:
            history.append(by_month.get(earlier))
    return band(history, by_month.get(month))


def by_weekday(
    values: Mapping[date, float | None], current: date, since: date, weeks: int = 12
) -> Band | None:
    """A day against the same weekday of the weeks before it; `since` is the first day with data."""
    earlier = (current - timedelta(weeks=n) for n in range(1, weeks + 1))
    history = [values.get(day) for day in earlier if day >= since]
    return band(history, values.get(current))
