"""Put records into a store the way a sync does, and look at what it holds."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import text

from deskpulse.clock import to_micros
from deskpulse.leases import acquire
from deskpulse.records import Change, Message, Record, Ticket
from deskpulse.store import Store, StoredPage
from deskpulse.store.tables import TABLES
from deskpulse.store.writer import Tally

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
DAY_1, DAY_2, DAY_3 = (datetime(2025, 11, day, 12, tzinfo=UTC) for day in (1, 2, 3))


class Desk:
    """One source of a store: `desk.put(record, ...)` stores a page under its lease."""

    def __init__(self, store: Store, source: str = "desk") -> None:
        self.store, self.source = store, source
        self.held = acquire(store.engine, f"source:{source}", "a test")

    def put(
        self,
        *records: Record,
        stream: str = "tickets",
        cursor: str | None = None,
        now: datetime = NOW,
        observed: bool = False,
        **more: Any,
    ) -> Tally:
        """Store one page; returns what was new and what changed."""
        page = StoredPage(
            list(records), cursor, more.pop("rejected", []), observed=observed, **more
        )
        return self.store.store_page(self.source, stream, page, self.held, now)

    def get(self, kind: str, ident: str) -> Any:
        """The stored record of this id, or None."""
        return self.store.get(kind, self.source, [ident]).get(ident)

    def removed(self, kind: str, ident: str) -> tuple[datetime | None, str | None]:
        """When and why the record is gone."""
        [row] = rows(
            self.store,
            f"SELECT removed_at, removed_reason FROM \"{kind}\" WHERE id = '{ident}'",
        )
        return row[0], row[1]

    def dirty(self) -> set[str]:
        """The tickets whose facts are out of date."""
        found = rows(
            self.store, f"SELECT ticket_id FROM dirty_ticket WHERE source = '{self.source}'"
        )
        return {row[0] for row in found}

    def clean(self) -> None:
        """Take every dirty mark away."""
        with self.store.writing() as connection:
            connection.execute(text("DELETE FROM dirty_ticket"))


def rows(store: Store, statement: str) -> list[tuple[Any, ...]]:
    """The rows of a query."""
    with store.reading() as connection:
        return [tuple(row) for row in connection.execute(text(statement))]


def contents(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every kind's table."""
    return {name: sorted(rows(store, f'SELECT * FROM "{name}"'), key=repr) for name in TABLES}


def micros(instant: datetime) -> int:
    return to_micros(instant)


def ticket(ident: str = "1", **fields: Any) -> Ticket:
    return Ticket.read({"id": ident, "created_at": DAY_1, **fields})


def message(ident: str = "m1", of: str = "1", **fields: Any) -> Message:
    return Message.read({"id": ident, "ticket_id": of, "sent_at": DAY_1, "public": True, **fields})


def change(ident: str = "c1", of: str = "1", field: str = "status", **fields: Any) -> Change:
    return Change.read(
        {"id": ident, "ticket_id": of, "changed_at": DAY_1, "field": field, **fields}
    )
