"""What to think of a change, by what kind of figure it is."""

from __future__ import annotations

from typing import NamedTuple

from deskpulse_reports import words
from deskpulse_reports.analysis import change
from deskpulse_reports.analysis.sample import GRID, Sample
from deskpulse_reports.kpis.cells import Cell
from deskpulse_reports.kpis.scan import form
from deskpulse_reports.kpis.spec import AnySpec, Measure


class Judged(NamedTuple):
    """A change and what to think of it; `result.Change` says what the fields mean."""

    before: float | None
    absolute: float | None
    percent: float | None
    low: float | None
    high: float | None
    scale: str
    verdict: str | None
    words: str


def judge(spec: AnySpec, before: Cell, now: Cell, *, clock: str, bunched: float) -> Judged:
    """Compare two figures of a KPI.

    Rates and medians are compared by their intervals, counts of events by that of their ratio
    (`bunched`: variance over mean of such counts). Whatever else there is (a stock, a sum, a ratio
    of two figures) is no sample: it changed by what it changed.
    """
    least = spec.minimum_sample
    if isinstance(spec, Measure) and form(spec) == "each":
        return _said(
            change.median_change(
                Sample.of_quantiles(before.n, before.quantiles, GRID),
                Sample.of_quantiles(now.n, now.quantiles, GRID),
                unit=spec.unit,
                clock=clock,
                minimum=least,
            )
        )
    if before.k is not None and now.k is not None and before.k <= before.n and now.k <= now.n:
        return _said(change.rate_change(before.k, before.n, now.k, now.n, minimum=least))
    if _counts_events(spec) and _whole(before.value) and _whole(now.value):
        old, new = int(before.value or 0), int(now.value or 0)
        return _said(change.count_change(old, new, dispersion=bunched, minimum=least))
    return _plain(before, now, spec.unit, least)


def _counts_events(spec: AnySpec) -> bool:
    return isinstance(spec, Measure) and spec.unit == "count"


def _whole(value: float | None) -> bool:
    return value is not None and value >= 0 and float(value).is_integer()


def _said(found: change.Change) -> Judged:
    return Judged(
        found.before,
        found.absolute,
        found.percent,
        found.low,
        found.high,
        found.scale,
        found.verdict,
        found.words,
    )


def _plain(before: Cell, now: Cell, unit: str, least: int) -> Judged:
    """Without a verdict."""
    if before.value is None or now.value is None:
        return Judged(before.value, None, None, None, None, "difference", None, "no data")
    absolute = now.value - before.value
    enough = min(before.n, now.n) >= least and before.value != 0
    percent = absolute / abs(before.value) * 100 if enough else None
    size = words.value(abs(absolute), unit) if percent is None else f"{abs(percent):,.0f} %"
    told = "same" if absolute == 0 else f"{'up' if absolute > 0 else 'down'} {size}"
    return Judged(before.value, absolute, percent, None, None, "difference", None, told)
