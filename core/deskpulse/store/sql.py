"""The few statements that are the same on both dialects but for the parameter marker."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import orjson
from sqlalchemy import Connection

_WANTED = {
    "sqlite": "WITH wanted (value) AS (SELECT value FROM json_each(?))",
    "postgresql": "WITH wanted (value) AS (SELECT unnest(CAST(? AS TEXT[])))",
}


def marked(connection: Connection, statement: str) -> str:
    """The statement with this driver's parameter marker instead of `?`."""
    return statement if connection.dialect.name == "sqlite" else statement.replace("?", "%s")


def run_many(connection: Connection, statement: str, rows: Sequence[tuple[Any, ...]]) -> None:
    """Execute the statement for every row; nothing for none."""
    if rows:
        connection.exec_driver_sql(marked(connection, statement), list(rows))


def select_in(
    connection: Connection, statement: str, source: str, values: Iterable[str]
) -> set[str]:
    """The first column of what `rows_in` gives."""
    return {row[0] for row in rows_in(connection, statement, source, values)}


def rows_in(
    connection: Connection, statement: str, source: str, values: Iterable[str]
) -> list[tuple[Any, ...]]:
    """The rows of a SELECT that names `values` as the table `wanted (value)`; its `?` is `source`.

    Write `FROM wanted CROSS JOIN t WHERE source = ? AND t.id = wanted.value` for a look-up by an
    index: SQLite keeps that order, while for `id IN (...)` it may read every row of the source,
    because every key begins with it.
    """
    asked = list(values)
    if not asked:
        return []
    sqlite = connection.dialect.name == "sqlite"
    text = marked(connection, f"{_WANTED[connection.dialect.name]} {statement}")
    wanted = orjson.dumps(asked).decode() if sqlite else asked
    return [tuple(row) for row in connection.exec_driver_sql(text, (wanted, source))]
