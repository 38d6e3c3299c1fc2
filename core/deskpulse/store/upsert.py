"""Write many rows at once, each key at most once: executemany on SQLite, COPY on PostgreSQL.

Figures behind the choice (20x `session.merge`): docs/decisions/0003-store.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, Protocol

from sqlalchemy import Connection

from deskpulse.store.tables import TABLES, RecordTable, Row


class Upsert(Protocol):
    """How a dialect looks up and writes the rows of a kind."""

    def existing(
        self, connection: Connection, twin: RecordTable, source: str, ids: Sequence[str]
    ) -> list[Row]:
        """The stored rows of these ids, in the order of `stored_columns`."""
        ...

    def write(self, connection: Connection, twin: RecordTable, rows: Sequence[Row]) -> None:
        """Insert or replace by the twin's key. Removal columns are left as they are."""
        ...


def upsert_for(connection: Connection) -> Upsert:
    """The way of this connection's dialect."""
    return Sqlite() if connection.dialect.name == "sqlite" else Postgres()


@cache
def _selected(name: str) -> str:
    return ", ".join(f'"{column}"' for column in TABLES[name].stored_columns)


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

    def existing(
        self, connection: Connection, twin: RecordTable, source: str, ids: Sequence[str]
    ) -> list[Row]:
        """Stored rows of these ids."""
        found: list[Row] = []
        for part in _parts(ids, 900):  # SQLite's classic limit is 999 parameters
            sql = (
                f'SELECT {_selected(twin.name)} FROM "{twin.name}" '
                f"WHERE source = ? AND id IN ({','.join('?' * len(part))})"
            )
            result = connection.exec_driver_sql(sql, (source, *part))
            found += [tuple(row) for row in result]
        return found

    def write(self, connection: Connection, twin: RecordTable, rows: Sequence[Row]) -> None:
        """Insert or replace."""
        if rows:
            connection.exec_driver_sql(_insert(twin.name, ""), list(rows))


class Postgres:
    """COPY into a temporary table, then one INSERT ... SELECT ... ON CONFLICT."""

    def existing(
        self, connection: Connection, twin: RecordTable, source: str, ids: Sequence[str]
    ) -> list[Row]:
        """Stored rows of these ids."""
        sql = f'SELECT {_selected(twin.name)} FROM "{twin.name}" WHERE source = %s AND id = ANY(%s)'
        return [tuple(row) for row in connection.exec_driver_sql(sql, (source, list(ids)))]

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


def _parts(items: Sequence[str], size: int) -> Iterable[Sequence[str]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
