"""The few statements that are the same on both dialects but for the parameter marker."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

from sqlalchemy import Connection

PART = 900
"""Parameters in one statement; SQLite's classic limit is 999."""


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
    """The first column for `... source = ? ... IN (...)`, in parts of at most 900 values."""
    return {row[0] for row in rows_in(connection, statement, source, values)}


def rows_in(
    connection: Connection, statement: str, source: str, values: Iterable[str]
) -> list[tuple[Any, ...]]:
    """The rows for `... source = ? ... IN (...)`, in parts of at most 900 values."""
    found: list[tuple[Any, ...]] = []
    rest = iter(sorted(values))
    while part := list(islice(rest, PART)):
        text = statement.replace("(...)", f"({', '.join('?' * len(part))})")
        result = connection.exec_driver_sql(marked(connection, text), (source, *part))
        found += [tuple(row) for row in result]
    return found
