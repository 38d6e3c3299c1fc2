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
    arrival counts. Of complementary kinds every known value is kept, and a merge is for good. A
    role that is told of again holds since the earlier instant; an observed change that is seen
    again happened when it was seen first, and never overwrites one that the vendor stated.
    """
    if twin.name in COMPLEMENTARY:
        kept = tuple(was if now is None else now for was, now in zip(stored, came, strict=True))
        return _merged(twin, stored, came, kept) if twin.name == "tombstone" else kept
    if twin.name == "role":
        return _earlier(twin, stored, came)
    if twin.name == "change" and came[_at(twin, "observed")]:
        return stored
    for column in ("source_version", "updated_at"):
        if column in twin.columns:
            at = _at(twin, column)
            if came[at] is not None and stored[at] is not None:
                return stored if _older(came[at], stored[at]) else came
    return came


def _merged(twin: RecordTable, stored: Row, came: Row, kept: Row) -> Row:
    """Once merged a record stays so, since the first instant that is named for the merge.

    Several streams tell of a merge, some with a later instant: their order must not matter.
    """
    reason, gone_at = _at(twin, "reason"), _at(twin, "gone_at")
    if stored[reason] != "merged":
        return kept
    told = [row[gone_at] for row in (stored, came) if row[reason] == "merged"]
    instant = min((each for each in told if each is not None), default=kept[gone_at])
    values = {reason: "merged", gone_at: instant}
    return tuple(values.get(at, value) for at, value in enumerate(kept))


def _earlier(twin: RecordTable, stored: Row, came: Row) -> Row:
    role, since = _at(twin, "role"), _at(twin, "since")
    if stored[role] != came[role]:
        return came
    return came if stored[since] is not None and (came[since] or 0) < stored[since] else stored


def _at(twin: RecordTable, column: str) -> int:
    return twin.columns.index(column)


def _older(came: Any, stored: Any) -> bool:
    try:
        return Decimal(came) < Decimal(stored)  # exact: versions exceed what a float can tell apart
    except InvalidOperation:
        return str(came) < str(stored)
