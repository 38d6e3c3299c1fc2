"""How far both sides agree, metric by metric."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from deskpulse_reports.reconcile.compared import COMPARED
from deskpulse_reports.reconcile.pairs import DIFFERS, EQUAL, MISSING_HERE, MISSING_THERE


@dataclass(frozen=True, slots=True)
class Agreement:
    """One metric. `n` tickets have both numbers, `equal` of them the same one.

    `median_difference` is the vendor's number minus ours over those that differ, in seconds or as
    a count; None if none differ. `missing_here` and `missing_there`: only the other side has a
    number. `reasons` counts what differs or is missing by its reason.
    """

    metric: str
    n: int
    equal: int
    median_difference: float | None
    missing_here: int
    missing_there: int
    reasons: dict[str, int] = field(default_factory=dict)

    @property
    def share(self) -> float | None:
        """Equal of compared, 0 to 1; None if nothing could be compared."""
        return self.equal / self.n if self.n else None

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        about = COMPARED[self.metric]
        return {
            "metric": self.metric,
            "title": about.title,
            "unit": about.unit,
            "clock": about.clock or None,
            "n": self.n,
            "equal": self.equal,
            "agreement": self.share,
            "median_difference": self.median_difference,
            "missing_here": self.missing_here,
            "missing_there": self.missing_there,
            "reasons": self.reasons,
        }


class Tally:
    """Adds up pairs part by part, so that no more than a part of them is in memory."""

    def __init__(self) -> None:
        self._verdicts: Counter[tuple[str, str]] = Counter()
        self._reasons: Counter[tuple[str, str]] = Counter()
        self._differences: list[pl.DataFrame] = []

    def add(self, pairs: pl.DataFrame) -> None:
        """Count these pairs by metric and verdict."""
        counted = pairs.group_by("metric", "verdict").len().iter_rows()
        self._verdicts.update({(metric, verdict): n for metric, verdict, n in counted})
        differing = pairs.filter(pl.col("verdict") == DIFFERS)
        self._differences.append(
            differing.select("metric", difference=pl.col("theirs") - pl.col("ours"))
        )

    def explain(self, explained: pl.DataFrame) -> None:
        """Count explained pairs by metric and reason."""
        counted = explained.group_by("metric", "reason").len().iter_rows()
        self._reasons.update({(metric, reason): n for metric, reason, n in counted})

    def agreements(self) -> tuple[Agreement, ...]:
        """One a metric that the vendor gave for any ticket, in the order of `COMPARED`."""
        medians = self._medians()
        return tuple(
            Agreement(
                metric,
                n=self._of(metric, EQUAL, DIFFERS),
                equal=self._of(metric, EQUAL),
                median_difference=medians.get(metric),
                missing_here=self._of(metric, MISSING_HERE),
                missing_there=self._of(metric, MISSING_THERE),
                reasons=self._reasons_of(metric),
            )
            for metric in COMPARED
            if self._of(metric, EQUAL, DIFFERS, MISSING_HERE)
        )

    def _of(self, metric: str, *verdicts: str) -> int:
        return sum(self._verdicts[metric, verdict] for verdict in verdicts)

    def _reasons_of(self, metric: str) -> dict[str, int]:
        found = {reason: n for (of, reason), n in self._reasons.items() if of == metric}
        return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))

    def _medians(self) -> dict[str, float]:
        if not self._differences:
            return {}
        differences = pl.concat(self._differences)
        found = differences.group_by("metric").agg(pl.col("difference").median())
        return dict(found.iter_rows())
