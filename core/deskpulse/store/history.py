"""Read the history of many tickets at once, as columns: what derive works on.

Through ADBC into polars: as fast as the disk, a tenth of the memory of rows as Python objects
(docs/decisions/0003-store.md). On PostgreSQL all frames of one `reading` are of one
snapshot; on SQLite each is (see `gate`), and what was stored in between is marked as dirty anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import orjson

from deskpulse.store.adbc import Reader, reader_of
from deskpulse.store.columns import (
    CHANGE_COLUMNS,
    CLOCK_COLUMNS,
    CONTACT_COLUMNS,
    DOUBLE,
    FLAG,
    INTERACTION_COLUMNS,
    MESSAGE_COLUMNS,
    RECORD_COLUMNS,
    ROLE_COLUMNS,
    SURVEY_COLUMNS,
    TEXT,
    TICKET_COLUMNS,
    TIER_COLUMNS,
    VENDOR_COLUMNS,
    WHOLE,
    WORKLOG_COLUMNS,
    Columns,
)
from deskpulse.store.contacts import CONTACT
from deskpulse.store.ranges import IdRange
from deskpulse.store.store import Store
from deskpulse.store.tables import TABLES
from deskpulse.store.touched import LOOSE

if TYPE_CHECKING:
    import polars as pl

TRACKED = (
    "status",
    "assignee",
    "team",
    "schedule",
    "handoff",
    "priority",
    "kind",
    "reason",
    "brand",
    "tags",
)
"""Changes of these fields shape the facts; of others it matters only who made them and when."""


Frames = dict[str, "pl.DataFrame"]
"""Of tickets: tickets, messages, changes, surveys, interactions, worklogs. Of people: roles,
accounts (their tiers), contacts (when customers came)."""


Condition = tuple[str, tuple[Any, ...]]
"""What follows WHERE, and its parameters; if there are any, the first is the rows' source."""

_SELECTED = {
    TEXT: "coalesce({}, '')",
    WHOLE: "CAST({} AS BIGINT)",
    DOUBLE: "coalesce(CAST({} AS DOUBLE PRECISION), 1e308)",
    FLAG: "CAST({} AS INTEGER)",
}
"""The driver guesses a column's type from its first rows, and a column that begins with nulls would
be guessed whole: so what may be null is not null on the way."""
_AS_STORED: Mapping[str, str] = MappingProxyType({})
_TRACKED_VALUES = {
    name: f'CASE WHEN field IN ({", ".join(repr(field) for field in TRACKED)}) THEN "{name}" END'
    for name in ("old", "new")
}


