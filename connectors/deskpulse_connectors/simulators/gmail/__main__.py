"""Run the simulator as a process of its own until it is ended; prints one JSON line first."""

from __future__ import annotations

import argparse
import sys

from deskpulse_connectors.simulators import process
from deskpulse_connectors.simulators.gmail.simulator import START, GmailSimulator


def main(arguments: list[str] | None = None) -> int:
    """Serve until SIGTERM or SIGINT."""
    asked = _parser().parse_args(arguments)
    return process.serve(
        lambda: GmailSimulator(
            seed=asked.seed,
            conversations=asked.conversations,
            weeks=asked.weeks,
            start=asked.start,
            units=asked.units,
            at_once=asked.at_once,
            running=asked.running,
            port=asked.port,
            compress=asked.gzip,
        ),
        asked.faults,
    )


def _parser() -> argparse.ArgumentParser:
    parser = process.parser("gmail", start=START)
    parser.add_argument("--conversations", type=int, default=60)
    parser.add_argument("--weeks", type=float, default=4)
    parser.add_argument("--units", type=int, default=0, help="quota units a minute; 0: no limit")
    parser.add_argument("--at-once", type=int, default=5, help="requests at a time")
    return parser


if __name__ == "__main__":
    sys.exit(main())
