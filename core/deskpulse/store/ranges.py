"""Ranges of ids: pieces of about the same size that hold all records of a kind."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, text

from deskpulse.store.store import Store
from deskpulse.store.touched import LOOSE


@dataclass(frozen=True, slots=True)
class IdRange:
    """Ids of `source` with `first` <= id < `after` as text; `after` null: to the end."""

    source: str
    first: str
    after: str | None


def ranges(store: Store, size: int, kind: str = "ticket") -> list[IdRange]:
    """Ranges of about `size` records of a kind each that together hold every id.

    Those of tickets hold every id of a ticket: also of sources that have only calls or surveys.
    """
    with store.reading() as connection:
        sources = connection.exec_driver_sql(f'SELECT DISTINCT source FROM "{kind}"').scalars()
        starts = [
            (source, first)
            for source in sorted(map(str, sources))
            for first in _every(connection, kind, source, size)
        ]
        if kind == "ticket":
            known = {source for source, _ in starts}
            starts += [(source, "") for source in _other_sources(connection) - known]
        _forget(connection)
    found = []
    for at, (source, first) in enumerate(starts):
        following = starts[at + 1] if at + 1 < len(starts) else None
        after = following[1] if following is not None and following[0] == source else None
        start = "" if at == 0 or starts[at - 1][0] != source else first
        found.append(IdRange(source, start, after))
    return found


def _every(connection: Connection, kind: str, source: str, size: int) -> Iterator[str]:
    """The first id of a source, the one `size` places behind it, and so on."""
    following = text(
        f'SELECT id FROM "{kind}" WHERE source = :source AND id >= :id '
        "ORDER BY id LIMIT 1 OFFSET :places"
    )
    ident, places = "", 0
    while True:
        asked = {"source": source, "id": ident, "places": places}
        found = connection.execute(following, asked).scalar()
        if found is None:
            return
        ident, places = str(found), size
        yield ident


def _forget(connection: Connection) -> None:
    """Free the pages that SQLite keeps of what was counted: deriving wants that memory."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA shrink_memory")


def owners(store: Store, kind: str) -> int:
    """How many tickets there are, or how many records of a kind with facts of their own."""
    loose = " WHERE ticket_id IS NULL" if kind in LOOSE else ""
    with store.reading() as connection:
        found = connection.exec_driver_sql(f'SELECT count(*) FROM "{kind}"{loose}')
        return int(found.scalar_one())


def _other_sources(connection: Connection) -> set[str]:
    parts = (f'SELECT source FROM "{kind}"' for kind in LOOSE)
    return {str(row[0]) for row in connection.exec_driver_sql(" UNION ".join(parts))}
