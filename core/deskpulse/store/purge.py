"""Leave nothing of deleted rows on the disk: free pages, the write-ahead log, dead rows."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, Engine

from deskpulse.errors import StoreError
from deskpulse.store.engine import explained


def overwrite_deleted(connection: Connection) -> None:
    """What this connection deletes from now on is overwritten with zeros (SQLite)."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA secure_delete = ON")


def purge(engine: Engine, tables: Iterable[str]) -> None:
    """Rewrite the store without what was deleted. Raises `StoreError` while others read it.

    SQLite: the whole file, which needs as much room on the disk again, and the log is emptied.
    PostgreSQL: these tables, each locked meanwhile; its own log, replicas and backups are yours.
    """
    with explained("rewriting the store without what was deleted"):
        if engine.dialect.name == "sqlite":
            _rewrite_file(engine)
        else:
            with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                for table in sorted(set(tables)):
                    connection.exec_driver_sql(f'VACUUM (FULL) "{table}"')


def _rewrite_file(engine: Engine) -> None:
    connection = engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute("PRAGMA secure_delete = ON")
        cursor.execute("VACUUM")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (busy, *_) = cursor.fetchone() or (0,)
        cursor.close()
    finally:
        connection.close()
    if busy:
        raise StoreError(
            "the store's log still holds what was deleted: another program reads the store",
            hint="Stop it (or wait until it is done), and run the same command again.",
        )
