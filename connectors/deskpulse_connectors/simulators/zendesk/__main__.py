"""Run the simulator as a process of its own until it is ended; prints one JSON line first."""

from __future__ import annotations

import argparse
import sys

from deskpulse_connectors.simulators import process
from deskpulse_connectors.simulators.zendesk.simulator import START, ZendeskSimulator


def main(arguments: list[str] | None = None) -> int:
    """Serve until SIGTERM or SIGINT."""
    asked = _parser().parse_args(arguments)
    return process.serve(
        lambda: ZendeskSimulator(
            seed=asked.seed,
            tickets=asked.tickets,
            weeks=asked.weeks,
            start=asked.start,
            budget=asked.budget,
            account_limit=asked.account_limit,
            csat=asked.csat,
            talk=asked.talk,
            running=asked.running,
            port=asked.port,
            compress=asked.gzip,
        ),
        asked.faults,
    )


def _parser() -> argparse.ArgumentParser:
    parser = process.parser("zendesk", start=START)
    parser.add_argument("--tickets", type=int, default=400)
    parser.add_argument("--weeks", type=float, default=8)
    parser.add_argument("--budget", type=int, default=10, help="exports a minute; 0: no limit")
    parser.add_argument("--account-limit", type=int, default=700, help="requests a minute")
    parser.add_argument("--csat", choices=("legacy", "survey"), default="legacy")
    parser.add_argument("--talk", type=float, default=1.0, help="scales messages per ticket")
    return parser


if __name__ == "__main__":
    sys.exit(main())
