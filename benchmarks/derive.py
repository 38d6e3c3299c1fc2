"""Derive from a store on disk into a mart on disk: everything, and what changed."""

from __future__ import annotations

import tempfile
from pathlib import Path

from benchmarks.figures import Figure
from benchmarks.measure import Cost, measured

SIZES = (10_000, 100_000, 1_000_000)
QUICK = (10_000,)
LIMITS_S = {100_000: 5.0}
PEAK_MB = 1000
CHANGED, CHANGED_S = 500, 1.5
LINEAR = 1.25
"""So much more a ticket may cost in a store ten times as large."""


def run(*, quick: bool) -> list[Figure]:
    """CPU and peak memory for each size, and of 500 changed tickets in the largest."""
    found: list[Figure] = []
    costs: dict[int, Cost] = {}
    with tempfile.TemporaryDirectory() as folder:
        for tickets in QUICK if quick else SIZES:
            database, mart = f"{folder}/{tickets}.db", f"{folder}/{tickets}"
            rows = measured("benchmarks.stores:fill", database, tickets).value
            costs[tickets] = cost = measured("benchmarks.rebuild:derive", database, mart, True)
            found += _whole(tickets, cost, rows)
            found += [_linear(costs, tickets)] if tickets // 10 in costs else []
            if tickets == max(QUICK if quick else SIZES):
                found.append(_changed(database, mart))
            Path(database).unlink()
    return found


def _whole(tickets: int, cost: Cost, rows: dict[str, int]) -> list[Figure]:
    label = f"{tickets:,} tickets, everything"
    beside = f"{cost.wall_s:.1f} s on the wall, {cost.cpu_s / tickets * 1e6:.0f} us a ticket"
    made = f"{rows['message']:,} messages, {rows['change']:,} changes"
    return [
        Figure(label, cost.cpu_s, "s", LIMITS_S.get(tickets), beside),
        Figure(f"{label}: peak memory", cost.peak_mb, "MB", PEAK_MB, made),
    ]


def _linear(costs: dict[int, Cost], tickets: int) -> Figure:
    fewer = tickets // 10
    more = (costs[tickets].cpu_s / tickets) / (costs[fewer].cpu_s / fewer)
    return Figure(f"a ticket of {tickets:,} against one of {fewer:,}", more, "x", LINEAR)


def _changed(database: str, mart: str) -> Figure:
    total = measured("benchmarks.stores:touch", database, CHANGED).value
    cost = measured("benchmarks.rebuild:derive", database, mart, False)
    label = f"{CHANGED} changed tickets anywhere in {total:,}"
    beside = f"{cost.wall_s:.2f} s on the wall, peak {cost.peak_mb:.0f} MB"
    assert cost.value["tickets"] == CHANGED, cost.value
    return Figure(label, cost.cpu_s, "s", CHANGED_S, beside)
