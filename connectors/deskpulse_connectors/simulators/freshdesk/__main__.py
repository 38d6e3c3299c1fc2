"""Run the simulator as a process of its own until it is ended; prints one JSON line first."""

from __future__ import annotations

import argparse
import sys

from deskpulse_connectors.simulators import process
from deskpulse_connectors.simulators.freshdesk.simulator import START, FreshdeskSimulator


def main(arguments: list[str] | None = None) -> int:
    """Serve until SIGTERM or SIGINT."""
    asked = _parser().parse_args(arguments)
    return process.serve(
        lambda: FreshdeskSimulator(
            seed=asked.seed,
            tickets=asked.tickets,
            weeks=asked.weeks,
            start=asked.start,
            account_limit=asked.account_limit,
            list_limit=asked.list_limit,
            running=asked.running,
            port=asked.port,
            compress=asked.gzip,
        ),
        asked.faults,
    )


def _parser() -> argparse.ArgumentParser:
    parser = process.parser("freshdesk", start=START)
    parser.add_argument("--tickets", type=int, default=400)
    parser.add_argument("--weeks", type=float, default=8)
    parser.add_argument("--account-limit", type=int, default=200, help="credits a minute; 0: none")
    parser.add_argument("--list-limit", type=int, default=20, help="pages of a list a minute")
    return parser


if __name__ == "__main__":
    sys.exit(main())
