"""Run the simulator as a process of its own until it is ended; prints one JSON line first."""

from __future__ import annotations

import argparse
import sys

from deskpulse_connectors.simulators import process
from deskpulse_connectors.simulators.shopify.simulator import START, ShopifySimulator


def main(arguments: list[str] | None = None) -> int:
    """Serve until SIGTERM or SIGINT."""
    asked = _parser().parse_args(arguments)
    return process.serve(
        lambda: ShopifySimulator(
            seed=asked.seed,
            orders=asked.orders,
            days=asked.days,
            start=asked.start,
            bucket=asked.bucket,
            restore=asked.restore,
            lag_s=asked.lag,
            running=asked.running,
            port=asked.port,
            compress=asked.gzip,
        ),
        asked.faults,
    )


def _parser() -> argparse.ArgumentParser:
    parser = process.parser("shopify", start=START)
    parser.add_argument("--orders", type=int, default=200)
    parser.add_argument("--days", type=int, default=56)
    parser.add_argument("--bucket", type=float, default=0, help="points it holds; 0: no limit")
    parser.add_argument("--restore", type=float, default=100, help="points that return a second")
    parser.add_argument("--lag", type=int, default=0, help="seconds until the search knows it")
    return parser


if __name__ == "__main__":
    sys.exit(main())
