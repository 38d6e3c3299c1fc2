"""How long the command line takes to say what it can do."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from benchmarks.figures import Figure
from benchmarks.measure import here

LIMIT_S = 0.4
TIMES = 7


def run(*, quick: bool) -> list[Figure]:
    """`deskpulse --help`, the best of several: CPU and on the wall."""
    command = [str(Path(sys.executable).with_name("deskpulse")), "--help"]
    costs = [here(_quietly, command) for _ in range(3 if quick else TIMES)]
    best = min(costs, key=lambda cost: cost.cpu_s)
    beside = f"{min(cost.wall_s for cost in costs):.2f} s on the wall"
    return [Figure("deskpulse --help", best.cpu_s, "s", LIMIT_S, beside)]


def _quietly(command: list[str]) -> None:
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
