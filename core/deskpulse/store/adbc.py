"""Queries whose answers are columns: ADBC into polars, as fast as the disk."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from typing import TYPE_CHECKING, Any, Protocol

from sqlalchemy import Engine

from deskpulse.errors import StoreError
from deskpulse.store.gate import alone

if TYPE_CHECKING:
    import polars as pl


class Reader(Protocol):
    """Runs queries."""

    def query(self, sql: str, parameters: tuple[Any, ...]) -> pl.DataFrame:
        """The rows as columns; raises `StoreError`."""
        ...


class SqliteReader:
    """Opens the file for each query and closes it again: see `gate`.

    Two queries may see two states; what is stored in between is marked as dirty anew.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def query(self, sql: str, parameters: tuple[Any, ...]) -> pl.DataFrame:
        """The rows as columns."""
        import adbc_driver_sqlite.dbapi

        with (
            _explained(),
            alone(self._engine),
            closing(adbc_driver_sqlite.dbapi.connect(str(self._engine.url.database))) as connection,
            closing(connection.cursor()) as cursor,
        ):
            cursor.adbc_statement.set_options(**{"adbc.sqlite.query.batch_rows": 65536})
            return _rows(cursor, sql, parameters)


class PostgresReader:
    """All queries of one connection see one snapshot."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def query(self, sql: str, parameters: tuple[Any, ...]) -> pl.DataFrame:
        """The rows as columns."""
        for at in range(1, len(parameters) + 1):
            sql = sql.replace("?", f"${at}", 1)
        with _explained(), closing(self._connection.cursor()) as cursor:
            return _rows(cursor, sql, parameters)


def reader_of(engine: Engine) -> AbstractContextManager[Reader]:
    """Reads the database of `engine` while the block runs."""
    return _sqlite(engine) if engine.dialect.name == "sqlite" else _postgres(engine)


@contextmanager
def _sqlite(engine: Engine) -> Iterator[Reader]:
    yield SqliteReader(engine)


@contextmanager
def _postgres(engine: Engine) -> Iterator[Reader]:
    import adbc_driver_postgresql.dbapi

    target = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with _explained():
        connection = adbc_driver_postgresql.dbapi.connect(target)
    with closing(connection):
        with _explained(), closing(connection.cursor()) as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield PostgresReader(connection)


def _rows(cursor: Any, sql: str, parameters: tuple[Any, ...]) -> pl.DataFrame:
    import polars as pl

    cursor.execute(sql, parameters or None)
    found = cursor.fetch_polars()
    assert isinstance(found, pl.DataFrame)
    return found


@contextmanager
def _explained() -> Iterator[None]:
    """The driver's error by its kind only: its text may hold the address with its password."""
    from adbc_driver_manager import Error

    try:
        yield
    except Error as problem:
        raise StoreError(
            f"the store cannot be read ({type(problem).__name__})", hint="Run `deskpulse db check`."
        ) from None
