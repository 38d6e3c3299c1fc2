"""Every built-in KPI over a large mart with an overlay: each by day and team, and all at once."""

from __future__ import annotations

from pathlib import Path

from benchmarks.figures import Figure
from benchmarks.marts import mart
from benchmarks.measure import measured

TICKETS, QUICK = 1_000_000, 10_000
CHANGED = 500
LIMIT_S = 0.5


def run(scratch: Path, *, quick: bool) -> list[Figure]:
    """The catalogue: each KPI's seconds, warm."""
    made = mart(scratch, QUICK if quick else TICKETS)
    measured("benchmarks.stores:touch", made.database, CHANGED)
    measured("benchmarks.rebuild:derive", made.database, made.folder, False)
    answers = measured("benchmarks.questions:ask", made.folder)
    figures = [
        Figure(f"{kpi} by {how}", seconds, "s", LIMIT_S, f"{rows:,} rows")
        for kpi, (seconds, rows, how) in answers.value.items()
    ]
    together = measured("benchmarks.at_once:ask", made.folder)
    at_once = [
        Figure(what, seconds, "s", limit) for what, (seconds, limit) in together.value.items()
    ]
    slowest = max(figures, key=lambda figure: figure.measured)
    whole = f"slowest of {len(figures)}: {slowest.what}"
    peak = Figure("peak memory of all", answers.peak_mb, "MB")
    return [*figures, *at_once, Figure(whole, slowest.measured, "s", LIMIT_S, slowest.beside), peak]
