"""The marts that engines are compared on: a demonstration's, one of odd rows, and an empty one."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl

from deskpulse.app.workspace import Workspace
from deskpulse.clock import AsOf
from deskpulse.config import load
from deskpulse_reports.facts.schema import TABLES
from deskpulse_reports.kpis.columns import twins
from deskpulse_reports.kpis.desk import Desk
from deskpulse_reports.mart.manifest import Manifest, read
from support.marts import at, fact
from support.random_marts import tables

TICKETS = 600
SIZE = 150
AS_OF = datetime(2025, 7, 1, tzinfo=UTC)
OPEN_S = 5_000_000.0
"""Open seconds of the calendar `office` before `AS_OF`: any number will do."""


@dataclass(frozen=True, slots=True)
class Mart:
    """Files in a folder, and the desk that asks about them."""

    name: str
    folder: Path
    manifest: Manifest
    desk: Desk


def marts(folder: Path) -> list[Mart]:
    """All of them, made in `folder`."""
    return [_demo(folder / "demo"), _odd(folder / "odd"), _empty(folder / "empty")]


def _demo(folder: Path) -> Mart:
    """What `deskpulse demo` leaves: months of files, and an overlay of what changed since."""
    program = Path(sys.executable).parent / "deskpulse"
    subprocess.run(
        [program, "demo", "-o", str(folder), "--tickets", str(TICKETS)],
        stdout=subprocess.DEVNULL,
        check=True,
    )
    manifest = read(folder / "mart")
    now = datetime.fromisoformat(manifest.derived_at)
    config = load(folder / "config.toml", {"DESKPULSE_DEMO_SECRET": "unused"})
    with Workspace(config, AsOf(now)) as workspace:
        desk = workspace.engine.desk
    return Mart("demo", folder / "mart", manifest, desk)


def _odd(folder: Path) -> Mart:
    """Random rows of every table, and rows that measure nothing, tie, or cannot be."""
    dice = random.Random(11)
    rows = {table: list(own) for table, own in tables(11, SIZE).items()}
    for table, own in rows.items():
        own += [dict(row) for row in own[:5]]  # ties
        _by_business_clock(dice, table, own)
    for number, row in enumerate(rows["tickets"]):
        row["tags"] = [["a", "b", "a"], [], None, ["c", "it's"]][number % 4]
    edge = {"team_id": "a'\"\\ü", "channel": ""}
    rows["tickets"] += [
        fact(ticket_id="nothing"),
        fact(ticket_id="before", **edge, created_at="2025-03-30T00:59", first_reply_s=-5.0,
             first_reply_at="2025-03-30T01:00", full_resolution_s=1e16,
             resolved_at="2025-03-30T01:00"),
        fact(ticket_id="midnight", **edge, created_at=at("2025-03-09T23:00") - 1,
             first_reply_s=0.0, first_reply_at=at("2025-03-09T23:00")),
    ]  # fmt: skip
    folder.mkdir(parents=True)
    for table, own in rows.items():
        _write(folder / f"{table}.parquet", table, own)
    base = {table: {"": (f"{table}.parquet",)} for table in rows}
    desk = Desk("Europe/Berlin", AS_OF, week_start=6, open_before={"office": OPEN_S})
    return Mart("odd", folder, Manifest(version=1, base=base), desk)


def _empty(folder: Path) -> Mart:
    folder.mkdir(parents=True)
    return Mart("empty", folder, Manifest(version=1), Desk("UTC", AS_OF))


def _by_business_clock(dice: random.Random, table: str, rows: Iterable[dict[str, Any]]) -> None:
    """Calendars, and the figures by their clock, which random rows leave out."""
    pairs = twins(table)
    for row in rows:
        if "calendar" in TABLES[table]:
            row["calendar"] = dice.choice(["", "office"])
        if "running_open_s" in TABLES[table]:
            row["running_open_s"] = OPEN_S - dice.randrange(90_000)
        row |= {
            twin: None if row.get(name) is None else row[name] * dice.choice([0.0, 0.3, 1.0])
            for name, twin in pairs.items()
        }


def _write(path: Path, table: str, rows: Iterable[Mapping[str, Any]]) -> None:
    schema = dict(TABLES[table])
    nothing = dict.fromkeys(schema) | ({"calendar": ""} if "calendar" in schema else {})
    pl.DataFrame([nothing | row for row in rows], schema=schema).write_parquet(path)
