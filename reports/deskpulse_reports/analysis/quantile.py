"""The quantile that deskpulse uses everywhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import floor, isfinite


def measured(values: Iterable[float | None]) -> list[float]:
    """The finite numbers in order of size: neither None nor NaN is a measurement."""
    return sorted(value for value in values if value is not None and isfinite(value))


def quantile(ordered: Sequence[float], share: float) -> float | None:
    """The linearly interpolated quantile (SQL's PERCENTILE_CONT) of values in order of size.

    `share` is 0..1; None where there are no values.
    """
    if not ordered:
        return None
    rank = share * (len(ordered) - 1)
    below = min(floor(rank), len(ordered) - 1)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (rank - below) * (ordered[above] - ordered[below])
