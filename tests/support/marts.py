"""Marts by hand: fact rows as dicts, written as Parquet, and an engine that reads them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl

from deskpulse.clock import to_micros
from deskpulse_reports.facts.schema import TABLES
from deskpulse_reports.kpis.builtin import BUILTIN
from deskpulse_reports.kpis.catalog import Catalog
from deskpulse_reports.kpis.engine import Desk, KpiEngine
from deskpulse_reports.kpis.session import Snapshot

NOW = datetime(2025, 7, 1, tzinfo=UTC)
HOUR, DAY = 3600.0, 86400.0
_TYPES = {"bool": pl.Boolean, "number": pl.Float64, "text": pl.String}


def at(text: str) -> int:
    """`2025-06-02T09:00` (UTC) as epoch microseconds."""
    return to_micros(datetime.fromisoformat(text).replace(tzinfo=UTC))


def fact(**fields: Any) -> dict[str, Any]:
    """A row: times may be written as text, `counted` is true unless said otherwise."""
    row = {"source": "desk", "counted": True} | fields
    instants = {name for name in row if name.endswith(("_at", "_since"))}
    return {
        name: at(value) if name in instants and isinstance(value, str) else value
        for name, value in row.items()
    }


def spans(*rows: dict[str, Any]) -> list[dict[str, Any]]:
    """Stage rows with `unsolved`, `enters` and `leaves` worked out per ticket, in the order given."""
    unsolved = {"new", "open", "pending", "on_hold"}
    by_ticket: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        by_ticket.setdefault(row["ticket_id"], []).append(row)
    found = []
    for own in by_ticket.values():
        for number, row in enumerate(own):
            inside = row["stage"] in unsolved
            before = number > 0 and own[number - 1]["stage"] in unsolved
            after = number + 1 < len(own) and own[number + 1]["stage"] in unsolved
            found.append(
                row
                | {
                    "n": number + 1,
                    "unsolved": inside,
                    "enters": inside and not before,
                    "leaves": inside and not after and row.get("ended_at") is not None,
                }
            )
    return found


def snapshot(
    folder: Path,
    tables: Mapping[str, Iterable[Mapping[str, Any]]],
    customs: Mapping[str, Any] | None = None,
) -> Snapshot:
    """Parquet files with these rows; columns that a row leaves out are null."""
    relations, files = {}, []
    for table, rows in tables.items():
        schema = dict(TABLES[table])
        if table == "tickets":
            schema |= {name: _TYPES[kind] for name, kind in (customs or {}).items()}
        defaults = dict.fromkeys(schema) | ({"calendar": ""} if "calendar" in schema else {})
        listed = [defaults | row for row in rows]
        for row in rows:
            assert set(row) <= set(schema), set(row) - set(schema)
        path = folder / f"{table}.parquet"
        pl.DataFrame(listed, schema=schema).write_parquet(path)
        relations[table] = f"SELECT * FROM read_parquet('{path}')"
        files.append(str(path))
    return Snapshot(relations, files, customs or {})


def engine(
    folder: Path,
    zone: str = "UTC",
    now: datetime = NOW,
    specs: Iterable[Any] = (),
    customs: Mapping[str, Any] | None = None,
    open_before: Mapping[str, float] | None = None,
    week_start: int = 0,
    **tables: Iterable[Mapping[str, Any]],
) -> KpiEngine:
    """An engine with the built-in KPIs and `specs` over these rows."""
    mart = snapshot(folder, tables, customs)
    catalog = Catalog([*BUILTIN, *specs], customs)
    return KpiEngine(mart, catalog, Desk(zone, now, week_start, open_before or {}))
