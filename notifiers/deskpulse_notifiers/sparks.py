"""A line through time as one word: ▃▅▂█. Works in Slack, mail and terminals alike."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_BARS = "▁▂▃▄▅▆▇█"
_NO_DATA = "·"
_WIDEST = 60


def sparkline(values: Sequence[float | None]) -> str:
    """One character per value, the last 60 at most; `·` where there is no data."""
    shown = [
        value if value is not None and math.isfinite(value) else None for value in values[-_WIDEST:]
    ]
    known = [value for value in shown if value is not None]
    if not known:
        return _NO_DATA * len(shown)
    low, high = min(known), max(known)
    # Halved before subtracting, so that the span of the largest floats does not overflow.
    span = high / 2 - low / 2

    def bar(value: float) -> str:
        if span == 0:
            return _BARS[3]
        return _BARS[round((value / 2 - low / 2) / span * (len(_BARS) - 1))]

    return "".join(_NO_DATA if value is None else bar(value) for value in shown)
