"""Tombstones: mark what is gone, keep its history, and let it come back.

Whether a record is removed follows from its row and its tombstone alone, so it does not matter
which arrives first. A merge is for good; what was deleted, called spam or missing is back as soon
as the vendor shows a version that is newer than its going.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType

from sqlalchemy import Connection

from deskpulse.clock import from_micros
from deskpulse.records import Record, Tombstone
from deskpulse.store.delta import Deltas
from deskpulse.store.sql import marked, rows_in, run_many, select_in
from deskpulse.store.tables import TABLES, RecordTable, Row

PERSONAL: Mapping[str, Mapping[str, str | None]] = MappingProxyType(
    {
        "message": {"subject": None, "body": None},
        "survey": {"comment": None},
        "customer": {"name": None, "email": None, "custom": "{}"},
    }
)
"""What of a record the vendor deletes does not stay here either; a redaction is a deletion."""


def blanked(twin: RecordTable, before: Row, came: Row) -> Row:
    """The row that came, without what is personal if the stored one is deleted at the vendor."""
    blank = PERSONAL.get(twin.name)
    if blank is None or before[-1] != "deleted":
        return came
    return tuple(blank.get(name, value) for name, value in zip(twin.columns, came, strict=True))


def absent(connection: Connection, source: str, present: Collection[str]) -> list[Record]:
    """A Tombstone for every stored ticket that is not gone yet and not among those `present`."""
    statement = "SELECT id FROM ticket WHERE source = ? AND removed_at IS NULL ORDER BY id"
    rows = connection.exec_driver_sql(marked(connection, statement), (source,))
    return [
        Tombstone.read({"id": row[0], "record": "ticket", "reason": "missing"})
        for row in rows
        if row[0] not in present
    ]


def date_tombstones(
    connection: Connection, source: str, records: Sequence[Record], now: int
) -> list[Record]:
    """Say when a record went where the vendor does not: when we first heard of it.

    A record that came back meanwhile goes now.
    """
    stones = [record for record in records if isinstance(record, Tombstone)]
    stated = {_key(stone) for stone in stones if stone.gone_at is not None}
    silent = {_key(stone) for stone in stones} - stated
    heard = {
        (kind, ident): gone_at
        for ident, kind, gone_at in rows_in(
            connection,
            "SELECT id, record, gone_at FROM wanted CROSS JOIN tombstone "
            "WHERE source = ? AND id = wanted.value",
            source,
            {ident for _, ident in silent},
        )
    }
    for kind in {kind for kind, _ in silent}:
        if kind in TABLES and TABLES[kind].mortal:
            back = select_in(
                connection,
                f'SELECT id FROM wanted CROSS JOIN "{kind}" '
                "WHERE source = ? AND removed_at IS NULL AND id = wanted.value",
                source,
                {ident for of, ident in silent if of == kind},
            )
            heard = {key: at for key, at in heard.items() if key[0] != kind or key[1] not in back}
    return [
        stone.model_copy(update={"gone_at": from_micros(heard.get(_key(stone), now))})
        if _key(stone) in silent
        else stone
        for stone in stones
    ]


def _key(stone: Tombstone) -> tuple[str, str]:
    return stone.record, stone.id


def settle_removals(connection: Connection, source: str, deltas: Deltas) -> None:
    """Set or clear `removed_at` and `removed_reason` of the records that this page touched."""
    touched: dict[str, set[str]] = {
        kind: delta.values("id") for kind, delta in deltas.items() if delta.twin.mortal
    }
    if "tombstone" in deltas:
        for _, stone in deltas["tombstone"].named():
            touched.setdefault(stone["record"], set()).add(stone["id"])
    for kind, ids in touched.items():
        if kind in TABLES and TABLES[kind].mortal:
            _settle(connection, source, kind, ids)
            if kind in PERSONAL:
                _follow(connection, source, kind, ids)


def _settle(connection: Connection, source: str, kind: str, ids: set[str]) -> None:
    stones = rows_in(
        connection,
        "SELECT id, reason, gone_at FROM wanted CROSS JOIN tombstone "
        f"WHERE source = ? AND record = '{kind}' AND id = wanted.value",
        source,
        ids,
    )
    seen = "updated_at" if "updated_at" in TABLES[kind].columns else "NULL"
    # values are cast because PostgreSQL infers no type for a parameter inside CASE
    gone = f"(CAST(? AS TEXT) = 'merged' OR {seen} IS NULL OR {seen} <= CAST(? AS BIGINT))"
    run_many(
        connection,
        f'UPDATE "{kind}" SET '
        f"removed_at = CASE WHEN {gone} THEN CAST(? AS BIGINT) END, "
        f"removed_reason = CASE WHEN {gone} THEN CAST(? AS TEXT) END "
        "WHERE source = ? AND id = ?",
        [(reason, at, at, reason, at, reason, source, key) for key, reason, at in stones],
    )


def _follow(connection: Connection, source: str, kind: str, ids: set[str]) -> None:
    """What the vendor deleted or redacted is blanked here, too; that it was there stays known."""
    gone = select_in(
        connection,
        f'SELECT id FROM wanted CROSS JOIN "{kind}" '
        "WHERE source = ? AND removed_reason = 'deleted' AND id = wanted.value",
        source,
        ids,
    )
    sets = ", ".join(f"{column} = ?" for column in PERSONAL[kind])
    statement = f'UPDATE "{kind}" SET {sets} WHERE source = ? AND id = ?'
    blank = tuple(PERSONAL[kind].values())
    run_many(connection, statement, [(*blank, source, ident) for ident in sorted(gone)])
