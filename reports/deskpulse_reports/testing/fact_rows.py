"""A mart made by hand: fact rows as dicts, and an engine that reads them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import polars as pl

from deskpulse.clock import to_micros
from deskpulse_reports.facts.schema import TABLES
from deskpulse_reports.kpis.builtin import BUILTIN
from deskpulse_reports.kpis.catalog import Catalog
from deskpulse_reports.kpis.columns import CustomType
from deskpulse_reports.kpis.desk import Desk
from deskpulse_reports.kpis.engine import KpiEngine
from deskpulse_reports.kpis.names import allowed, nearest
from deskpulse_reports.kpis.session import Snapshot
from deskpulse_reports.kpis.spec import AnySpec

Row = Mapping[str, Any]
Rows = Mapping[str, Sequence[Row]]
"""Per fact table its rows: column -> value. Instants are ISO text; without offset they are UTC."""

_CUSTOM = {"bool": pl.Boolean, "number": pl.Float64, "text": pl.String}


def row(**columns: Any) -> dict[str, Any]:
    """A row of the source `desk` that counts, unless said otherwise."""
    return {"source": "desk", "counted": True} | columns


@contextmanager
def engine(
    folder: Path,
    rows: Rows,
    specs: Iterable[AnySpec],
    *,
    now: datetime,
    zone: str = "UTC",
    customs: Mapping[str, CustomType] | None = None,
) -> Iterator[KpiEngine]:
    """An engine over these rows, with the built-in KPIs and `specs`; `folder` takes its files.

    Columns that a row leaves out are null. Raises ValueError naming a table or column that does not
    exist, and the nearest one.
    """
    customs = customs or {}
    own = {spec.id: spec for spec in [*BUILTIN, *specs]}
    made = KpiEngine(
        _snapshot(folder, rows, customs), Catalog(own.values(), customs), Desk(zone, now)
    )
    try:
        yield made
    finally:
        made.close()


def _snapshot(folder: Path, rows: Rows, customs: Mapping[str, CustomType]) -> Snapshot:
    relations, files = {}, []
    for table, given in rows.items():
        if table not in TABLES:
            raise ValueError(f"no fact table {table!r}{nearest(table, TABLES)}: {allowed(TABLES)}")
        schema: dict[str, Any] = dict(TABLES[table])
        if table == "tickets":
            schema |= {name: _CUSTOM[kind] for name, kind in customs.items()}
        path = folder / f"{table}.parquet"
        listed = [_filled(table, each, schema) for each in given]
        pl.DataFrame(listed, schema=schema).write_parquet(path)
        relations[table] = f"SELECT * FROM read_parquet('{path}')"  # noqa: S608  our own path
        files.append(str(path))
    return Snapshot(relations, files, customs)


def _filled(table: str, given: Row, schema: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = dict.fromkeys(schema)
    if "calendar" in schema:
        found["calendar"] = ""
    for name, value in given.items():
        if name == "counted" and name not in schema:
            continue
        if name not in schema:
            raise ValueError(f"{table} has no column {name!r}{nearest(name, schema)}")
        instant = isinstance(value, str) and schema[name] == pl.Int64
        found[name] = _micros(value) if instant else value
    return found


def _micros(text: str) -> int:
    instant = datetime.fromisoformat(text)
    return to_micros(instant if instant.tzinfo else instant.replace(tzinfo=UTC))
