"""Effort levels: little, usual or much work for this desk (WL7)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from deskpulse_reports.analysis.quantile import measured, quantile

Level = Literal["low", "medium", "high"]
WINDOW_DAYS = 90
FEWEST = 30


@dataclass(frozen=True, slots=True)
class Terciles:
    """The bounds between the lower, middle and upper third of finished work; `n` tickets."""

    n: int
    lower: float
    upper: float

    def level(self, effort: float | None) -> Level | None:
        """The level of an effort so far; a value on a bound belongs below it. None for None."""
        if not measured([effort]) or effort is None:
            return None
        return "low" if effort <= self.lower else "medium" if effort <= self.upper else "high"


def terciles(
    resolved: Iterable[tuple[date, float | None]], today: date, *, days: int = WINDOW_DAYS
) -> Terciles | None:
    """Terciles of the effort of tickets resolved in the last `days` local days, today included.

    `resolved` is (local day of the resolution, effort); a None effort is left out. Fewer than 30
    tickets give None: there is no level then.
    """
    first = today - timedelta(days=days - 1)
    efforts = measured(effort for day, effort in resolved if first <= day <= today)
    lower, upper = quantile(efforts, 1 / 3), quantile(efforts, 2 / 3)
    if len(efforts) < FEWEST or lower is None or upper is None:
        return None
    return Terciles(len(efforts), lower, upper)
