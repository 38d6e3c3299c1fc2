"""Time and peak memory of `derive` in memory: python benchmarks/derive.py [tickets ...]."""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from pathlib import Path

from deskpulse.calendars import Calendar, Calendars
from deskpulse_reports.facts import Settings, derive
from histories import synthetic

SIZES = ("10000", "100000")
OFFICE = {day: [("09:00", "17:00")] for day in ("mon", "tue", "wed", "thu", "fri")}


def measure(tickets: int) -> None:
    desk = Calendar("desk", "America/New_York", OFFICE, holiday_country="US")
    settings = Settings(Calendars([desk]), default_calendar="desk")
    history = synthetic(tickets)
    before = _peak()
    stages = len(derive(history, settings).stages)
    after = _peak()
    times = []
    for _ in range(3):
        began = time.perf_counter()
        derive(history, settings)
        times.append(time.perf_counter() - began)
    print(
        f"{tickets:>9,} tickets {len(history.messages):>10,} messages"
        f" {len(history.changes):>9,} changes: {min(times) * 1000:>7.0f} ms"
        f" ({min(times) / tickets * 1e6:.1f} us a ticket), {stages:,} stages,"
        f" peak {after:.0f} MiB ({before:.0f} before)"
    )


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    if len(sys.argv) == 2:
        measure(int(sys.argv[1]))
    else:  # one process a size, so that each has its own peak
        for size in sys.argv[1:] or SIZES:
            subprocess.run([sys.executable, str(Path(__file__)), size], check=True)
