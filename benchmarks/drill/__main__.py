"""`python -m benchmarks.drill [--kills N] [--seed S]`: drill, and print what was found."""

from __future__ import annotations

import argparse
import json
import os
import secrets
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from random import Random
from typing import Any

from benchmarks.desk import simulated
from benchmarks.drill.drill import SECRET, Drill, Outcome
from benchmarks.drill.victim import warm_up


def main(arguments: list[str] | None = None) -> int:
    """1 if anything was lost or doubled."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.drill", description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, help="repeats the dice; without it a new one is drawn")
    parser.add_argument("--tickets", type=int, default=600)
    parser.add_argument("--store", default="", help="the URL of an empty, upgraded store")
    parser.add_argument("--folder", type=Path, help="keep store, mart and log here")
    parser.add_argument("--json", action="store_true", help="the outcome as JSON")
    asked = parser.parse_args(arguments)
    seed = secrets.randbelow(10**6) if asked.seed is None else asked.seed
    print(f"seed {seed}", file=sys.stderr, flush=True)
    warm_up()
    with (
        tempfile.TemporaryDirectory() as temporary,
        simulated(asked.tickets, weeks=8, seed=seed) as desk,
    ):
        os.environ[SECRET] = desk.credentials["client_secret"]
        folder = (asked.folder or Path(temporary)).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        drill = Drill(desk, folder, Random(seed), asked.store)
        outcome = drill.run(asked.kills, lambda text: print(text, file=sys.stderr, flush=True))
    if asked.json:
        print(json.dumps(told(outcome, seed), indent=1))
    else:
        show(outcome, seed)
    return 0 if outcome.sound else 1


def told(outcome: Outcome, seed: int) -> dict[str, Any]:
    """The outcome as plain values."""
    return {
        "seed": seed,
        "sound": outcome.sound,
        "kills": dict(outcome.kills),
        "ended": outcome.ended,
        "findings": [asdict(finding) for finding in outcome.findings],
        "mart_checks": outcome.mart_checks,
        "mart_problems": outcome.mart_problems,
        "seconds": round(outcome.seconds, 1),
    }


def show(outcome: Outcome, seed: int) -> None:
    """The outcome as tables."""
    total = outcome.kills.total()
    print(
        f"{total} kills in {outcome.seconds:.0f} s (seed {seed});"
        f" {outcome.ended} syncs ended by themselves"
    )
    print("\nwhere they hit")
    for place, times in outcome.kills.most_common():
        print(f"  {times:>5}  {place}")
    print(f"\n{'':32}{'expected':>9}{'lost':>7}{'doubled':>9}{'wrong':>7}")
    for found in outcome.findings:
        print(
            f"{found.kind:32}{found.expected:>9,}{found.lost:>7,}"
            f"{found.doubled:>9,}{found.wrong:>7,}  {found.example}"
        )
    print(f"\nmart: checked {outcome.mart_checks} times, {len(outcome.mart_problems)} problems")
    for problem in outcome.mart_problems[:20]:
        print(f"  {problem}")


if __name__ == "__main__":
    sys.exit(main())
