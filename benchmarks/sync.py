"""A first sync of a large desk through the real engine, against a bare loop over the same pages."""

from __future__ import annotations

import tempfile
from pathlib import Path

from benchmarks.desk import Desk, simulated
from benchmarks.figures import Figure
from benchmarks.measure import Cost, measured

SIZES = (10_000, 100_000)
QUICK = (2_000,)
WEEKS_PER_TICKET = 104 / 100_000
TALK = 1.9
"""About 8 messages a ticket, and more changes than the 6 of the promise."""
RATIO = 2.5
PEAK_MB = 300


def run(scratch: Path, *, quick: bool) -> list[Figure]:
    """CPU as a multiple of the bare loop's, and peak memory, for each size."""
    found = []
    for tickets in QUICK if quick else SIZES:
        with simulated(tickets, weeks=max(8, tickets * WEEKS_PER_TICKET), talk=TALK) as desk:
            found += _figures(tickets, desk, scratch)
    return found


def _figures(tickets: int, desk: Desk, scratch: Path) -> list[Figure]:
    token, now = desk.credentials["token"], desk.ask("state")["now"]
    with tempfile.TemporaryDirectory(dir=scratch) as folder:
        ours = measured("benchmarks.whole:sync", desk.url, token, now, f"{folder}/ours.db")
        least = measured("benchmarks.bare:sync", desk.url, token, f"{folder}/bare.db")
    rows, bare_rows = sum(ours.value.values()), sum(least.value.values())
    label = f"{tickets:,} tickets"
    return [
        Figure(
            f"{label}: CPU against the bare loop",
            ours.cpu_s / least.cpu_s,
            "x",
            RATIO if tickets == SIZES[-1] else None,  # of a small sync, starting is a good part
            f"{ours.cpu_s:.1f} s for {rows:,} rows, bare {least.cpu_s:.1f} s for {bare_rows:,}",
        ),
        Figure(f"{label}: peak memory", ours.peak_mb, "MB", PEAK_MB, _parts(ours)),
    ]


def _parts(ours: Cost) -> str:
    named = ("ticket", "message", "change", "vendor_metric")
    return ", ".join(f"{ours.value[kind]:,} {kind}s" for kind in named)
