"""Keep out who was erased: their tickets and what was written on them, in whatever order it comes.

Runs inside the transaction that stores a page.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from sqlalchemy import Connection

from deskpulse.errors import ConfigError
from deskpulse.privacy import Erased, Keyed
from deskpulse.privacy.keyed import ERASED
from deskpulse.records import Record
from deskpulse.store.rewriting import rewrite
from deskpulse.store.sql import rows_in, run_many

OF_TICKETS = ("message", "change", "survey")
"""Kinds that hold what was written on a ticket."""


def erased_of(connection: Connection, keyed: Keyed | None, kept: Collection[str] = ()) -> Erased:
    """Everybody who was erased. Raises `ConfigError` where the key is not the one of then."""
    rows = connection.exec_driver_sql("SELECT mark, key_check FROM erasure").all()
    if not rows:
        return Erased(keyed, frozenset(), frozenset(kept))
    if keyed is None or any(check != keyed.check for _, check in rows):
        came = "[privacy] has no key" if keyed is None else "[privacy] key is another one"
        raise ConfigError(
            f"{came}, and {len(rows)} marks of people who were erased were made with a key: "
            "without it they would come back",
            hint="Set key under [privacy] to the key that `deskpulse erase` was run with.",
        )
    return Erased(keyed, frozenset(mark for mark, _ in rows), frozenset(kept))


def add_marks(connection: Connection, marks: Iterable[str], keyed: Keyed, now: int) -> None:
    """Leave tombstones; `now` in microseconds. Those that are there already stay."""
    run_many(
        connection,
        "INSERT INTO erasure (mark, key_check, erased_at) VALUES (?, ?, ?) "
        "ON CONFLICT (mark) DO NOTHING",
        [(mark, keyed.check, now) for mark in sorted(set(marks))],
    )


def without_erased(
    connection: Connection, source: str, records: Iterable[Record], erased: Erased
) -> list[Record]:
    """The page's records without who was erased; what is stored of their tickets follows."""
    found = [erased.clean(source, record) for record in records]
    begun = {
        record.id: record
        for record in found
        if record.kind_name == "ticket" and _erased(record.__dict__["requester_id"])
    }
    asked = {
        str(record.__dict__["ticket_id"])
        for record in found
        if record.kind_name in OF_TICKETS and record.__dict__["ticket_id"] is not None
    }
    stored = _requesters(connection, source, asked | begun.keys())
    theirs = begun.keys() | {ident for ident, who in stored.items() if _erased(who)}
    if theirs:
        found = [erased.clean(source, record, theirs) for record in found]
    forget_words(connection, source, {i for i in begun if not _erased(stored.get(i))}, erased)
    return found


def forget_words(
    connection: Connection, source: str, tickets: Collection[str], erased: Erased
) -> dict[str, int]:
    """Blank what is stored of what was written on these tickets; how many records of each kind."""
    counts: dict[str, int] = {}
    for kind in OF_TICKETS:
        for ticket in sorted(tickets):
            where = ("source = ? AND ticket_id = ?", (source, ticket))
            changed = rewrite(
                connection, kind, where, lambda record: erased.clean(source, record, tickets)
            )
            counts[kind] = counts.get(kind, 0) + len(changed)
    return counts


def _requesters(
    connection: Connection, source: str, tickets: Collection[str]
) -> Mapping[str, str | None]:
    rows = rows_in(
        connection,
        "SELECT id, requester_id FROM wanted CROSS JOIN ticket "
        "WHERE source = ? AND id = wanted.value",
        source,
        tickets,
    )
    return dict(rows)


def _erased(requester: str | None) -> bool:
    return requester is not None and requester.startswith(ERASED)
