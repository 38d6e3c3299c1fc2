"""Clocks that step back, and nights that last 23 or 25 hours."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from benchmarks.alerts_drill.desk import DIGEST, Desk
from benchmarks.alerts_drill.judge import is_digest, judge
from benchmarks.alerts_drill.row import Row
from benchmarks.alerts_drill.sinks import Sinks

BEGIN = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)


def stepping_back(folder: Path, dice: Random) -> Row:
    """Between two runs the clock goes back by up to 50 minutes, then catches up."""
    row, began, steps = Row("the clock steps back"), time.monotonic(), 12
    with Sinks(folder / "sinks") as sinks:
        desk = Desk(folder).configure(sinks.settings(), DIGEST.format(at="12:00"))
        now = BEGIN
        for _ in range(steps):
            desk.open(now - timedelta(minutes=35))
            desk.once(now)
            for token in sorted(desk.tickets.keys() - desk.answers.keys())[:-1]:
                desk.answer(token, now - timedelta(minutes=1))
            desk.once(now - timedelta(minutes=dice.uniform(1, 50)))
            now += timedelta(minutes=45)
        now = desk.settle(now)
        for token in desk.tickets.keys() - desk.answers.keys():
            desk.answer(token, now + timedelta(minutes=1))
        desk.settle(now + timedelta(minutes=7))
        judge(row, desk, sinks.arrivals, digests=1)
        row.must(not row.repeated, "messages were repeated")
    row.beside, row.seconds = f"{steps} steps", time.monotonic() - began
    return row


def summer_time(folder: Path, dice: Random) -> Row:
    """Two half-hourly nights in Berlin: a digest at 02:30, a calendar that opens then, a breach."""
    row, began = Row("both ends of summer time"), time.monotonic()
    for begin in (
        datetime(2026, 3, 28, 22, tzinfo=UTC),
        datetime(2026, 10, 24, 22, tzinfo=UTC),
    ):
        own = folder / f"{begin:%B}"
        with Sinks(own / "sinks") as sinks:  # the desks are alike: so are their messages' ids
            desk = Desk(own).configure(sinks.settings(), DIGEST.format(at="02:30"))
            now = begin - timedelta(hours=3)
            desk.once(now)  # the first start: what is past is told
            for half in range(14):
                now = begin + timedelta(minutes=30 * half, seconds=dice.randint(0, 300))
                desk.open(now - timedelta(minutes=31))
                desk.once(now)
                desk.answer(f"Case-{half:05}", now + timedelta(minutes=10))
            desk.settle(now + timedelta(minutes=40))
            digests = [each for each in sinks.arrivals if is_digest(each)]
            row.must(len(digests) == 2, f"{len(digests)} digests on {begin:%d %b}, not one a sink")
            judge(row, desk, sinks.arrivals, digests=1)
            row.must(not row.repeated, "messages were repeated")
    row.beside, row.seconds = "28 half hours, one digest a night", time.monotonic() - began
    return row
