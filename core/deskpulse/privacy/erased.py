"""Those who were erased: their records are known by marks alone, and come in without the person.

Whoever was erased is called `erased-MARK` from then on, the same in every record, so that numbers
of tickets, contacts and customers stay what they were.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from deskpulse.privacy.fields import (
    ACCOUNTS,
    ADDRESS,
    FACTUAL,
    PEOPLE,
    PERSON_CHANGES,
    WORDS,
)
from deskpulse.privacy.keyed import ERASED, HASHED, Keyed
from deskpulse.records import Record
from deskpulse.records.people import EMAIL_KEY

NOBODY: frozenset[str] = frozenset()
MASKED = "it names somebody who was erased"


@dataclass(frozen=True, slots=True)
class Erased:
    """`marks` are those of ids, accounts and addresses. False while there are none.

    `kept`: custom text fields of tickets that stay, because facts or promises are made of them.
    """

    keyed: Keyed | None = None
    marks: frozenset[str] = NOBODY
    kept: frozenset[str] = NOBODY

    def __bool__(self) -> bool:
        return bool(self.marks)

    def person(self, source: str, ident: str) -> str:
        """What a person of a source is called: by their id, or `erased-...`."""
        mark = self.id_mark("person", source, ident)
        return ERASED + mark if mark in self.marks else ident

    def account(self, source: str, ident: str) -> str:
        """The same for an account."""
        mark = self.id_mark("account", source, ident)
        return ERASED + mark if mark in self.marks else ident

    def id_mark(self, what: str, source: str, ident: str) -> str:
        """The mark of an id; of one that is an address, the mark of the address."""
        assert self.keyed is not None
        if ident.startswith((HASHED, ERASED)) or (what == "person" and "@" in ident):
            return self.keyed.address(ident) or ""
        return self.keyed.mark(what, source, ident)

    def text(self, text: str) -> str:
        """The text with `erased-...` for every address of somebody who was erased."""
        return ADDRESS.sub(self._address, text) if "@" in text else text

    def _address(self, found: re.Match[str]) -> str:
        assert self.keyed is not None
        mark = self.keyed.address(found[0])
        return ERASED + mark if mark is not None and mark in self.marks else found[0]

    def clean(self, source: str, record: Record, theirs: Collection[str] = NOBODY) -> Record:
        """The record without whoever was erased; `theirs` are ids of tickets that they began.

        The record itself where it names none of them.
        """
        values, kind = record.__dict__, record.kind_name
        fresh = self._strings(kind, values)
        people = {name: values[name] for name in PEOPLE.get(kind, ()) if values[name] is not None}
        names = {name: self.person(source, ident) for name, ident in people.items()}
        fresh |= names
        fresh |= {
            name: self.account(source, values[name])
            for name in ACCOUNTS.get(kind, ())
            if values[name] is not None
        }
        if kind == "change" and values["field"] in PERSON_CHANGES:
            sides = {side: values[side] for side in ("old", "new") if values[side] is not None}
            fresh |= {side: self.person(source, ident) for side, ident in sides.items()}
        if kind == "measurement":
            fresh["dims"] = self._dims(source, values["dims"] or {})
        if kind == "tombstone" and values["record"] in ("customer", "agent"):
            fresh["id"] = self.person(source, values["id"])
        if "id" not in names:
            fresh["id"] = _of_parts(fresh.get("id", values["id"]), people, names)
        fresh |= self._blank(kind, values, fresh, theirs)
        fresh = {name: value for name, value in fresh.items() if value != values[name]}
        return record.model_copy(update=fresh) if fresh else record

    def names(self, source: str, raw: Any) -> bool:
        """Whether a raw record, or a text, names somebody who was erased by id or address."""
        if not self.marks:
            return False
        return any(
            self.text(leaf) != leaf or self.person(source, leaf) != leaf for leaf in _leaves(raw)
        )

    def _dims(self, source: str, dims: Mapping[str, str]) -> dict[str, str]:
        """What a number is about: a customer, an agent, an account among others."""
        ways = {"customer": self.person, "agent": self.person, "account": self.account}
        return {
            name: ways[name](source, value) if name in ways else self.text(value)
            for name, value in dims.items()
        }

    def _strings(self, kind: str, values: Mapping[str, Any]) -> dict[str, Any]:
        """Every text in which an address may stand."""
        texts = ("id", *WORDS.get(kind, ()))
        found: dict[str, Any] = {
            name: self.text(values[name]) for name in texts if isinstance(values[name], str)
        }
        if values.get("custom"):
            found["custom"] = {
                name: self.text(value) if isinstance(value, str) else value
                for name, value in values["custom"].items()
            }
        if values.get("tags"):
            found["tags"] = [self.text(tag) for tag in values["tags"]]
        return found

    def _blank(
        self,
        kind: str,
        values: Mapping[str, Any],
        fresh: Mapping[str, Any],
        theirs: Collection[str],
    ) -> dict[str, Any]:
        """What goes from a record that is about somebody who was erased."""

        def gone(name: str) -> bool:
            return str(fresh.get(name) or "").startswith(ERASED)

        if kind == "ticket" and gone("requester_id"):
            return {"subject": None, "custom": self._factual(fresh.get("custom") or {})}
        if kind == "message" and (gone("author_id") or values["ticket_id"] in theirs):
            return {"subject": None, "body": None}
        if kind == "survey" and (gone("customer_id") or values["ticket_id"] in theirs):
            return {"comment": None}
        if kind == "change" and (gone("actor_id") or values["ticket_id"] in theirs):
            return {} if values["field"] in FACTUAL else {"old": None, "new": None}
        if kind in ("customer", "agent"):
            mark = self._address_of(values)
            if gone("id") or mark in self.marks:
                blank = {"name": None, "email": None}
                custom = {EMAIL_KEY: ERASED + mark} if mark else {}
                return {**blank, "custom": custom} if kind == "customer" else blank
        if kind == "account" and gone("id"):
            return {"name": None, "domains": None, "custom": {}}
        return {}

    def _factual(self, custom: Mapping[str, Any]) -> dict[str, Any]:
        """Custom fields of a ticket: numbers and flags stay, and texts that facts are made of."""
        return {
            name: value
            for name, value in custom.items()
            if not isinstance(value, str) or name in self.kept
        }

    def _address_of(self, values: Mapping[str, Any]) -> str | None:
        assert self.keyed is not None
        key = (values.get("custom") or {}).get(EMAIL_KEY)
        if values["email"]:
            return self.keyed.address(values["email"])
        return self.keyed.known_address(key) if isinstance(key, str) else None


def _of_parts(ident: str, people: Mapping[str, str], names: Mapping[str, str]) -> str:
    """A record's id where it is made of a person's: `4711:first`, `4711/2026-11-22`."""
    for name, was in people.items():
        if was != names[name]:
            ident = re.sub(rf"(?<!\w){re.escape(was)}(?!\w)", names[name], ident)
    return ident


def _leaves(raw: Any) -> Iterator[str]:
    """Every value of a raw record as text; of a text, its words as well."""
    if isinstance(raw, Mapping):
        for key, value in raw.items():
            yield str(key)
            yield from _leaves(value)
    elif isinstance(raw, list | tuple):
        for value in raw:
            yield from _leaves(value)
    elif isinstance(raw, str):
        yield raw
        yield from re.findall(r"[\w.@+-]+", raw)
    elif isinstance(raw, int | float):
        yield str(raw)
    elif raw is not None:
        yield from _leaves(str(raw))
