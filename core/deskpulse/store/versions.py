"""Which of two versions of a record is kept."""

from __future__ import annotations

from typing import Any

from deskpulse.store.tables import RecordTable, Row

COMPLEMENTARY = frozenset({"survey", "tombstone"})
"""Kinds that several streams report in parts: none unsays what another said."""


def keep(twin: RecordTable, stored: Row, came: Row) -> Row:
    """The row to keep: a lower version never overwrites a higher one.

    Tickets carry `source_version`, some other kinds `updated_at`; without either the later arrival
    counts. Of complementary kinds every known value is kept.
    """
    if twin.name in COMPLEMENTARY:
        return tuple(was if now is None else now for was, now in zip(stored, came, strict=True))
    for column in ("source_version", "updated_at"):
        if column in twin.columns:
            at = twin.columns.index(column)
            return stored if _older(came[at], stored[at]) else came
    return came


def _older(came: Any, stored: Any) -> bool:
    if came is None or stored is None:
        return False
    try:
        return float(came) < float(stored)
    except ValueError:
        return str(came) < str(stored)
