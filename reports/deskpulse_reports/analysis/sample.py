"""What is known of a sample: enough to compare its median or its mean with another's."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import sqrt

from deskpulse_reports.analysis.interval import Z_95, Estimate
from deskpulse_reports.analysis.quantile import measured, quantile

FEWEST = 6
"""With five cases even the smallest and the largest do not bound the median with 95 %."""

GRID: tuple[float, ...] = tuple(step / 40 for step in range(41))
"""The quantiles to ask of the database: `quantile_cont(x, [0, 0.025, ..., 1])`."""


def _shares(n: int) -> tuple[float, float]:
    """Where in a sample of n the bounds of its median lie.

    Ranks (n + 1) / 2 -+ z sqrt(n) / 2: the normal form of the sign test, free of any assumption
    about the distribution. As PERCENTILE_CONT counts, rank r is the quantile (r - 1) / (n - 1).
    """
    reach = Z_95 * sqrt(n) / (2 * (n - 1))
    return 0.5 - reach, 0.5 + reach


@dataclass(frozen=True, slots=True)
class Sample:
    """A median and the 95 % bounds of its own; None where the sample is too small for them."""

    n: int
    median: float | None
    low: float | None = None
    high: float | None = None

    @classmethod
    def of(cls, values: Iterable[float | None]) -> Sample:
        """From the values themselves; None and NaN are left out."""
        ordered = measured(values)
        n = len(ordered)
        median = quantile(ordered, 0.5)
        if n < FEWEST:
            return cls(n, median)
        low, high = _shares(n)
        return cls(n, median, quantile(ordered, low), quantile(ordered, high))

    @classmethod
    def of_quantiles(
        cls, n: int, values: Sequence[float] | None, shares: Sequence[float] = GRID
    ) -> Sample:
        """From quantiles that the database computed, so that no row has to travel.

        `shares` ascend and hold 0, 0.5 and 1; `values` are the quantiles there, None for no rows.
        Between them the quantile is interpolated, so the bounds are those of `of` up to the grid.
        """
        if not n or not values:
            return cls(0, None)
        if len(values) != len(shares):
            raise ValueError(f"{len(values)} quantiles came for {len(shares)} shares")
        median = _between(shares, values, 0.5)
        if n < FEWEST:
            return cls(n, median)
        low, high = _shares(n)
        return cls(n, median, _between(shares, values, low), _between(shares, values, high))

    @property
    def estimate(self) -> Estimate | None:
        """Low, median and high; None for too small a sample."""
        if self.median is None or self.low is None or self.high is None:
            return None
        return self.low, self.median, self.high


@dataclass(frozen=True, slots=True)
class Moments:
    """A mean and the sample standard deviation (`stddev_samp`) around it."""

    n: int
    mean: float | None
    deviation: float | None


def _between(shares: Sequence[float], values: Sequence[float], share: float) -> float:
    after = min(bisect_right(shares, share), len(shares) - 1)
    left, right = shares[after - 1], shares[after]
    weight = (share - left) / (right - left)
    return values[after - 1] + weight * (values[after] - values[after - 1])
