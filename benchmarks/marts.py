"""Stores and their marts, made once and shared by the benchmarks of one run."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.measure import Cost, measured


@dataclass(frozen=True, slots=True)
class Mart:
    """A store, its rows by table, the mart derived from it, and what that cost."""

    database: str
    folder: str
    rows: dict[str, int]
    cost: Cost


def mart(scratch: Path, tickets: int) -> Mart:
    """The mart of so many tickets in `scratch`; made if it is not there."""
    told = scratch / f"{tickets}.json"
    if told.exists():
        known = json.loads(told.read_text(encoding="utf-8"))
        return Mart(**{**known, "cost": Cost(**known["cost"])})
    database, folder = str(scratch / f"{tickets}.db"), str(scratch / f"{tickets}")
    rows = measured("benchmarks.stores:fill", database, tickets).value
    cost = measured("benchmarks.rebuild:derive", database, folder, True)
    made = Mart(database, folder, rows, cost)
    told.write_text(json.dumps(asdict(made)), encoding="utf-8")
    return made
