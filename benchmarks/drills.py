"""`python -m benchmarks.drills [--kills N] [--seed S] [--only NAME ...]`: every drill, one table.

Needs the tests' servers: `PYTHONPATH=tests`, as `make drill` sets it.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from random import Random
from types import MappingProxyType

from benchmarks.alerts_drill import clocks, crowds, disk, faults, hostile, kills, together
from benchmarks.alerts_drill.row import Row, table
from benchmarks.figures import machine
from support.postgres import VARIABLE, NoPostgres, Postgres, postgres

ROOT = Path(__file__).parents[1]
SYNC_KILLS = 200

Alone = Callable[[Path, Random], Row]
SCENES: Mapping[str, Alone] = MappingProxyType(
    {
        "too-many": faults.too_many_requests,
        "temporary": faults.temporary,
        "permanent": faults.permanent,
        "ambiguous": faults.ambiguous,
        "mail": faults.mail,
        "clock": clocks.stepping_back,
        "summer-time": clocks.summer_time,
        "disk": disk.full,
        "burst": crowds.burst,
        "flapping": crowds.flapping,
        "hostile": hostile.hostile,
    }
)
SHARED: Mapping[str, Callable[[Path, Random, Postgres], Row]] = MappingProxyType(
    {"two": together.two, "stopped": together.stopped, "restarted": together.restarted}
)
NAMES = ("sync", "kills", "kills-postgres", *SCENES, *SHARED)


def main(arguments: list[str] | None = None) -> int:
    """Print the table; 1 if anything was lost, or repeated without a word."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.drills", description=__doc__)
    parser.add_argument("--kills", type=int, default=100, help="of processes that send alerts")
    parser.add_argument("--seed", type=int, help="repeats the dice; without it a new one is drawn")
    parser.add_argument("--only", nargs="*", choices=NAMES, default=NAMES, metavar="NAME")
    parser.add_argument("--json", action="store_true", help="the table as JSON")
    asked = parser.parse_args(arguments)
    seed = secrets.randbelow(10**6) if asked.seed is None else asked.seed
    rows = []
    with tempfile.TemporaryDirectory(prefix="drill-") as folder:
        for name, row in _drilled(asked.only, Path(folder), seed, asked.kills):
            rows.append(row)
            verdict = "ok" if row.sound else "NOT ok"
            print(f"{name}: {verdict}, {row.seconds:.0f} s", file=sys.stderr, flush=True)
    if asked.json:
        told = [asdict(row) | {"sound": row.sound} for row in rows]
        print(json.dumps({"seed": seed, "rows": told}, indent=1))
    else:
        print(f"{machine()}, seed {seed}\n{table(rows)}")
    return 0 if all(row.sound for row in rows) else 1


def _drilled(
    names: list[str], folder: Path, seed: int, kills_wanted: int
) -> Iterator[tuple[str, Row]]:
    """Each drill throws dice of its own, so that one alone repeats what it did among all."""
    with ExitStack() as stack:
        server: Postgres | None = None
        for name in names:
            dice, own = Random(f"{seed} {name}"), folder / name
            if name == "sync":
                yield name, _synced(seed)
            elif name == "kills":
                yield name, kills.killed(own, kills_wanted, dice)
            elif name in SCENES:
                yield name, SCENES[name](own, dice)
            else:
                if server is None:
                    os.environ.pop(VARIABLE, None)  # a server of our own: we restart it
                    try:
                        server = stack.enter_context(postgres())
                    except NoPostgres as reason:
                        yield name, Row(name, beside=f"left out: {reason}")
                        continue
                if name == "kills-postgres":
                    yield name, _killed_on(server, own, kills_wanted // 5 + 1, dice)
                else:
                    yield name, SHARED[name](own, dice, server)


def _killed_on(server: Postgres, folder: Path, wanted: int, dice: Random) -> Row:
    with server.database() as url:
        row = kills.summed([kills.one_desk(folder, wanted, dice, url)])
    row.name += ", PostgreSQL"
    return row


def _synced(seed: int) -> Row:
    """The drill of the sync, which is a program of its own."""
    began = time.monotonic()
    command = [sys.executable, "-m", "benchmarks.drill", "--json", "--seed", str(seed)]
    done = subprocess.run(
        [*command, "--kills", str(SYNC_KILLS)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    row = Row("killed while it syncs and derives")
    if not done.stdout:
        row.wrong.append(done.stderr[-300:])
        return row
    told = json.loads(done.stdout)
    found = told["findings"]
    row.kills = sum(told["kills"].values())
    row.expected = sum(each["expected"] for each in found)
    row.lost = sum(each["lost"] for each in found)
    row.unmarked = sum(each["doubled"] for each in found)
    row.must(told["sound"], f"see `python -m benchmarks.drill --seed {seed}`")
    row.beside = f"rows compared with the vendor; the mart checked {told['mart_checks']} times"
    row.seconds = time.monotonic() - began
    return row


if __name__ == "__main__":
    sys.exit(main())
