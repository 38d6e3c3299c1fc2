"""Thousands at once, and one that cannot make up its mind: messages stay within the budget."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from benchmarks.alerts_drill.desk import Desk
from benchmarks.alerts_drill.row import Row
from benchmarks.alerts_drill.sinks import Sinks

BEGIN = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
MANY = 5_000
FLAPS = """
[rules.flaps]
use = "target"
kpi = "open_tickets"
above = 0
over = "1d"
group_wait = "1s"
flap_limit = 4
"""
BUDGET = 9
"""Of two hours: four firings and their ends, and the word that it flaps."""


def burst(folder: Path, dice: Random) -> Row:
    """So many breaches in one cycle: one message a sink, and the count is exact."""
    row, began = Row(f"{MANY:,} breaches in one cycle"), time.monotonic()
    with Sinks(folder / "sinks") as sinks:
        desk = Desk(folder).configure(sinks.settings(), group_above=5, queue_at_most=100)
        for _ in range(MANY):
            desk.open(BEGIN - timedelta(minutes=31, seconds=dice.randint(0, 600)))
        desk.start(BEGIN, "run", "--once").wait(600)
        firing = sinks.arrivals
        for token in list(desk.tickets):
            desk.answer(token, BEGIN + timedelta(minutes=5))
        desk.start(BEGIN + timedelta(minutes=10), "run", "--once").wait(600)
        over = sinks.arrivals
        fired = desk.ask("SELECT count(*) FROM alert WHERE state = 'resolved'")[0][0]
        row.expected = fired
        row.lost = MANY - fired
        row.must(len(firing) == 2, f"{len(firing)} messages instead of one a sink")
        row.must(all(f"{MANY:,}" in each.title for each in over), "a count is not exact")
        ends = [each for each in over if f"All {MANY:,}" in each.title]
        row.must({each.sink for each in ends} == {"slack", "mail"}, "no sink was told of the end")
        row.must(not sinks.slack.violations, f"Slack would refuse: {sinks.slack.violations[:1]}")
    row.beside = f"{len(firing)} messages ({firing[0].title[:40] if firing else ''})"
    row.seconds = time.monotonic() - began
    return row


def flapping(folder: Path, dice: Random) -> Row:
    """A KPI that is over its limit every other time, for two hours."""
    row, began, rounds = Row("flapping for two hours"), time.monotonic(), 24
    with Sinks(folder / "sinks") as sinks:
        desk = Desk(folder).configure(sinks.settings(), FLAPS)
        for turn in range(rounds):
            now = BEGIN + timedelta(minutes=5 * turn, seconds=dice.randint(0, 60))
            if turn % 2 == 0:
                token = desk.open(now - timedelta(minutes=1))
            else:
                desk.answer(token, now - timedelta(minutes=1))
                desk.solve(token, now - timedelta(minutes=1))
            desk.once(now)
        mails = [each for each in sinks.arrivals if each.sink == "mail"]
        row.expected = BUDGET
        row.must(4 <= len(mails) <= BUDGET, f"{len(mails)} mails; the budget is {BUDGET}")
        row.must(any("lapping" in each.title for each in mails), "nobody was told that it flaps")
    row.beside = f"{rounds // 2} times over the limit, {len(mails)} messages a sink"
    row.seconds = time.monotonic() - began
    return row
