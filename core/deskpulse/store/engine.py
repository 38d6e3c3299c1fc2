"""Open a database by its URL: SQLite in WAL mode, or PostgreSQL."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, OperationalError

from deskpulse.errors import ConfigError, DeskpulseError, StoreError, StoreUnreachable
from deskpulse.store.gate import GatedPool

BUSY_TIMEOUT_S = 30
_CONNECTING = ("connection failed", "connection is bad")
"""How psycopg begins when it was not let in."""
_REFUSED = ("fatal:", "password", "certificate", "support ssl")
_NOT_YET = ("the database system is", "too many", "connection slots")
"""These are FATAL, too, and pass."""
_GOING_DOWN = ("57P01", "57P02", "57P03", "53300")
"""SQLSTATE of a server that ends, crashed, starts, or has no room."""


def open_engine(url: str) -> Engine:
    """An engine for `sqlite:///path` or `postgresql://...`; raises `ConfigError` for others."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise ConfigError(
            "store.url is not a database URL",
            hint="Use sqlite:///deskpulse.db or postgresql://user@host/database.",
        ) from None
    if parsed.get_backend_name() == "sqlite":
        return _sqlite(parsed)
    if parsed.get_backend_name() in ("postgresql", "postgres"):
        return create_engine(
            parsed.set(drivername="postgresql+psycopg"), pool_pre_ping=True, pool_size=10
        )
    raise ConfigError(
        f"store.url names {parsed.get_backend_name()!r}; allowed: sqlite, postgresql",
        hint="Use sqlite:///deskpulse.db or postgresql://user@host/database.",
    )


def _sqlite(url: URL) -> Engine:
    if url.database and url.database != ":memory:":
        try:
            Path(url.database).parent.mkdir(parents=True, exist_ok=True)
        except OSError as problem:
            raise StoreError(
                f"opening the store: {problem.filename}: {problem.strerror}",
                hint="Check the path and the permissions of the store's file and folder.",
            ) from None
    try:
        engine = create_engine(
            url, connect_args={"timeout": BUSY_TIMEOUT_S}, poolclass=GatedPool, pool_size=10
        )
    except NoSuchModuleError as problem:  # pragma: no cover  a driver suffix nobody has
        raise ConfigError(f"store.url: {problem}") from None

    @event.listens_for(engine, "connect")
    def configure(connection: sqlite3.Connection, _record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves, below
        cursor = connection.cursor()
        cursor.execute("PRAGMA page_size=8192")  # of a new file; flatter trees than with 4096
        cursor.execute("PRAGMA journal_mode=WAL")
        # NORMAL loses no committed transaction to a killed process; to a power cut it may lose
        # the last ones, rows and cursor alike, and the next sync reads them again
        cursor.execute("PRAGMA synchronous=NORMAL")
        cursor.execute("PRAGMA cache_size=-65536")
        # 64 MB: a page that is written again and again is copied into the file seldom
        cursor.execute("PRAGMA wal_autocheckpoint=8000")
        cursor.close()

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # a write lock from the start: a read that turns into a write cannot be retried
        options = connection.get_execution_options()
        connection.exec_driver_sql("BEGIN" if options.get("reads") else "BEGIN IMMEDIATE")

    return engine


@contextmanager
def explained(what: str) -> Iterator[None]:
    """Turn a driver's error into a `StoreError` that says what to do."""
    try:
        yield
    except DeskpulseError:
        raise
    except DBAPIError as problem:
        raise _explain(what, problem) from problem
    except sqlite3.Error as problem:
        raise _explain(what, problem) from problem


def _explain(what: str, problem: Exception) -> StoreError:
    cause = getattr(problem, "orig", None) or problem
    whole = str(cause).strip()
    text = whole.split("\n", maxsplit=1)[0]
    lowered = text.lower()
    if isinstance(problem, OperationalError) and not isinstance(cause, sqlite3.Error):
        if _is_away(cause, whole.lower()):
            return StoreUnreachable(f"{what}: {text}")
        refused = lowered.startswith(_CONNECTING)
    else:
        refused = False
    if refused:
        hint = "The database server does not let us in: check user, password and name in store.url."
    elif "disk is full" in lowered or "no space left" in lowered or "disk i/o" in lowered:
        hint = "The disk is full: free some space and run again; nothing stored was lost."
    elif "locked" in lowered or "busy" in lowered:
        hint = "Another program holds the database; close it, or wait and run again."
    elif "readonly" in lowered or "read-only" in lowered or "unable to open" in lowered:
        hint = "Check the path and the permissions of the store's file and folder."
    elif "not a database" in lowered or "malformed" in lowered:
        hint = "The file is damaged or no SQLite database: restore a copy, or sync into a new one."
    elif "no such table" in lowered or "undefinedtable" in lowered or "does not exist" in lowered:
        hint = "The store is not set up: run `deskpulse db upgrade`."
    else:
        hint = "Run `deskpulse db check`."
    return StoreError(f"{what}: {text}", hint=hint)


def _is_away(cause: object, text: str) -> bool:
    """Whether the server is gone or only starting, rather than refusing us (lower-case text)."""
    state = getattr(cause, "sqlstate", None)
    if state is not None:
        return state in _GOING_DOWN or str(state).startswith("08")
    if not text.startswith(_CONNECTING):
        return True  # a connection that broke, or a name that cannot be resolved
    return not any(word in text for word in _REFUSED) or any(word in text for word in _NOT_YET)
