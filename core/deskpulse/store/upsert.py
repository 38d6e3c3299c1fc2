"""Write many rows at once, each key at most once: executemany on SQLite, COPY on PostgreSQL.

Figures behind the choice (20x `session.merge`): docs/decisions/0003-store.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, Protocol

from sqlalchemy import Connection

from deskpulse.store.sql import rows_in
from deskpulse.store.tables import TABLES, RecordTable, Row


class Upsert(Protocol):
    """How a dialect writes the rows of a kind."""

    def write(self, connection: Connection, twin: RecordTable, rows: Sequence[Row]) -> None:
        """Insert or replace by the twin's key. Removal columns are left as they are."""
        ...


def upsert_for(connection: Connection) -> Upsert:
    """The way of this connection's dialect."""
    return Sqlite() if connection.dialect.name == "sqlite" else Postgres()


def existing(
    connection: Connection, twin: RecordTable, source: str, ids: Iterable[str]
) -> list[Row]:
    """The stored rows of these ids, in the order of `stored_columns`."""
    return rows_in(connection, _lookup(twin.name), source, ids)


@cache
def _lookup(name: str) -> str:
    columns = ", ".join(f'stored."{column}"' for column in TABLES[name].stored_columns)
    return (
        f'SELECT {columns} FROM wanted CROSS JOIN "{name}" AS stored '
        "WHERE source = ? AND stored.id = wanted.value"
    )


@cache
def _insert(name: str, marker: str) -> str:
    """The INSERT ... ON CONFLICT text; identifiers come from our own classes, never from data."""
    twin = TABLES[name]
    columns = ", ".join(f'"{column}"' for column in twin.columns)
    sets = ", ".join(
        f'"{column}" = excluded."{column}"' for column in twin.columns if column not in twin.key
    )
    key = ", ".join(twin.key)
    values = marker or f"VALUES ({', '.join('?' * len(twin.columns))})"
    return f'INSERT INTO "{name}" ({columns}) {values} ON CONFLICT ({key}) DO UPDATE SET {sets}'


class Sqlite:
    """One prepared statement, executed many times."""

    def write(self, connection: Connection, twin: RecordTable, rows: Sequence[Row]) -> None:
        """Insert or replace."""
        if rows:
            connection.exec_driver_sql(_insert(twin.name, ""), list(rows))


class Postgres:
    """COPY into a temporary table, then one INSERT ... SELECT ... ON CONFLICT."""

    def write(self, connection: Connection, twin: RecordTable, rows: Sequence[Row]) -> None:
        """Insert or replace."""
        if not rows:
            return
        columns = ", ".join(f'"{column}"' for column in twin.columns)
        stage = f"stage_{twin.name}"
        connection.exec_driver_sql(
            f'CREATE TEMP TABLE IF NOT EXISTS "{stage}" '
            f'(LIKE "{twin.name}" INCLUDING DEFAULTS) ON COMMIT DELETE ROWS'
        )
        driver: Any = connection.connection.driver_connection
        with driver.cursor() as cursor:
            cursor.execute(f'TRUNCATE "{stage}"')
            with cursor.copy(f'COPY "{stage}" ({columns}) FROM STDIN') as copy:
                for row in rows:
                    copy.write_row(row)
        select = f'SELECT {columns} FROM "{stage}"'
        connection.exec_driver_sql(_insert(twin.name, select))
