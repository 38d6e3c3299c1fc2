"""Stores of any size, filled quickly with lifelike histories."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import adbc_driver_sqlite.dbapi
import polars as pl

from benchmarks.histories import synthetic
from deskpulse.store import Store

CHUNK = 100_000
"""Tickets made at once."""


def fill(database: str, tickets: int) -> dict[str, int]:
    """Make an empty store with so many tickets, 8 messages and 6 changes each; rows by table."""
    Store.open(f"sqlite:///{database}").close()
    with closing(sqlite3.connect(database)) as connection:
        # nothing of it must survive a crash, and nothing is read meanwhile
        connection.execute("PRAGMA journal_mode=OFF")
    counted: dict[str, int] = {}
    adbc = adbc_driver_sqlite.dbapi.connect(database, autocommit=True)
    with closing(adbc), closing(adbc.cursor()) as on:
        for pragma in ("synchronous=OFF", "cache_size=-500000", "locking_mode=EXCLUSIVE"):
            on.execute(f"PRAGMA {pragma}")
        for first in range(0, tickets, CHUNK):
            for table, frame in _chunk(first, min(CHUNK, tickets - first), tickets).items():
                on.adbc_ingest(table, frame, mode="append")
                counted[table] = counted.get(table, 0) + frame.height
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
    return counted


def _chunk(first: int, tickets: int, total: int) -> dict[str, pl.DataFrame]:
    """The rows of tickets `first`, `first` + 1, ... by table, in the order of their keys."""
    made = synthetic(tickets, seed=1 + first, first=first, total=total)
    tags = pl.concat_str(pl.lit('["'), pl.col("tags").list.join('","'), pl.lit('"]'))
    people = made.roles.with_columns(id=pl.concat_str("person_id", pl.lit(":"), "id"))
    if first:  # the agents are the same in all chunks
        people = people.filter(pl.col("person_id").str.starts_with("c"))
    found = {
        "ticket": made.tickets.with_columns(tags=tags, custom=pl.lit("{}")),
        "message": made.messages.sort("ticket_id"),
        "change": made.changes.sort("ticket_id"),
        "survey": made.surveys,
        "role": people,
        "account": made.accounts if first == 0 else made.accounts.clear(),
    }
    return {table: _stored(frame) for table, frame in found.items() if frame.height}


def _stored(frame: pl.DataFrame) -> pl.DataFrame:
    """Without columns that are all null, whose type nobody can tell; flags as 0 and 1."""
    known = [name for name in frame.columns if frame[name].null_count() < frame.height]
    return frame.select(known).with_columns(pl.col(pl.Boolean).cast(pl.Int64))


def touch(database: str, tickets: int) -> int:
    """Mark so many tickets, spread over the whole store, as changed; how many there are in all."""
    with closing(sqlite3.connect(database)) as connection, connection:
        (total,) = connection.execute("SELECT count(*) FROM ticket").fetchone()
        connection.execute(
            "INSERT OR REPLACE INTO dirty_ticket (source, ticket_id, mark) "
            "SELECT source, id, 1 FROM (SELECT source, id, row_number() OVER () AS place FROM ticket)"
            " WHERE place % ? = 0 LIMIT ?",
            (max(1, total // tickets), tickets),
        )
    return int(total)


def size_mb(database: str) -> float:
    """The file's size."""
    return Path(database).stat().st_size / 1e6
