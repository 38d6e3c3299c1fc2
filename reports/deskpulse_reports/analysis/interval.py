"""95 % intervals of rates, of their differences, and of ratios of counts."""

from __future__ import annotations

from math import sqrt

Z_95 = 1.959963984540054
"""The normal quantile that leaves 2.5 % on each side."""


def wilson(k: float, n: float, z: float = Z_95) -> tuple[float, float]:
    """The score interval of a rate k / n (Wilson 1927). `n` is above 0.

    Unlike the textbook interval it stays inside 0..1 and has a width at k = 0 and k = n.
    """
    rate = k / n
    scale = 1 + z * z / n
    centre = (rate + z * z / (2 * n)) / scale
    reach = z * sqrt(rate * (1 - rate) / n + z * z / (4 * n * n)) / scale
    # At the ends the formula is exact on paper; rounding must not leave 0 or 1.
    low = 0.0 if k == 0 else max(centre - reach, 0.0)
    high = 1.0 if k == n else min(centre + reach, 1.0)
    return low, high


Estimate = tuple[float, float, float]
"""A value between the bounds of its own interval: low, value, high."""


def difference(before: Estimate, now: Estimate) -> tuple[float, float]:
    """The interval of now - before for independent estimates with intervals of their own.

    The squares of the distances to the bounds add up, each side by itself, so that the result is as
    lopsided as its parts (Zou and Donner 2008).
    """
    low_before, value_before, high_before = before
    low_now, value_now, high_now = now
    change = value_now - value_before
    down = sqrt((value_now - low_now) ** 2 + (high_before - value_before) ** 2)
    up = sqrt((high_now - value_now) ** 2 + (value_before - low_before) ** 2)
    return change - down, change + up


def newcombe(k_before: int, n_before: int, k_now: int, n_now: int) -> tuple[float, float]:
    """The interval of the difference of two rates from their Wilson intervals.

    Newcombe 1998, "Interval estimation for the difference between independent proportions",
    method 10. Both n are above 0.
    """
    low_before, high_before = wilson(k_before, n_before)
    low_now, high_now = wilson(k_now, n_now)
    return difference(
        (low_before, k_before / n_before, high_before), (low_now, k_now / n_now, high_now)
    )


def count_ratio(
    before: float, now: float, exposure: float = 1.0, dispersion: float = 1.0
) -> tuple[float, float | None]:
    """The interval of now / before for two counts of events; not both are 0.

    Given their sum, the later of two Poisson counts is binomial; the Wilson interval of its share
    p becomes that of the ratio p / (1 - p) (Przyborowski and Wilenski 1940). `exposure` is how long
    now was watched in units of before. `dispersion` is the variance over the mean of such counts, 1
    for Poisson; above it the counts tell less, as if there were fewer. High is None where nothing
    bounds it.
    """
    total = before + now
    low, high = wilson(now / dispersion, total / dispersion)
    top = None if before == 0 or high == 1 else high / (1 - high) / exposure
    return low / (1 - low) / exposure, top


def student(freedom: float) -> float:
    """The two-sided 95 % quantile of Student's t, from 5 degrees of freedom on.

    Cornish-Fisher expansion, Abramowitz and Stegun 26.7.5; within 0.002 of the tables.
    """
    z, v = Z_95, freedom
    return (
        z
        + (z**3 + z) / (4 * v)
        + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * v**2)
        + (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / (384 * v**3)
        + (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / (92160 * v**4)
    )
