"""Read stored records, change them, and write them back, each under its new key if it has one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Connection

from deskpulse.records import Record
from deskpulse.store.sql import marked, run_many
from deskpulse.store.tables import TABLES, Row

BATCH = 5_000
"""Rows of a whole table that are in memory at once."""

Where = tuple[str, tuple[Any, ...]]
"""What follows WHERE, with `?`, and its parameters."""
Way = Callable[[Record], Record]
Pairs = list[tuple[Record, Record]]
"""Records that differ, before and after."""


def rewrite(connection: Connection, kind: str, where: Where, change: Way) -> Pairs:
    """Change the records of a kind that `where` picks; all of them are in memory at once.

    `change` gives back the same object for what stays as it is. When and why a record went stays.
    """
    columns = ", ".join(f'"{column}"' for column in TABLES[kind].stored_columns)
    statement = f'SELECT {columns} FROM "{kind}" WHERE {where[0]}'
    found = connection.exec_driver_sql(marked(connection, statement), where[1])
    return _rewritten(connection, kind, [tuple(row) for row in found], change)


def rewrite_all(connection: Connection, kind: str, change: Way) -> int:
    """Change every record of a kind, some thousands at a time; how many differ."""
    columns = ", ".join(f'"{column}"' for column in TABLES[kind].stored_columns)
    at = TABLES[kind].stored_columns.index("id")
    statement = marked(
        connection,
        f'SELECT {columns} FROM "{kind}" WHERE source = ? AND id > ? ORDER BY id LIMIT {BATCH}',
    )
    changed = 0
    sources = connection.exec_driver_sql(f'SELECT DISTINCT source FROM "{kind}"')
    for source in sorted(row[0] for row in sources):
        last = ""
        while True:
            rows = [tuple(row) for row in connection.exec_driver_sql(statement, (source, last))]
            if not rows:
                break
            last = rows[-1][at]
            changed += len(_rewritten(connection, kind, rows, change))
    return changed


def _rewritten(connection: Connection, kind: str, rows: Sequence[Row], change: Way) -> Pairs:
    twin = TABLES[kind]
    pairs, old, new = [], [], []
    for row in rows:
        before = twin.record(dict(zip(twin.stored_columns, row, strict=True)))
        after = change(before)
        if after is not before:
            pairs.append((before, after))
            old.append(row)
            (fresh,) = twin.rows(before.source, [after])
            new.append((*fresh, *row[len(twin.columns) :]))
    _replace(connection, kind, old, new)
    return pairs


def _replace(connection: Connection, kind: str, old: Sequence[Row], new: Sequence[Row]) -> None:
    """Update in place where the key stays; otherwise the old row goes and a new one comes."""
    twin = TABLES[kind]
    keys = [column.name for column in twin.table.primary_key]
    at = [twin.stored_columns.index(name) for name in keys]
    columns = [name for name in twin.columns if name not in keys]
    places = [twin.stored_columns.index(name) for name in columns]
    same: list[tuple[Row, Row]] = []
    moved: list[tuple[Row, Row]] = []
    for before, after in zip(old, new, strict=True):
        stays = all(before[place] == after[place] for place in at)
        (same if stays else moved).append((before, after))
    condition = " AND ".join(f'"{name}" = ?' for name in keys)
    sets = ", ".join(f'"{name}" = ?' for name in columns)
    run_many(
        connection,
        f'UPDATE "{kind}" SET {sets} WHERE {condition}',
        [(*(row[p] for p in places), *(row[p] for p in at)) for _, row in same],
    )
    run_many(
        connection,
        f'DELETE FROM "{kind}" WHERE {condition}',
        [tuple(row[p] for p in at) for row, _ in moved],
    )
    names = ", ".join(f'"{column}"' for column in twin.stored_columns)
    values = ", ".join("?" * len(twin.stored_columns))
    run_many(
        connection,
        f'INSERT INTO "{kind}" ({names}) VALUES ({values}) ON CONFLICT DO NOTHING',
        [row for _, row in moved],
    )
