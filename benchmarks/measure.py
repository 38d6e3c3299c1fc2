"""Run a function in a process of its own and learn what it cost there.

CPU seconds, because the clock on the wall also counts what other programs do; a process of its own,
so that each has its own peak of memory.
"""

from __future__ import annotations

import importlib
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

MARK = "measured: "


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds of CPU (user and system, children included) and on the wall, and peak memory.

    `peak_mb` is of the whole process, its imports included; `value` is what the function gave.
    """

    cpu_s: float
    wall_s: float
    peak_mb: float
    value: Any

    @property
    def seconds(self) -> float:
        """The smaller of the two: on a quiet machine it would be quicker than either."""
        return min(self.cpu_s, self.wall_s)

    @property
    def beside(self) -> str:
        """Both in words."""
        return f"{self.cpu_s:.2f} s of CPU, {self.wall_s:.2f} s on the wall"


def measured(name: str, *arguments: Any) -> Cost:
    """What the function `module:name` costs in a fresh process, imports left out.

    Plain values only, in and out.
    """
    run = subprocess.run(
        [sys.executable, "-m", "benchmarks.measure", name, json.dumps(arguments)],
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    told = [line for line in run.stdout.splitlines() if line.startswith(MARK)]
    if run.returncode or not told:
        raise SystemExit(f"{name} failed ({run.returncode}):\n{run.stdout}")
    return Cost(**json.loads(told[-1].removeprefix(MARK)))


def here(work: Callable[..., Any], *arguments: Any) -> Cost:
    """What `work(*arguments)` costs in this process; the peak is the process's until now."""
    cpu, wall = _cpu(), time.perf_counter()
    value = work(*arguments)
    wall, cpu = time.perf_counter() - wall, _cpu() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return Cost(cpu, wall, peak, value)


def _cpu() -> float:
    return sum(os.times()[:4])


def _main(name: str, arguments: str) -> None:
    module, _, function = name.partition(":")
    work = getattr(importlib.import_module(module), function)
    cost = here(work, *json.loads(arguments))
    print(MARK + json.dumps(asdict(cost)))


if __name__ == "__main__":
    _main(sys.argv[1], sys.argv[2])
