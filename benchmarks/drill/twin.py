"""The store against a twin that was read in one go, undisturbed: row by row, every column."""

from __future__ import annotations

from typing import Any

from benchmarks.drill.truth import Finding, compare
from deskpulse.store import Store
from deskpulse.store.tables import TABLES

SAME = ("ticket", "message", "change", "survey", "account", "team", "agent", "customer")
"""Kinds of which both hold the same rows."""


def against_twin(store: Store, twin: Store) -> list[Finding]:
    """Each kind by the twin.

    The twin has never seen what was deleted before it came: the tickets in whose place it has only
    a tombstone, and what the vendor had measured of them. Roles it knows only as they are now.
    """
    known, gone = _rows(twin, "ticket"), _rows(twin, "tombstone")
    deleted = {key for key, kind, *_ in gone if kind == "ticket"} - known.keys()
    found = []
    for kind in SAME:
        stored = _rows(store, kind)
        if kind == "ticket":
            stored = {key: row for key, row in stored.items() if key not in deleted}
        found.append(compare(f"{kind} rows", _rows(twin, kind), stored))
    found.append(compare("tombstone rows", gone, _rows(store, "tombstone"), more=True))
    metrics = _rows(store, "vendor_metric")
    found.append(compare("vendor_metric rows", _rows(twin, "vendor_metric"), metrics, more=True))
    return found


def _rows(store: Store, kind: str) -> dict[Any, tuple[Any, ...]]:
    twin = TABLES[kind]
    columns = ", ".join(f'"{column}"' for column in twin.columns)
    with store.reading() as connection:
        rows = connection.exec_driver_sql(f'SELECT {columns} FROM "{kind}"')
        return {tuple(row[1:3]) if kind == "tombstone" else row[1]: tuple(row) for row in rows}
