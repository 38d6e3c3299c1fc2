"""Several `deskpulse run` on one PostgreSQL store, in real time, and what may befall them."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from benchmarks.alerts_drill.desk import Desk
from benchmarks.alerts_drill.judge import heard, judge
from benchmarks.alerts_drill.program import Victim
from benchmarks.alerts_drill.row import Row
from benchmarks.alerts_drill.sinks import Sinks
from support.postgres import Postgres, restart

Trouble = Callable[[list[Victim]], None]
TICKETS = 24
MOST_S = 400.0
"""A lease that could not be given back because the database was gone lasts five minutes."""


def two(folder: Path, dice: Random, server: Postgres) -> Row:
    """Two processes, and nothing befalls them: nothing is told twice."""
    row = _together("two `run` on PostgreSQL", folder, dice, server, 2, lambda _: None)
    row.must(not row.repeated, "messages were repeated")
    return row


def stopped(folder: Path, dice: Random, server: Postgres) -> Row:
    """Three processes; one of them is always asleep (SIGSTOP), and goes on later."""
    rounds = [0]

    def trouble(victims: list[Victim]) -> None:
        victim = dice.choice(victims)
        victim.send(signal.SIGSTOP)
        time.sleep(dice.uniform(1, 4))
        victim.send(signal.SIGCONT)
        rounds[0] += 1

    row = _together("three, stopped and resumed", folder, dice, server, 3, trouble)
    row.beside += f"; {rounds[0]} times SIGSTOP"
    return row


def restarted(folder: Path, dice: Random, server: Postgres) -> Row:
    """Three processes whose database crashes and comes back."""
    rounds = [0]

    def trouble(_victims: list[Victim]) -> None:
        time.sleep(dice.uniform(4, 10))
        if rounds[0] < 4:
            restart(server.url, dice.uniform(0.5, 3))
            rounds[0] += 1

    row = _together("three, the database restarts", folder, dice, server, 3, trouble)
    row.beside += f"; {rounds[0]} restarts"
    return row


def _together(
    name: str, folder: Path, dice: Random, server: Postgres, processes: int, trouble: Trouble
) -> Row:
    row, began = Row(name), time.monotonic()
    with server.database() as url, Sinks(folder / "sinks") as sinks:
        desk = Desk(folder, url).configure(sinks.settings(), sync="10s")
        begun = datetime.now(UTC)
        for _ in range(TICKETS):
            due = begun + timedelta(seconds=dice.uniform(-20, 40))
            desk.open(due - timedelta(minutes=30))
        victims = [desk.start(None, "run") for _ in range(processes)]
        try:
            _until(lambda: _heard(sinks, over=False) >= 2 * TICKETS, victims, trouble, row)
            now = datetime.now(UTC)
            for token in list(desk.tickets):
                desk.answer(token, now - timedelta(milliseconds=100))
            _until(lambda: _heard(sinks, over=True) >= 2 * TICKETS, victims, trouble, row)
            time.sleep(6)  # whoever would tell it again does it at the next tick
        finally:
            for victim in victims:
                if not victim.over():
                    victim.send(signal.SIGTERM)
            codes = [victim.wait(60) for victim in victims]
        row.must(not any(codes), f"exit codes {codes}")
        judge(row, desk, sinks.arrivals)
    row.beside = f"{processes} processes"
    row.seconds = time.monotonic() - began
    return row


def _heard(sinks: Sinks, *, over: bool) -> int:
    return sum(ended is over for _, _, ended in heard(sinks.arrivals))


def _until(done: Callable[[], bool], victims: list[Victim], trouble: Trouble, row: Row) -> None:
    ends = time.monotonic() + MOST_S
    while not done():
        if time.monotonic() > ends:
            row.wrong.append(f"not everything was told within {MOST_S:.0f} s")
            return
        trouble(victims)
        time.sleep(0.2)
