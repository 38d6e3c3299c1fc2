"""What a mart holds, read the way the KPI engine reads it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from deskpulse.clock import Clock
from deskpulse.store import Store
from deskpulse_reports.facts import Settings
from deskpulse_reports.facts.schema import TABLES
from deskpulse_reports.kpis.session import Session
from deskpulse_reports.mart import MartRefresh
from deskpulse_reports.mart.manifest import read
from deskpulse_reports.mart.snapshot import snapshot

STORED = tuple(table for table in TABLES if table != "days")
Rows = dict[str, list[tuple[Any, ...]]]


def refresh(
    store: Store,
    folder: Path,
    clock: Clock,
    settings: Settings | None = None,
    customs: Mapping[str, Any] | None = None,
    **how: Any,
) -> str:
    """Refresh the mart; returns how."""
    mart = MartRefresh(store, folder, settings or Settings(), customs or {}, clock)
    return mart.run(**how).how


def mart_rows(folder: Path, *tables: str) -> Rows:
    """Every row of these tables (or all) of the present snapshot, in a fixed order."""
    session = Session(snapshot(folder, read(folder)))
    try:
        return {
            table: sorted(session.rows(f"SELECT {_columns(table)} FROM {table}", table), key=repr)
            for table in tables or STORED
        }
    finally:
        session.close()


def mart_dicts(folder: Path, table: str) -> list[dict[str, Any]]:
    """The rows of one table as dicts."""
    return [dict(zip(TABLES[table], row, strict=True)) for row in mart_rows(folder, table)[table]]


def files(folder: Path) -> dict[str, int]:
    """Every file of the mart and when it was written."""
    return {
        str(path.relative_to(folder)): path.stat().st_mtime_ns
        for path in folder.rglob("*")
        if path.is_file()
    }


def _columns(table: str) -> str:
    return ", ".join(f'"{name}"' for name in TABLES[table])
