"""From the instant of a breach to its message accepted by Slack and by the mail server.

A real `deskpulse run` in real time with a sync every 60 seconds; every promise breaks at an instant
known to the microsecond. Needs the tests' servers: `PYTHONPATH=tests`.
"""

from __future__ import annotations

import signal
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import numpy as np

from benchmarks.figures import Figure

SEED = 20261122
TARGET = timedelta(minutes=30)
AFTER_S = 90.0
"""How long the last message is waited for."""


def run(scratch: Path, *, quick: bool = False) -> list[Figure]:
    """p50, p95 and the longest, without waiting for a group and with the default of 5 s."""
    from benchmarks.alerts_drill.desk import Desk
    from benchmarks.alerts_drill.sinks import Sinks

    count, span_s = (6, 20.0) if quick else (60, 240.0)
    waits = {"1s": 25.0, "5s": 30.0}
    desks, victims, began = {}, [], time.time()
    dice = Random(SEED)
    offsets = [20 + dice.uniform(0, span_s) for _ in range(count)]
    dues = {f"Case-{n:05}": began + offset for n, offset in enumerate(offsets)}
    found = []
    with Sinks(scratch / "one") as one, Sinks(scratch / "two") as two:
        for wait, sinks in zip(waits, (one, two), strict=True):
            desk = Desk(scratch / f"desk{wait}").configure(
                sinks.settings(), sync="60s", group_wait=wait
            )
            for due in dues.values():
                desk.open(datetime.fromtimestamp(due, UTC) - TARGET)
            desks[wait] = desk
            victims.append(desk.start(None, "run"))
        ends = began + 20 + span_s + AFTER_S
        while time.time() < ends and any(len(sinks.arrivals) < 2 * count for sinks in (one, two)):
            time.sleep(0.5)
        for victim in victims:
            victim.send(signal.SIGTERM)
            victim.wait(60)
        for (wait, most), sinks in zip(waits.items(), (one, two), strict=True):
            found += _figures(wait, most, sinks.arrivals, dues)
    return found


def _figures(wait: str, most: float, arrivals: list, dues: dict[str, float]) -> list[Figure]:  # type: ignore[type-arg]
    figures = []
    for sink in ("slack", "mail"):
        first: dict[str, float] = {}
        for arrival in arrivals:
            for token in arrival.tokens if arrival.sink == sink else ():
                first.setdefault(token, arrival.at)
        late = np.array([first[token] - dues[token] for token in first])
        name = f"breach to {sink}, group_wait {wait}"
        beside = f"{len(late)} of {len(dues)} breaches, sync every 60 s"
        missing = len(dues) - len(late)
        figures.append(Figure(f"{name}: missing", missing, "", 0))
        if len(late):
            p50, p95 = np.quantile(late, (0.5, 0.95))
            figures.append(Figure(f"{name}: p50", float(p50), "s", None, beside))
            figures.append(Figure(f"{name}: p95", float(p95), "s", most))
            figures.append(Figure(f"{name}: longest", float(late.max()), "s"))
    return figures
