"""The store: the one place where records, cursors and deskpulse's own books live."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import Connection, Engine, func, select

from deskpulse.clock import from_micros, to_micros
from deskpulse.errors import StoreError
from deskpulse.privacy import Erased, Keyed
from deskpulse.records import Record
from deskpulse.store import migrate
from deskpulse.store.engine import explained, open_engine
from deskpulse.store.forgetting import erased_of
from deskpulse.store.operations import Cursor, Rejected, SyncRun
from deskpulse.store.removal import absent
from deskpulse.store.sql import run_many
from deskpulse.store.tables import TABLES
from deskpulse.store.writer import PageWriter, Tally

if TYPE_CHECKING:
    from deskpulse.leases import Held


@dataclass(frozen=True, slots=True)
class Position:
    """Where a stream stands. `complete_to`: every change up to then is stored."""

    cursor: str | None = None
    complete_to: datetime | None = None
    caught_up_at: datetime | None = None
    pages: int = 0
    records: int = 0


@dataclass(frozen=True, slots=True)
class StoredPage:
    """What core makes of a Page: parsed records, what was rejected, and the cursor after it."""

    records: list[Record]
    cursor: str | None
    rejected: list[tuple[str, str, str | None]]
    """(fingerprint, error, raw JSON or None)."""
    complete_to: datetime | None = None
    observed: bool = False
    present: frozenset[str] | None = None
    """Every ticket the source has, after a complete list; None: it was not listed."""


class Store:
    """Open with `Store.open(url)`; every method is one transaction."""

    def __init__(self, engine: Engine, *, keep_bodies: bool = False) -> None:
        from deskpulse.leases import Leases  # which itself opens transactions as the store does

        self.engine = engine
        self.keep_bodies = keep_bodies
        self.leases = Leases(engine)

    @classmethod
    def open(cls, url: str, *, keep_bodies: bool = False) -> Store:
        """Open the store. SQLite upgrades itself; PostgreSQL asks for `deskpulse db upgrade`."""
        engine = open_engine(url)
        with ExitStack() as undo, explained("opening the store"):
            undo.callback(engine.dispose)
            if engine.dialect.name == "sqlite":
                migrate.upgrade(engine)
            elif not migrate.is_current(engine):
                raise StoreError(
                    f"the store at {engine.url.render_as_string(hide_password=True)} is of another "
                    "version than this program",
                    hint="Run `deskpulse db upgrade`.",
                )
            undo.pop_all()
        return cls(engine, keep_bodies=keep_bodies)

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A read transaction: one snapshot."""
        with (
            explained("reading the store"),
            self.engine.connect() as connection,
            _snapshot(connection).begin(),
        ):
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A write transaction: committed at the end, undone on any error."""
        with explained("writing the store"), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def trying(self) -> Iterator[Connection]:
        """A write transaction that is undone at the end: to see what would happen."""
        with explained("reading the store"), self.engine.connect() as connection:
            connection.begin()  # and never a commit
            yield connection

    # --- sync -------------------------------------------------------------------------------

    def store_page(
        self,
        source: str,
        stream: str,
        page: StoredPage,
        held: Held,
        now: datetime,
        *,
        erased: Erased | None = None,
    ) -> Tally:
        """Rows, cursor, rejects and dirty marks in one transaction, fenced by the lease.

        Whoever is among `erased` is left out of the records.
        """
        with self.writing() as connection:
            held.confirm(connection)
            writer = PageWriter(
                source,
                to_micros(now),
                secrets.randbits(62),
                observed=page.observed,
                keep_bodies=self.keep_bodies,
                erased=erased or Erased(),
            )
            gone = [] if page.present is None else absent(connection, source, page.present)
            tally = writer.write(connection, [*page.records, *gone])
            run_many(
                connection,
                "INSERT INTO rejected (source, stream, fingerprint, error, raw, seen_at) "
                "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (source, stream, fingerprint) "
                "DO UPDATE SET error = excluded.error, seen_at = excluded.seen_at",
                [
                    (source, stream, mark, error, raw, to_micros(now))
                    for mark, error, raw in page.rejected
                ],
            )
            run_many(
                connection,
                "INSERT INTO cursor (source, stream, cursor, complete_to, pages, records) "
                "VALUES (?, ?, ?, ?, 1, ?) ON CONFLICT (source, stream) DO UPDATE SET "
                "cursor = excluded.cursor, pages = cursor.pages + 1, "
                "complete_to = coalesce(excluded.complete_to, cursor.complete_to), "
                "records = cursor.records + excluded.records",
                [
                    (
                        source,
                        stream,
                        page.cursor,
                        None if page.complete_to is None else to_micros(page.complete_to),
                        len(page.records),
                    )
                ],
            )
        return tally

    def caught_up(self, source: str, stream: str, at: datetime, complete_to: datetime) -> None:
        """The stream has no more for now: everything up to `complete_to` is stored."""
        with self.writing() as connection:
            run_many(
                connection,
                "INSERT INTO cursor (source, stream, caught_up_at, complete_to, pages, records) "
                "VALUES (?, ?, ?, ?, 0, 0) ON CONFLICT (source, stream) DO UPDATE SET "
                "caught_up_at = excluded.caught_up_at, complete_to = excluded.complete_to",
                [(source, stream, to_micros(at), to_micros(complete_to))],
            )

    def erased(self, keyed: Keyed | None, kept: Iterable[str] = ()) -> Erased:
        """Everybody who was erased; raises `ConfigError` if that was done with another key.

        `kept`: custom text fields of tickets that stay.
        """
        with self.reading() as connection:
            return erased_of(connection, keyed, frozenset(kept))

    def position(self, source: str, stream: str) -> Position:
        """Where the stream stands; an empty position if it was never read."""
        with self.reading() as connection:
            statement = select(Cursor.__table__).where(  # type: ignore[attr-defined]
                Cursor.source == source,  # type: ignore[arg-type]
                Cursor.stream == stream,  # type: ignore[arg-type]
            )
            row = connection.execute(statement).mappings().first()
        return Position() if row is None else _position(row)

    def positions(self) -> dict[tuple[str, str], Position]:
        """Every stream's position by (source, stream)."""
        with self.reading() as connection:
            rows = connection.execute(select(Cursor.__table__)).mappings().all()  # type: ignore[attr-defined]
        return {(row["source"], row["stream"]): _position(row) for row in rows}

    def forget_cursor(self, source: str, stream: str) -> None:
        """Read this stream from the beginning next time; nothing stored is deleted."""
        with self.writing() as connection:
            run_many(
                connection,
                "UPDATE cursor SET cursor = NULL WHERE source = ? AND stream = ?",
                [(source, stream)],
            )

    def record_run(self, run: SyncRun) -> None:
        """Keep a run report."""
        with self.writing() as connection:
            connection.execute(
                SyncRun.__table__.insert().values(**run.model_dump(exclude={"id"}))  # type: ignore[attr-defined]
            )

    # --- records ----------------------------------------------------------------------------

    def count(self, kind: str, source: str | None = None) -> int:
        """How many records of a kind are stored."""
        table = TABLES[kind].table
        statement = select(func.count()).select_from(table)
        if source is not None:
            statement = statement.where(table.c.source == source)
        with self.reading() as connection:
            return int(connection.execute(statement).scalar_one())

    def get(self, kind: str, source: str, ids: Iterable[str]) -> dict[str, Record]:
        """The records of these ids, by id."""
        twin, wanted = TABLES[kind], list(ids)
        found: dict[str, Record] = {}
        with self.reading() as connection:
            for start in range(0, len(wanted), 900):
                part = wanted[start : start + 900]
                statement = select(twin.table).where(
                    twin.table.c.source == source, twin.table.c.id.in_(part)
                )
                for row in connection.execute(statement).mappings():
                    found[row["id"]] = twin.record(dict(row))
        return found

    def all(self, kind: str, source: str | None = None) -> list[Record]:
        """Every record of a kind; for the small kinds (schedules, teams, accounts, policies)."""
        twin = TABLES[kind]
        statement = select(twin.table).order_by(twin.table.c.source, twin.table.c.id)
        if source is not None:
            statement = statement.where(twin.table.c.source == source)
        with self.reading() as connection:
            return [twin.record(dict(row)) for row in connection.execute(statement).mappings()]

    def integrity(self) -> list[str]:
        """What the database itself finds wrong with its files; empty when it is sound."""
        if self.engine.dialect.name != "sqlite":
            return []  # PostgreSQL watches its own pages
        try:
            with self.reading() as connection:
                checked = connection.exec_driver_sql("PRAGMA integrity_check").scalars().all()
        except StoreError as problem:
            if "malformed" not in problem.message:
                raise
            return [problem.message]  # damaged beyond checking
        return [] if checked == ["ok"] else [str(line) for line in checked]

    def rejected(self, source: str | None = None) -> list[dict[str, Any]]:
        """The records that were kept aside, latest first."""
        table = Rejected.__table__  # type: ignore[attr-defined]
        statement = select(table).order_by(table.c.seen_at.desc())
        if source is not None:
            statement = statement.where(table.c.source == source)
        with self.reading() as connection:
            return [dict(row) for row in connection.execute(statement).mappings()]


def _snapshot(connection: Connection) -> Connection:
    """The connection, set to see one moment only: PostgreSQL would see each statement's own."""
    if connection.dialect.name == "sqlite":
        return connection.execution_options(reads=True)
    return connection.execution_options(reads=True, isolation_level="REPEATABLE READ")


def _position(row: Any) -> Position:
    def instant(value: int | None) -> datetime | None:
        return None if value is None else from_micros(value)

    return Position(
        row["cursor"],
        instant(row["complete_to"]),
        instant(row["caught_up_at"]),
        row["pages"],
        row["records"],
    )


def raw_json(raw: Any) -> str:
    """A raw record as JSON text, whatever it holds."""
    return orjson.dumps(raw, default=str, option=orjson.OPT_NON_STR_KEYS).decode(errors="replace")
