"""Which of two versions of a record is kept."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from deskpulse.store.tables import RecordTable, Row

COMPLEMENTARY = frozenset({"survey", "tombstone"})
"""Kinds that several streams report in parts: none unsays what another said."""


def keep(twin: RecordTable, stored: Row, came: Row) -> Row:
    """The row to keep: a lower version never overwrites a higher one.

    `source_version` decides where both rows have one, else `updated_at`; without either the later
    arrival counts. Of complementary kinds every known value is kept, and a merge is for good.
    """
    if twin.name in COMPLEMENTARY:
        kept = [was if now is None else now for was, now in zip(stored, came, strict=True)]
        if twin.name == "tombstone" and stored[_at(twin, "reason")] == "merged":
            kept[_at(twin, "reason")] = "merged"
        return tuple(kept)
    for column in ("source_version", "updated_at"):
        if column in twin.columns:
            at = _at(twin, column)
            if came[at] is not None and stored[at] is not None:
                return stored if _older(came[at], stored[at]) else came
    return came


def _at(twin: RecordTable, column: str) -> int:
    return twin.columns.index(column)


def _older(came: Any, stored: Any) -> bool:
    try:
        return Decimal(came) < Decimal(stored)  # exact: versions exceed what a float can tell apart
    except InvalidOperation:
        return str(came) < str(stored)
