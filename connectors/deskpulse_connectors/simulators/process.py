"""A simulator as a process of its own: what the vendors' `python -m` commands share."""

from __future__ import annotations

import argparse
import gc
import json
import signal
import sys
import threading
from collections.abc import Callable
from datetime import UTC, datetime

from deskpulse_connectors.simulators.faults import Fault
from deskpulse_connectors.simulators.simulator import Simulator


def parser(name: str, *, start: datetime) -> argparse.ArgumentParser:
    """The options that all have; `start` is when history begins unless it is told."""
    made = argparse.ArgumentParser(
        prog=f"{name}-simulator",
        description="Run the simulator until it is ended; prints one JSON line first.",
    )
    made.add_argument("--port", type=int, default=0, help="0 takes any free port")
    made.add_argument("--start", type=_instant, default=start, help="ISO instant of the beginning")
    made.add_argument("--seed", type=int, default=1)
    made.add_argument("--running", action="store_true", help="the clock goes with real time")
    made.add_argument("--gzip", action="store_true", help="compress answers")
    made.add_argument("--faults", default="[]", help='JSON: [{"kind": "throttle", ...}]')
    return made


def serve(make: Callable[[], Simulator], faults: str) -> int:
    """Print url and credentials as one JSON line, and serve until SIGTERM or SIGINT."""
    gc.disable()  # a large past is a sixth faster without, and none of it is garbage
    simulator = make()
    gc.freeze()
    gc.enable()
    simulator.faults.replace_with([Fault.read(each) for each in json.loads(faults)])
    done = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: done.set())
    with simulator:
        line = {"url": simulator.url, "now": simulator.clock.now(), **simulator.credentials}
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()
        done.wait()
    return 0


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
