"""Run the simulator as a process of its own until it is ended; prints one JSON line first."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading
from datetime import UTC, datetime

from deskpulse_connectors.simulators.faults import Fault
from deskpulse_connectors.simulators.freshdesk.simulator import START, FreshdeskSimulator


def main(arguments: list[str] | None = None) -> int:
    """Start, print url and key as one JSON line, and serve until SIGTERM or SIGINT."""
    asked = _parser().parse_args(arguments)
    simulator = FreshdeskSimulator(
        seed=asked.seed,
        tickets=asked.tickets,
        weeks=asked.weeks,
        start=datetime.fromisoformat(asked.start).astimezone(UTC) if asked.start else START,
        account_limit=asked.account_limit,
        list_limit=asked.list_limit,
        running=asked.running,
        port=asked.port,
        compress=asked.gzip,
    )
    simulator.faults.replace_with([Fault.read(each) for each in json.loads(asked.faults)])
    done = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: done.set())
    with simulator:
        line = {"url": simulator.url, "now": simulator.clock.now(), "key": simulator.key}
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()
        done.wait()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="freshdesk-simulator", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes any free port")
    parser.add_argument("--tickets", type=int, default=400)
    parser.add_argument("--weeks", type=float, default=8)
    parser.add_argument("--start", help="ISO instant at which history begins")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--account-limit", type=int, default=200, help="credits a minute; 0: none")
    parser.add_argument("--list-limit", type=int, default=20, help="pages of a list a minute")
    parser.add_argument("--running", action="store_true", help="the clock goes with real time")
    parser.add_argument("--gzip", action="store_true", help="compress answers")
    parser.add_argument("--faults", default="[]", help='JSON: [{"kind": "throttle", ...}]')
    return parser


if __name__ == "__main__":
    sys.exit(main())
