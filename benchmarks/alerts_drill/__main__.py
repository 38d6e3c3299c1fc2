"""`python -m benchmarks.alerts_drill [--kills N] [--seed S] [--store URL]`: drill, and print."""

from __future__ import annotations

import argparse
import json
import secrets
import sys
import tempfile
from dataclasses import asdict
from random import Random

from benchmarks.alerts_drill.drill import drill
from deskpulse.store import Store


def main(arguments: list[str] | None = None) -> int:
    """1 if an alert was lost, or told twice without saying so."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.alerts_drill", description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, help="repeats the dice; without it a new one is drawn")
    parser.add_argument("--store", default="", help="the URL of an empty, upgraded store")
    asked = parser.parse_args(arguments)
    seed = secrets.randbelow(10**6) if asked.seed is None else asked.seed
    with tempfile.TemporaryDirectory() as folder:
        url = asked.store or f"sqlite:///{folder}/store.db"
        Store.open(url).close()
        outcome = drill(url, asked.kills, Random(seed))
    told = asdict(outcome) | {"seed": seed, "sound": outcome.sound}
    told["example"] = told["example"][:3]
    print(json.dumps(told, indent=1))
    return 0 if outcome.sound else 1


if __name__ == "__main__":
    sys.exit(main())
