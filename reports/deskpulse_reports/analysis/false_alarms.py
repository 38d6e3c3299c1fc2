"""How often the spike rule cries wolf: measured on planted noise, in which there is no spike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from deskpulse_reports.analysis.spikes import WL10, Bucket, History, Rule, Series, read

_MONDAY = date(2024, 1, 1)


@dataclass(frozen=True, slots=True)
class FalseAlarms:
    """`rate` is alarms per judged bucket; `per_week` per week of the whole series."""

    judged: int
    alarms: int
    weeks: int

    @property
    def rate(self) -> float:
        """Alarms per judged bucket."""
        return self.alarms / self.judged

    @property
    def per_week(self) -> float:
        """Alarms per week."""
        return self.alarms / self.weeks


def noise(
    levels: Sequence[float], weeks: int, *, seed: int, dispersion: float = 1.0
) -> dict[tuple[Series, Bucket], float]:
    """Counts that vary by chance around a weekly pattern, from Monday 1 January 2024 on.

    `levels` are the mean counts of the 7 weekdays or of the 168 hours of a week, Monday first.
    `dispersion` is variance over mean: 1 gives Poisson counts, more gives negative binomial ones.
    """
    import numpy as np

    if len(levels) not in {7, 168}:
        raise ValueError(f"{len(levels)} levels came; 7 (weekdays) or 168 (hours) are allowed")
    dice = np.random.default_rng(seed)
    means = np.tile(np.asarray(levels, dtype=float), weeks)
    if dispersion > 1:
        # A Poisson count whose own mean is gamma-distributed
        means = dice.gamma(np.maximum(means, 1e-9) / (dispersion - 1), dispersion - 1)
    drawn = dice.poisson(means).tolist()
    hours = len(levels) // 7
    return {
        (
            None,
            Bucket(_MONDAY + timedelta(days=n // hours), n % hours if hours > 1 else None),
        ): count
        for n, count in enumerate(drawn)
    }


def false_alarms(
    levels: Sequence[float],
    *,
    weeks: int = 60,
    seed: int = 0,
    dispersion: float = 1.0,
    rule: Rule = WL10,
) -> FalseAlarms:
    """Judge every bucket of planted noise that has a full baseline, and count the alarms."""
    counts = noise(levels, weeks + rule.weeks, seed=seed, dispersion=dispersion)
    history = History(counts, since=_MONDAY)
    first = _MONDAY + timedelta(weeks=rule.weeks)
    judged = [bucket for _, bucket in counts if bucket.day >= first]
    alarms = sum(read(history, None, bucket, rule=rule).verdict == "spike" for bucket in judged)
    return FalseAlarms(len(judged), alarms, weeks)
