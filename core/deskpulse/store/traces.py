"""Traces of people in texts that are not about them alone: addresses, names, ids.

An address is found anywhere; a name where it is two words or more, a single word being many
people's; an id where it cannot be mistaken for another number.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import orjson
from sqlalchemy import Connection
from sqlmodel import SQLModel

from deskpulse.privacy import Erased
from deskpulse.store.persons import Person
from deskpulse.store.sql import marked, run_many

GONE = "(erased)"
"""What stands where a name or a text was."""
_LONG = 5
"""Shorter ids are looked for as whole values only."""

_WORD = (r"(?<!\w)", r"(?!\w)")

TEXTS = {
    "ticket": ("subject", "custom", "tags", "url"),
    "message": ("subject", "body"),
    "change": ("old", "new"),
    "survey": ("comment",),
    "customer": ("custom",),
    "measurement": ("dims",),
    "account": ("name", "custom"),
}
"""Kind -> columns in which somebody else may have written of them."""


@dataclass(frozen=True)
class Traces:
    """What to look for, and what to put there."""

    names: dict[str, str]
    """Lower case -> replacement."""
    tickets: frozenset[str]
    """`SOURCE/ID` of their tickets, and of the calls and answers that alerts speak of."""
    words: frozenset[str]
    """What was written on these tickets."""
    references_differ: bool = False
    """`SOURCE/NUMBER` is a ticket, as in our own books: a number after a slash is not a person."""

    @classmethod
    def of(
        cls,
        people: Iterable[Person],
        erased: Erased,
        tickets: Collection[tuple[str, str]],
        words: Iterable[str],
    ) -> Traces:
        """The traces of these people."""
        names: dict[str, str] = {}
        for person in people:
            pseudonym = erased.person(person.source, person.id)
            if len(person.id) >= _LONG:
                names[person.id.lower()] = pseudonym
            if person.email:
                names[person.email.lower()] = f"erased-{person.address_mark}"
            if person.name and len(person.name.split()) > 1:
                names[person.name.lower()] = GONE
        references = frozenset(f"{source}/{ident}" for source, ident in tickets)
        return cls(names, references, frozenset(words))

    def cleaned(self, text: str) -> str:
        """The text without them; JSON stays JSON."""
        if text[:1] in ("{", "["):
            try:
                value = orjson.loads(text)
            except orjson.JSONDecodeError:
                return self._plain(text)
            clean = self.value(value)
            return text if clean == value else orjson.dumps(clean).decode()
        return self._plain(text)

    def value(self, value: Any) -> Any:
        """A JSON value without them."""
        if isinstance(value, str):
            return self._plain(value)
        if isinstance(value, dict):
            return {self._plain(key): self.value(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [self.value(inner) for inner in value]
        if isinstance(value, int) and not isinstance(value, bool):
            return self.names.get(str(value), value)
        return value

    def named(self, value: Any) -> bool:
        """Whether a text or a raw record names them."""
        return bool(self.value(value) != value)

    def _plain(self, text: str) -> str:
        return self._pattern.sub(lambda found: self._instead(found[0]), text)

    def _instead(self, found: str) -> str:
        return self.names.get(found.lower(), GONE)

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        arms = []
        slash = "/" if self.references_differ else ""
        for name in sorted(self.names, key=len, reverse=True):
            # a number within another one is somebody else, or a quantity
            edges = (
                (rf"(?<![\w#{slash}-])(?<!\d\.)", r"(?![\w-]|\.\d)") if name.isdigit() else _WORD
            )
            arms.append(f"{edges[0]}{re.escape(name)}{edges[1]}")
        return re.compile("|".join(arms) or r"(?!)", re.IGNORECASE)

    # --- in the database ----------------------------------------------------------------------

    def sweep_records(self, connection: Connection) -> dict[str, int]:
        """Clean the texts in which others wrote of them."""
        return {
            kind: count
            for kind, columns in TEXTS.items()
            if (count := self.sweep(connection, kind, columns))
        }

    def sweep(self, connection: Connection, table: str, columns: Sequence[str]) -> int:
        """Clean these columns of a table; how many rows that changed."""
        rows = self.rows(connection, table, columns)
        changed = []
        for row in rows:
            texts = row[: len(columns)]
            clean = tuple(text and self.cleaned(text) for text in texts)
            if clean != texts:
                changed.append((*clean, *row[len(columns) :]))
        sets = ", ".join(f'"{column}" = ?' for column in columns)
        where = " AND ".join(f'"{key}" = ?' for key in _keys(table))
        run_many(connection, f'UPDATE "{table}" SET {sets} WHERE {where}', changed)
        return len(changed)

    def rows(
        self, connection: Connection, table: str, columns: Sequence[str]
    ) -> list[tuple[Any, ...]]:
        """Rows that may hold a trace in one of these columns: the columns, and the table's key."""
        if not self.names:
            return []
        wanted = sorted({f"%{_like(name)}%" for name in {*self.names, *map(_in_json, self.names)}})
        like = "LIKE" if connection.dialect.name == "sqlite" else "ILIKE"
        tests = " OR ".join(
            f"\"{column}\" {like} ? ESCAPE '!'" for column in columns for _ in wanted
        )
        names = ", ".join(f'"{name}"' for name in (*columns, *_keys(table)))
        statement = marked(connection, f'SELECT {names} FROM "{table}" WHERE {tests}')
        found = connection.exec_driver_sql(statement, tuple(wanted) * len(columns))
        return [tuple(row) for row in found]


def _keys(table: str) -> list[str]:
    return [column.name for column in SQLModel.metadata.tables[table].primary_key]


def _in_json(name: str) -> str:
    return json.dumps(name, ensure_ascii=False)[1:-1]


def _like(name: str) -> str:
    return re.sub(r"([!%_])", r"!\1", name)
