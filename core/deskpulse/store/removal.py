"""Tombstones: mark what is gone, keep its history, and let it come back.

Whether a record is removed follows from its row and its tombstone alone, so it does not matter
which arrives first. A merge is for good; what was deleted, called spam or missing is back as soon
as the vendor shows a version that is newer than its going.
"""

from __future__ import annotations

from sqlalchemy import Connection

from deskpulse.store.delta import Deltas
from deskpulse.store.sql import rows_in, run_many
from deskpulse.store.tables import TABLES


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


def _settle(connection: Connection, source: str, kind: str, ids: set[str]) -> None:
    stones = rows_in(
        connection,
        "SELECT id, reason, gone_at FROM tombstone "
        f"WHERE source = ? AND record = '{kind}' AND id IN (...)",
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
