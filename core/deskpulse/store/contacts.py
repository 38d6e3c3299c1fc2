"""A customer's contacts: a new ticket says of the one before it that the customer came back.

A contact is a ticket with a requester that is not gone and that, as far as its source says, the
customer began.
"""

from __future__ import annotations

from collections.abc import Iterable
from operator import itemgetter
from typing import Any

import orjson
from sqlalchemy import Connection

from deskpulse.store.delta import Deltas
from deskpulse.store.sql import rows_in, select_in

CONTACT = (
    "{0}.requester_id IS NOT NULL AND {0}.removed_at IS NULL AND {0}.removed_reason IS NULL "
    "AND {0}.merged_into IS NULL AND ({0}.initiated_by IS NULL OR {0}.initiated_by = 'customer')"
)
"""The condition on a row of `ticket`, which is called `{0}`."""

_SAYS = ("requester_id", "created_at", "reason", "merged_into", "initiated_by")
_PARTS = {
    "sqlite": "json_extract(value, '$[{0}]')",
    "postgresql": "CAST(value AS JSONB) ->> {0}",
}

Place = tuple[str, int, str | None]
"""Requester, creation and reason of a ticket: where it stands among the customer's contacts."""


def followed(connection: Connection, source: str, deltas: Deltas) -> set[str]:
    """The tickets whose next contact may have become another: those just before what changed.

    To be asked once the page's removals are settled.
    """
    places = _changed(deltas) | _removed(connection, source, deltas)
    if not places:
        return set()
    asked = [orjson.dumps(place).decode() for place in places]
    return select_in(connection, _before(connection), source, asked)


def _changed(deltas: Deltas) -> set[Place]:
    if "ticket" not in deltas:
        return set()
    delta = deltas["ticket"]
    says = itemgetter(*(delta.twin.columns.index(name) for name in _SAYS))
    removed_at = len(delta.twin.columns)  # a row of before goes on with what core keeps
    places: set[Place] = set()
    for before, after in delta.pairs:
        now = says(after)
        if before is None:
            places.add(now[:3])
        elif before[removed_at] is not None or says(before) != now:
            places |= {now[:3], says(before)[:3]}
    return {place for place in places if place[0] is not None}


def _removed(connection: Connection, source: str, deltas: Deltas) -> set[Place]:
    if "tombstone" not in deltas:
        return set()
    gone = [stone["id"] for _, stone in deltas["tombstone"].named() if stone["record"] == "ticket"]
    found: Iterable[Any] = rows_in(
        connection,
        "SELECT requester_id, created_at, reason FROM wanted CROSS JOIN ticket "
        "WHERE source = ? AND id = wanted.value AND requester_id IS NOT NULL",
        source,
        gone,
    )
    return set(found)


def _before(connection: Connection) -> str:
    """The contacts at the latest instant before each place, of any reason and of the same."""
    part = _PARTS[connection.dialect.name]
    latest = (
        "SELECT p.created_at FROM ticket AS p "
        "WHERE p.source = asked.source AND p.requester_id = asked.customer "
        f"AND p.created_at < asked.instant AND {CONTACT.format('p')}"
    )
    alike = "coalesce(p.reason, '') = coalesce(asked.reason, '')"
    newest = "ORDER BY p.created_at DESC LIMIT 1"
    return (
        "SELECT t.id FROM (SELECT CAST(? AS TEXT) AS source, "
        f"{part.format(0)} AS customer, CAST({part.format(1)} AS BIGINT) AS instant, "
        f"{part.format(2)} AS reason FROM wanted) AS asked CROSS JOIN ticket AS t "
        "WHERE t.source = asked.source AND t.requester_id = asked.customer "
        f"AND t.created_at IN (({latest} {newest}), ({latest} AND {alike} {newest}))"
    )
