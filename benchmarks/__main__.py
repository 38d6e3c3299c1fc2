"""`python -m benchmarks [name ...] [--quick]`: measure, and compare with what is promised."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

from benchmarks import derive, kpis, latency, mail, quota, shopify, startup, sync
from benchmarks.figures import Figure, machine, table

ALL: Mapping[str, Callable[..., list[Figure]]] = MappingProxyType(
    {
        "startup": startup.run,
        "sync": sync.run,
        "mail": mail.run,
        "quota": quota.run,
        "derive": derive.run,
        "kpis": kpis.run,
        "latency": latency.run,
        "shopify": shopify.run,
    }
)


def main(arguments: list[str] | None = None) -> int:
    """Print the table; 1 if a limit is not kept."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("name", nargs="*", help=f"of {', '.join(ALL)}; none: all")
    parser.add_argument("--quick", action="store_true", help="small sizes, to try it out")
    parser.add_argument("--scratch", type=Path, help="keep what is made in this folder")
    asked = parser.parse_args(arguments)
    unknown = set(asked.name) - set(ALL)
    if unknown:
        parser.error(f"unknown: {', '.join(sorted(unknown))}; there are: {', '.join(ALL)}")
    with tempfile.TemporaryDirectory() as temporary:
        scratch = (asked.scratch or Path(temporary)).resolve()
        scratch.mkdir(parents=True, exist_ok=True)
        found = []
        for name in asked.name or ALL:
            print(f"measuring {name} ...", file=sys.stderr, flush=True)
            found += [(name, figure) for figure in ALL[name](scratch, quick=asked.quick)]
    print(machine())
    print(table(found))
    return 0 if all(figure.kept for _, figure in found) else 1


if __name__ == "__main__":
    sys.exit(main())
