"""How sure a rate is."""

from __future__ import annotations

from math import sqrt

Z_95 = 1.959963984540054
"""The normal quantile that leaves 2.5 % on each side."""


def wilson(k: int, n: int, z: float = Z_95) -> tuple[float, float] | tuple[None, None]:
    """The score interval of a rate k / n (Wilson 1927); None twice when n is 0.

    Unlike the textbook interval it stays inside 0..1 and has a width at k = 0 and k = n.
    """
    if n <= 0:
        return None, None
    rate = k / n
    scale = 1 + z * z / n
    centre = (rate + z * z / (2 * n)) / scale
    reach = z * sqrt(rate * (1 - rate) / n + z * z / (4 * n * n)) / scale
    # At the ends the formula is exact on paper; rounding must not leave 0 or 1.
    low = 0.0 if k == 0 else max(centre - reach, 0.0)
    high = 1.0 if k == n else min(centre + reach, 1.0)
    return low, high
