"""Unusually many contacts: a count against the same weekday and hour of the weeks before (WL10)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from math import sqrt
from typing import Literal, NamedTuple

from deskpulse_reports import words
from deskpulse_reports.analysis.quantile import quantile

MAD_TO_SIGMA = 0.6745
"""The median absolute deviation of a normal distribution with a standard deviation of 1."""

Series = str | None
"""What is counted apart: a channel, a reason; None has none."""


class Bucket(NamedTuple):
    """A local hour of a day, or with `hour` None the whole local day."""

    day: date
    hour: int | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """When a count is a spike: far out by its own spread, and by enough contacts to matter.

    With `floor` the spread is never taken to be less than that of a Poisson count. Eight weeks give
    a rough MAD that is often far too small by chance; the floor takes away most false alarms.
    """

    z: float = 3.5
    excess: float = 5
    weeks: int = 8
    fewest: int = 4
    floor: bool = False


WL10 = Rule()
"""The rule of the catalogue."""

CALM = Rule(floor=True)
"""The same with the floor: `false_alarms` shows the difference."""


@dataclass(frozen=True, slots=True)
class History:
    """Counts by series and bucket; one without a count had 0 contacts, unless it is before `since`.

    `since` is the first day with data. Buckets on `holidays`, and `stale` ones (the source was not
    read then, or the clocks were set back and the hour is two hours long), say nothing about what
    is usual. A stale `Bucket(day)` is that day and all its hours.
    """

    counts: Mapping[tuple[Series, Bucket], float]
    since: date
    holidays: frozenset[date] = frozenset()
    stale: frozenset[Bucket] = frozenset()
    _stale_days: frozenset[date] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_stale_days", frozenset(bucket.day for bucket in self.stale))

    @property
    def series(self) -> list[Series]:
        """Every series that was ever counted; None last."""
        return sorted({name for name, _ in self.counts}, key=lambda name: (name is None, name))

    def count(self, series: Series, bucket: Bucket) -> float:
        """The contacts in a bucket."""
        return self.counts.get((series, bucket), 0)

    def is_stale(self, bucket: Bucket) -> bool:
        """Whether the count may lack contacts that were not fetched."""
        if bucket.hour is None:
            return bucket.day in self._stale_days
        return bucket in self.stale or Bucket(bucket.day) in self.stale

    def baseline(self, series: Series, bucket: Bucket, weeks: int) -> list[float]:
        """The counts of the same weekday and hour in the weeks before, in order of size."""
        earlier = (
            Bucket(bucket.day - timedelta(weeks=n), bucket.hour) for n in range(1, weeks + 1)
        )
        return sorted(
            self.count(series, one)
            for one in earlier
            if one.day >= self.since and one.day not in self.holidays and not self.is_stale(one)
        )


@dataclass(frozen=True, slots=True)
class Reading:
    """What one count means.

    `median`, `mad` and `z` are None where the baseline is too short. `words` explains the verdict
    and does not name the series, which may be a customer's text.
    """

    series: Series
    bucket: Bucket
    count: float
    points: int
    median: float | None
    mad: float | None
    z: float | None
    verdict: Literal["spike", "usual", "unknown"]
    words: str


def score(
    count: float, baseline: list[float], *, floor: bool = False
) -> tuple[float, float, float]:
    """Median, median absolute deviation and z of a count against an ordered, nonempty baseline.

    Where more than half of the baseline is alike, the MAD is 0; then the spread of a Poisson count
    takes its place. With `floor` it does so wherever it is the wider one.
    """
    median = quantile(baseline, 0.5) or 0.0
    mad = quantile(sorted(abs(one - median) for one in baseline), 0.5) or 0.0
    spread, chance = mad / MAD_TO_SIGMA, sqrt(max(median, 1))
    if not mad or (floor and spread < chance):
        spread = chance
    return median, mad, (count - median) / spread


def read(
    history: History,
    series: Series,
    bucket: Bucket,
    *,
    running: bool = False,
    rule: Rule = WL10,
) -> Reading:
    """Judge one count. While the bucket still runs, or is stale, more may come.

    Then it is a spike if it already is one, and otherwise unknown, never "usual".
    """
    count = history.count(series, bucket)
    baseline = history.baseline(series, bucket, rule.weeks)
    points = len(baseline)
    if points < rule.fewest:
        told = (
            f"{words.number(count)} contacts; no verdict: {points} earlier {_name(bucket)} to"
            f" compare with, {rule.fewest} are needed"
        )
        return Reading(series, bucket, count, points, None, None, None, "unknown", told)
    median, mad, z = score(count, baseline, floor=rule.floor)
    found = z >= rule.z and count - median >= rule.excess
    open_end = running or history.is_stale(bucket)
    told = (
        f"{words.number(count)} contacts{' so far' if open_end else ''}, usually"
        f" {words.number(median)} (median of {points} {_name(bucket)}, median deviation"
        f" {words.number(mad)}); z = {z:.1f}, a spike from z = {rule.z:g} and"
        f" {words.number(rule.excess)} more than usual on"
    )
    verdict: Literal["spike", "usual", "unknown"] = (
        "spike" if found else "unknown" if open_end else "usual"
    )
    return Reading(series, bucket, count, points, median, mad, z, verdict, told)


def spikes(
    history: History,
    buckets: Iterable[Bucket],
    *,
    running: Bucket | None = None,
    rule: Rule = WL10,
) -> tuple[Reading, ...]:
    """The spikes of every series in these buckets, by time, then strongest first.

    `running` is the bucket that is not over yet.
    """
    found = [
        reading
        for bucket in buckets
        for series in history.series
        if (reading := read(history, series, bucket, running=bucket == running, rule=rule)).verdict
        == "spike"
    ]
    return tuple(sorted(found, key=_order))


def _order(reading: Reading) -> tuple[date, int, float, str]:
    hour = -1 if reading.bucket.hour is None else reading.bucket.hour
    return reading.bucket.day, hour, -(reading.z or 0), reading.series or ""


def _name(bucket: Bucket) -> str:
    day = f"{words.weekday(bucket.day.weekday())}s"
    return day if bucket.hour is None else f"{day} at {bucket.hour:02d}:00"
