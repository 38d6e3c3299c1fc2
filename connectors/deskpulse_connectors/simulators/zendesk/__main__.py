"""Run the simulator as a process of its own until it is ended; prints one JSON line first."""

from __future__ import annotations

import argparse
import gc
import json
import signal
import sys
import threading
from datetime import UTC, datetime

from deskpulse_connectors.simulators.faults import Fault
from deskpulse_connectors.simulators.zendesk.simulator import START, ZendeskSimulator


def main(arguments: list[str] | None = None) -> int:
    """Start, print url and credentials as one JSON line, and serve until SIGTERM or SIGINT."""
    asked = _parser().parse_args(arguments)
    gc.disable()  # a large past is a sixth faster without, and none of it is garbage
    simulator = ZendeskSimulator(
        seed=asked.seed,
        tickets=asked.tickets,
        weeks=asked.weeks,
        start=datetime.fromisoformat(asked.start).astimezone(UTC) if asked.start else START,
        budget=asked.budget,
        account_limit=asked.account_limit,
        csat=asked.csat,
        talk=asked.talk,
        running=asked.running,
        port=asked.port,
        compress=asked.gzip,
    )
    gc.freeze()
    gc.enable()
    simulator.faults.replace_with([Fault.read(each) for each in json.loads(asked.faults)])
    done = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: done.set())
    with simulator:
        line = {"url": simulator.url, "now": simulator.clock.now(), **simulator.credentials}
        sys.stdout.write(json.dumps(line) + "\n")
        sys.stdout.flush()
        done.wait()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="zendesk-simulator", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes any free port")
    parser.add_argument("--tickets", type=int, default=400)
    parser.add_argument("--weeks", type=float, default=8)
    parser.add_argument("--start", help="ISO instant at which history begins")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--budget", type=int, default=10, help="exports a minute; 0: no limit")
    parser.add_argument("--account-limit", type=int, default=700, help="requests a minute")
    parser.add_argument("--csat", choices=("legacy", "survey"), default="legacy")
    parser.add_argument("--talk", type=float, default=1.0, help="scales messages per ticket")
    parser.add_argument("--running", action="store_true", help="the clock goes with real time")
    parser.add_argument("--gzip", action="store_true", help="compress answers")
    parser.add_argument("--faults", default="[]", help='JSON: [{"kind": "throttle", ...}]')
    return parser


if __name__ == "__main__":
    sys.exit(main())