class HistoryReader:
    """Make one with `reading(store)`."""

    def __init__(self, reader: Reader, dialect: str) -> None:
        self._reader = reader
        self._dialect = dialect

    def people(self) -> Frames:
        """The whole role history, every account's tier, every contact: small against messages."""
        return {
            "roles": self._frame("role", ROLE_COLUMNS, "1 = 1", ()),
            "accounts": self.tiers(),
            "contacts": self._frame("ticket", CONTACT_COLUMNS, CONTACT.format("ticket"), ()),
        }

    def people_of(self, source: str, frames: Frames) -> Frames:
        """The roles of who acts in `frames`, the tiers of their accounts, customers' contacts."""
        ids = {
            "person_id": (frames["messages"]["author_id"], frames["changes"]["actor_id"]),
            "id": (frames["tickets"]["account_id"],),
            "requester_id": (frames["tickets"]["requester_id"],),
        }
        asked = {
            column: (source, _array({key for part in parts for key in part.unique()} - {None}))
            for column, parts in ids.items()
        }
        contacts = f"{self._listed('requester_id')} AND {CONTACT.format('ticket')}"
        return {
            "roles": self._frame(
                "role", ROLE_COLUMNS, self._listed("person_id"), asked["person_id"]
            ),
            "accounts": self._frame("account", TIER_COLUMNS, self._listed("id"), asked["id"]),
            "contacts": self._frame("ticket", CONTACT_COLUMNS, contacts, asked["requester_id"]),
        }

    def tiers(self) -> pl.DataFrame:
        """Every account's tier."""
        return self._frame("account", TIER_COLUMNS, "1 = 1", ())

    def range(self, part: IdRange) -> Frames:
        """The history of a range of tickets."""
        return self._history(lambda column: _within(column, part), tracked=True)

    def tickets(self, source: str, ids: Sequence[str], *, tracked: bool = True) -> Frames:
        """The history of these tickets; `tracked=False`: with the values of every change."""

        def within(column: str) -> Condition:
            return self._listed(column), (source, _array(ids))

        return self._history(within, tracked=tracked)

    def records(self, kind: str, part: IdRange) -> pl.DataFrame:
        """A range of the records of a kind that have facts of their own."""
        return self._records(kind, _within("id", part))

    def records_of(self, kind: str, source: str, ids: Sequence[str]) -> pl.DataFrame:
        """Those of these records that have facts of their own."""
        return self._records(kind, (self._listed("id"), (source, _array(ids))))

    def clocks(self, part: IdRange) -> pl.DataFrame:
        """The SLA clocks of a range of tickets."""
        return self._clocks(*_within("ticket_id", part))

    def clocks_of(self, source: str, ids: Sequence[str]) -> pl.DataFrame:
        """The SLA clocks of these tickets."""
        return self._clocks(self._listed("ticket_id"), (source, _array(ids)))

    def _clocks(self, where: str, parameters: tuple[Any, ...]) -> pl.DataFrame:
        import polars as pl

        found = self._frame("sla_clock", CLOCK_COLUMNS, where, parameters)
        return found.with_columns(pl.col("policy", "calendar", "reason").fill_null(""))

    def vendor_metrics(self, part: IdRange) -> pl.DataFrame:
        """What the vendor itself measured for a range of tickets: ticket_id, metric, value_s."""
        return self._frame("vendor_metric", VENDOR_COLUMNS, *_within("ticket_id", part))

    def _records(self, kind: str, within: Condition) -> pl.DataFrame:
        loose = " AND ticket_id IS NULL" if kind in LOOSE else ""
        return self._frame(kind, RECORD_COLUMNS[kind], within[0] + loose, within[1])

    def _listed(self, column: str) -> str:
        each = (
            "SELECT value FROM json_each(?)"
            if self._dialect == "sqlite"
            else "SELECT jsonb_array_elements_text(CAST(CAST(? AS TEXT) AS JSONB))"
        )
        return f"source = ? AND {column} IN ({each})"

    def _history(self, within: Callable[[str], Condition], *, tracked: bool) -> Frames:
        by_ticket = within("ticket_id")
        return {
            "tickets": self._frame("ticket", TICKET_COLUMNS, *within("id")),
            "messages": self._frame("message", MESSAGE_COLUMNS, *by_ticket),
            "changes": self._frame(
                "change", CHANGE_COLUMNS, *by_ticket, _TRACKED_VALUES if tracked else {}
            ),
            "surveys": self._frame("survey", SURVEY_COLUMNS, *by_ticket),
            "interactions": self._frame("interaction", INTERACTION_COLUMNS, *by_ticket),
            "worklogs": self._frame("worklog", WORKLOG_COLUMNS, *by_ticket),
        }

    def _frame(
        self,
        table: str,
        columns: Columns,
        where: str,
        parameters: tuple[Any, ...],
        instead: Mapping[str, str] = _AS_STORED,
    ) -> pl.DataFrame:
        """The rows as columns; `instead` has other expressions for some columns."""
        import polars as pl

        read = {name: form for name, form in columns.items() if name != "source" or not parameters}
        bare = _never_null(table) - instead.keys()
        picked = ", ".join(
            ("{}" if name in bare else _SELECTED[form]).format(instead.get(name, f'"{name}"'))
            + f' AS "{name}"'
            for name, form in read.items()
        )
        frame = self._reader.query(f'SELECT {picked} FROM "{table}" WHERE {where}', parameters)
        if len(read) < len(columns):  # one value for all rows need not be read from each
            frame = frame.with_columns(source=pl.lit(parameters[0], pl.String))
        types = {TEXT: pl.String, WHOLE: pl.Int64, DOUBLE: pl.Float64, FLAG: pl.Boolean}
        nothing: dict[str, str | float] = {TEXT: "", DOUBLE: 1e308}
        return frame.select(
            pl.when(pl.col(name).cast(types[form]) != nothing[form])
            .then(pl.col(name).cast(types[form]))
            .alias(name)
            if form in nothing
            else pl.col(name).cast(types[form])
            for name, form in columns.items()
        )


def _never_null(table: str) -> set[str]:
    """Columns that the driver may have as they are, which is quicker: texts and whole numbers."""
    if table not in TABLES:
        return set()
    columns = TABLES[table].table.columns
    return {
        each.name for each in columns if not each.nullable and each.type.python_type is not float
    }


def _array(values: Iterable[str]) -> str:
    return orjson.dumps(list(values)).decode()


def _within(column: str, part: IdRange) -> Condition:
    if part.after is None:
        return f"source = ? AND {column} >= ?", (part.source, part.first)
    return (
        f"source = ? AND {column} >= ? AND {column} < ?",
        (part.source, part.first, part.after),
    )


@contextmanager
def reading(store: Store) -> Iterator[HistoryReader]:
    """A reader of the store; on PostgreSQL all it reads is of one snapshot."""
    with reader_of(store.engine) as reader:
        yield HistoryReader(reader, store.engine.dialect.name)
