"""Role history: who was an agent when. A row is appended whenever a person's role changes."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection

from deskpulse.clock import from_micros
from deskpulse.records import Record, RoleChange
from deskpulse.store.delta import Deltas
from deskpulse.store.sql import rows_in


def append_roles(connection: Connection, source: str, deltas: Deltas, now: int) -> list[Record]:
    """Role rows for the customers and agents of a page whose role is news.

    The first role seen counts for the past (`since` null); a later one counts from `now`. What the
    connector stated itself, in this page or before, is the latest word already.
    """
    seen: dict[str, str] = {}
    for kind in ("customer", "agent"):
        if kind in deltas:
            seen |= {after["id"]: kind for _, after in deltas[kind].named()}
    stated = deltas["role"].values("person_id") if "role" in deltas else set()
    people = seen.keys() - stated
    latest = _latest(connection, source, people)
    fresh: list[Record] = []
    for person in sorted(people):
        role, known = seen[person], latest.get(person)
        if known is None:
            fresh.append(_role(f"{person}:first", person, role, None))
        elif known != role:
            fresh.append(_role(f"{person}:{now}", person, role, now))
    return fresh


def _role(key: str, person: str, role: str, since: int | None) -> Record:
    return RoleChange.read(
        {
            "id": key,
            "person_id": person,
            "role": role,
            "since": None if since is None else from_micros(since),
        }
    )


def _latest(connection: Connection, source: str, people: Iterable[str]) -> dict[str, str]:
    rows = rows_in(
        connection,
        "SELECT coalesce(since, 0), person_id, role FROM wanted CROSS JOIN role "
        "WHERE source = ? AND person_id = wanted.value",
        source,
        people,
    )
    return {person: role for _, person, role in sorted(rows)}
