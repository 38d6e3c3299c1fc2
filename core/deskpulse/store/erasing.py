"""Remove people from the store: their records, what was written on their tickets, our own books.

Runs inside the caller's transaction. Records go through the same function as those of a sync, so
what a new reading brings is what is left here.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import Connection

from deskpulse.privacy import Erased
from deskpulse.privacy.fields import ACCOUNTS, PEOPLE
from deskpulse.records import Record
from deskpulse.store.books import clean_books
from deskpulse.store.dirty import mark_tickets
from deskpulse.store.forgetting import OF_TICKETS
from deskpulse.store.persons import Person
from deskpulse.store.rewriting import Pairs, rewrite
from deskpulse.store.sql import marked, run_many, select_in
from deskpulse.store.tables import TABLES
from deskpulse.store.touched import RECORDS
from deskpulse.store.traces import Traces

Counts = dict[str, int]
"""Kind of record or table -> how many rows were changed or deleted."""


@dataclass
class Erasing:
    """Erases `people` within one transaction; `erased` knows their marks already."""

    connection: Connection
    erased: Erased
    people: Sequence[Person]
    counts: Counter[str] = field(default_factory=Counter)
    words: set[str] = field(default_factory=set)
    """What was written on their tickets: it is looked for in messages about these tickets."""
    tickets: set[tuple[str, str]] = field(default_factory=set)
    """And answers: what alerts and digests may be about."""
    mark: int = field(default_factory=lambda: secrets.randbits(62))

    def run(self) -> Counts:
        """Erase them everywhere; how many rows that touched."""
        for source in sorted({person.source for person in self.people}):
            mine = [person for person in self.people if person.source == source]
            self._source(source, mine)
        traces = Traces.of(self.people, self.erased, self.tickets, self.words)
        for kind, count in traces.sweep_records(self.connection).items():
            self.counts[kind] += count
        for table, count in clean_books(self.connection, traces).items():
            self.counts[table] += count
        self.traces = traces
        return {name: count for name, count in sorted(self.counts.items()) if count}

    def _source(self, source: str, people: Sequence[Person]) -> None:
        ids = [person.id for person in people]
        theirs = select_in(
            self.connection,
            "SELECT id FROM ticket WHERE source = ? AND requester_id IN (SELECT value FROM wanted)",
            source,
            ids,
        )
        self.tickets |= {(source, ticket) for ticket in theirs}
        for kind in TABLES:
            for where in self._places(kind, ids, people):
                self._rewrite(source, kind, where, theirs)
        for kind in OF_TICKETS:
            self._rewrite(source, kind, ("ticket_id", sorted(theirs)), theirs)
        run_many(
            self.connection,
            "UPDATE sla_clock SET agent_id = ? WHERE source = ? AND agent_id = ?",
            [(self.erased.person(source, ident), source, ident) for ident in ids],
        )
        mark_tickets(self.connection, source, self.mark, theirs)

    def _places(
        self, kind: str, ids: list[str], people: Sequence[Person]
    ) -> Iterable[tuple[str, list[str]]]:
        """The columns of a kind that may name them, and by what."""
        for column in PEOPLE.get(kind, ()):
            yield column, ids
        accounts = [person.account for person in people if person.account is not None]
        for column in ACCOUNTS.get(kind, ()) if accounts else ():
            yield column, accounts
        if kind == "tombstone":
            yield "id", ids
        if kind == "change":
            yield "old", ids
            yield "new", ids

    def _rewrite(
        self, source: str, kind: str, place: tuple[str, list[str]], theirs: set[str]
    ) -> None:
        column, values = place
        for start in range(0, len(values), 500):
            part = values[start : start + 500]
            where = f'source = ? AND "{column}" IN ({", ".join("?" * len(part))})'
            pairs = rewrite(
                self.connection,
                kind,
                (where, (source, *part)),
                lambda record: self.erased.clean(source, record, theirs),
            )
            self.counts[kind] += len(pairs)
            self.words |= set(_written(pairs))
            self._dirty(source, kind, pairs)
            if kind == "survey":
                self.tickets |= {(source, before.id) for before, _ in pairs}

    def _dirty(self, source: str, kind: str, pairs: Pairs) -> None:
        """Facts of their own are out of date; marks by an old id would name them."""
        if kind not in RECORDS:
            return
        run_many(
            self.connection,
            "DELETE FROM dirty_record WHERE kind = ? AND source = ? AND id = ?",
            [(kind, source, before.id) for before, _ in pairs],
        )
        run_many(
            self.connection,
            "INSERT INTO dirty_record (kind, source, id, mark) VALUES (?, ?, ?, ?) "
            "ON CONFLICT (kind, source, id) DO UPDATE SET mark = excluded.mark",
            [(kind, source, after.id, self.mark) for _, after in pairs],
        )


def _written(pairs: Pairs) -> Iterable[str]:
    """The texts that went: subjects, comments and the like, but for long ones."""
    for before, after in pairs:
        for name in ("subject", "comment", "old", "new"):
            text = before.__dict__.get(name)
            if isinstance(text, str) and 8 <= len(text) <= 300 and not after.__dict__.get(name):
                yield text
        yield from _customs(before, after)


def _customs(before: Record, after: Record) -> Iterable[str]:
    was, now = (each.__dict__.get("custom") or {} for each in (before, after))
    for name, text in was.items():
        if isinstance(text, str) and len(text) >= 8 and now.get(name) != text:
            yield text


def known_sources(connection: Connection) -> list[str]:
    """Every source that the store has a record or a cursor of."""
    names = {
        row[0]
        for kind in ("cursor", "ticket", "customer")
        for row in connection.exec_driver_sql(f'SELECT DISTINCT source FROM "{kind}"')
    }
    return sorted(names)


def erased_rows(connection: Connection, marks: Iterable[str]) -> int:
    """How many of these marks are in the table of tombstones."""
    statement = marked(connection, "SELECT count(*) FROM erasure WHERE mark = ?")
    return sum(
        int(connection.exec_driver_sql(statement, (mark,)).scalar_one()) for mark in set(marks)
    )
