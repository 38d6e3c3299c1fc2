"""Every built-in KPI over marts with an overlay: each by day and team, and all at once."""

from __future__ import annotations

from pathlib import Path

from benchmarks.figures import Figure
from benchmarks.marts import Mart, mart
from benchmarks.measure import Cost, measured

SIZES, QUICK = (10_000, 100_000, 1_000_000), (10_000,)
CHANGED = 500
LIMIT_S = 0.5


def run(scratch: Path, *, quick: bool) -> list[Figure]:
    """The catalogue: each KPI's seconds, warm; and all at once, as marts grow."""
    sizes = QUICK if quick else SIZES
    marts = {tickets: _with_overlay(scratch, tickets) for tickets in sizes}
    largest = sizes[-1]
    answers = measured("benchmarks.questions:ask", marts[largest].folder)
    figures = [
        Figure(f"{kpi} by {how}", seconds, "s", LIMIT_S, f"{rows:,} rows")
        for kpi, (seconds, rows, how) in answers.value.items()
    ]
    slowest = max(figures, key=lambda figure: figure.measured)
    whole = f"slowest of {len(figures)}: {slowest.what}"
    growth = [
        figure
        for tickets in sizes
        for figure in _at_once(tickets, marts[tickets], limited=tickets == largest)
    ]
    return [
        *figures,
        *growth,
        Figure(whole, slowest.measured, "s", LIMIT_S, slowest.beside),
        Figure("peak memory of all, one by one", answers.peak_mb, "MB"),
    ]


def _with_overlay(scratch: Path, tickets: int) -> Mart:
    made = mart(scratch, tickets)
    measured("benchmarks.stores:touch", made.database, CHANGED)
    measured("benchmarks.rebuild:derive", made.database, made.folder, False)
    return made


def _at_once(tickets: int, made: Mart, *, limited: bool) -> list[Figure]:
    together = measured("benchmarks.at_once:ask", made.folder)
    found = []
    for what, told, limit in together.value:
        cost = Cost(**told)
        label = f"{tickets:,} tickets: {what}"
        found.append(Figure(label, cost.seconds, "s", limit if limited else None, cost.beside))
    peak = f"{tickets:,} tickets: peak memory of all at once"
    return [*found, Figure(peak, together.peak_mb, "MB")]
