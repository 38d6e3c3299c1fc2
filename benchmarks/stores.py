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
            for table, frame in _chunk(first, min(CHUNK, tickets - first)).items():
                on.adbc_ingest(table, frame, mode="append")
                counted[table] = counted.get(table, 0) + frame.height
    with closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
    return counted


def _chunk(first: int, tickets: int) -> dict[str, pl.DataFrame]:
    """The rows of tickets `first`, `first` + 1, ... by table, in the order of their keys."""
    made = synthetic(tickets, seed=1 + first)
    own = {"ticket": "id", "message": "ticket_id", "change": "ticket_id", "survey": "ticket_id"}
    frames = {
        "ticket": made.tickets.with_columns(
            tags=pl.concat_str(pl.lit('["'), pl.col("tags").list.join('","'), pl.lit('"]')),
            custom=pl.lit("{}"),
        ),
        "message": made.messages.drop("channel"),
        "change": made.changes,
        "survey": made.surveys,
    }
    found = {
        table: _numbered(frame, own[table], first).sort(own[table])
        for table, frame in frames.items()
    }
    people = made.roles.with_columns(id=pl.concat_str("person_id", pl.lit(":"), "id"))
    if first:  # accounts and agents are the same in all chunks, customers are others
        people = people.filter(pl.col("person_id").str.starts_with("c"))
    else:
        found["account"] = made.accounts
    found["role"] = people
    return {table: _stored(_other_customers(frame, first)) for table, frame in found.items()}


def _other_customers(frame: pl.DataFrame, first: int) -> pl.DataFrame:
    named = [name for name in ("requester_id", "author_id", "person_id") if name in frame.columns]
    key = ["id"] if "person_id" in named else []
    return frame.with_columns(pl.col(named + key).str.replace("^c", f"c{first}-"))


def _numbered(frame: pl.DataFrame, ticket: str, first: int) -> pl.DataFrame:
    """The same rows with ids that no other chunk has."""
    later = (pl.col(ticket).cast(pl.Int64) + first).cast(pl.String)
    if ticket == "id":
        return frame.with_columns(id=later)
    key = pl.concat_str(pl.lit(f"{first}-"), pl.col("id"))
    return frame.with_columns(ticket_id=later, id=key)


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
