"""Derive from a store on disk into a mart on disk: everything, and what changed."""

from __future__ import annotations

from pathlib import Path

from benchmarks.figures import Figure
from benchmarks.marts import Mart, mart
from benchmarks.measure import measured

SIZES = (10_000, 100_000, 1_000_000)
QUICK = (10_000,)
LIMITS_S = {100_000: 5.0, 1_000_000: 40.0}
PEAK_MB = 1000
CHANGED, CHANGED_S = (500, 5_000), 1.5
LINEAR = 1.25
"""So much more a ticket may cost in a store ten times as large."""


def run(scratch: Path, *, quick: bool) -> list[Figure]:
    """Seconds and peak memory for each size, and for changed tickets in the largest."""
    sizes = QUICK if quick else SIZES
    found: list[Figure] = []
    for tickets in sizes:
        made = mart(scratch, tickets)
        found += _whole(tickets, made)
        if tickets // 10 in sizes[1:]:  # the smallest is mostly what every derive costs
            found.append(_linear(tickets, made, mart(scratch, tickets // 10)))
    largest = mart(scratch, sizes[-1])
    return [*found, *(_changed(largest, tickets) for tickets in CHANGED)]


def _whole(tickets: int, made: Mart) -> list[Figure]:
    label, cost = f"{tickets:,} tickets, everything", made.cost
    rows = f"{made.rows['message']:,} messages, {made.rows['change']:,} changes"
    return [
        Figure(label, cost.seconds, "s", LIMITS_S.get(tickets), cost.beside),
        Figure(f"{label}: peak memory", cost.peak_mb, "MB", PEAK_MB, rows),
    ]


def _linear(tickets: int, made: Mart, smaller: Mart) -> Figure:
    ratio = made.cost.cpu_s / 10 / smaller.cost.cpu_s
    return Figure(
        f"CPU a ticket of {tickets:,} against one of {tickets // 10:,}", ratio, "x", LINEAR
    )


def _changed(made: Mart, changed: int) -> Figure:
    total = measured("benchmarks.stores:touch", made.database, changed).value
    cost = measured("benchmarks.rebuild:derive", made.database, made.folder, False)
    assert cost.value["tickets"] == changed, cost.value
    label = f"{changed:,} changed tickets anywhere in {total:,}"
    return Figure(label, cost.seconds, "s", CHANGED_S, f"{cost.beside}, peak {cost.peak_mb:.0f} MB")
