"""How long the command line takes to say what it can do."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from benchmarks.figures import Figure
from benchmarks.measure import here

LIMIT_S = 0.4
TIMES = 7


def run(_scratch: Path, *, quick: bool) -> list[Figure]:
    """`deskpulse --help`, the best of several."""
    command = [str(Path(sys.executable).with_name("deskpulse")), "--help"]
    costs = [here(_quietly, command) for _ in range(3 if quick else TIMES)]
    best = min(costs, key=lambda cost: cost.seconds)
    return [Figure("deskpulse --help", best.seconds, "s", LIMIT_S, best.beside)]


def _quietly(command: list[str]) -> None:
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
