"""`[privacy]` applied to a record before it is stored: the same for every source."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from deskpulse.privacy.expiry import without_the_old
from deskpulse.privacy.fields import ADDRESS, FACTUAL, PEOPLE, PERSON_CHANGES, WORDS
from deskpulse.privacy.keyed import HASHED, Keyed
from deskpulse.records import Record
from deskpulse.records.people import EMAIL_KEY

Treatment = Literal["as_is", "hashed", "dropped"]
Retention = Mapping[str, timedelta]
"""Kind of record -> how long it is kept."""

DROPPED = "(address)"
"""What stands in a text for an address that is not kept."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What is kept of subjects and addresses, and for how long. Hashes need the key.

    Texts of messages are no matter of these rules: the store leaves them out (`keep_bodies`).
    """

    subjects: Treatment = "as_is"
    addresses: Treatment = "as_is"
    keyed: Keyed | None = None
    retention: Retention = field(default_factory=dict)

    def applied(self, records: Iterable[Record], now: datetime) -> list[Record]:
        """The records as they may be stored; those that are too old are left out."""
        found = list(records)
        if self.retention:
            found = without_the_old(found, self.retention, now)
        if self.subjects == "as_is" and self.addresses == "as_is":
            return found
        return [self.of(record) for record in found]

    def of(self, record: Record) -> Record:
        """The record with its subject and its addresses as the rules want them."""
        values = record.__dict__
        fresh = self._subject(record)
        if self.addresses != "as_is":
            fresh = {**self._addresses(record), **fresh}
        fresh = {name: value for name, value in fresh.items() if value != values[name]}
        return record.model_copy(update=fresh) if fresh else record

    def subject(self, text: str | None) -> str | None:
        """A subject as it may be kept. Hashes stay as they are."""
        if text is None or self.subjects == "as_is" or text.startswith(HASHED):
            return text
        if self.subjects == "dropped":
            return None
        return HASHED + self._key.mark("subject", text.strip().lower())

    def person(self, ident: str | None) -> str | None:
        """The id of a person: one that is an address is always hashed, for it links records."""
        if ident is None or "@" not in ident or self.addresses == "as_is":
            return ident
        return HASHED + str(self._key.address(ident))

    def text(self, text: str | None) -> str | None:
        """A text with the addresses in it as they may be kept."""
        if text is None or "@" not in text or self.addresses == "as_is":
            return text
        if self.addresses == "dropped":
            return ADDRESS.sub(DROPPED, text)
        return ADDRESS.sub(lambda found: f"{HASHED}{self._key.address(found[0])}", text)

    @property
    def _key(self) -> Keyed:
        assert self.keyed is not None, "the configuration has no key for hashes"
        return self.keyed

    def _subject(self, record: Record) -> dict[str, Any]:
        values, kind = record.__dict__, record.kind_name
        if self.subjects == "as_is":
            return {}
        if kind in ("ticket", "message"):
            return {"subject": self.subject(values["subject"])}
        if kind == "change" and values["field"] == "subject":
            return {side: self.subject(values[side]) for side in ("old", "new")}
        return {}

    def _addresses(self, record: Record) -> dict[str, Any]:
        values, kind = record.__dict__, record.kind_name
        fresh: dict[str, Any] = {name: self.person(values[name]) for name in PEOPLE.get(kind, ())}
        if kind == "change":
            return fresh | self._sides(values)
        fresh |= {name: self.text(values[name]) for name in WORDS.get(kind, ())}
        if kind == "role":
            fresh["id"] = values["id"].replace(values["person_id"], fresh["person_id"])
        if kind == "tombstone" and values["record"] in ("customer", "agent"):
            fresh["id"] = self.person(values["id"])
        if kind in ("customer", "agent"):
            fresh["email"] = self._email(values["email"])
        if "custom" in values:
            fresh["custom"] = self._custom(values, fresh.get("email"))
        return fresh

    def _sides(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The old and the new value of a Change."""
        if values["field"] in PERSON_CHANGES:
            return {side: self.person(values[side]) for side in ("old", "new")}
        if values["field"] in FACTUAL:
            return {}
        return {side: self.text(values[side]) for side in ("old", "new")}

    def _email(self, email: str | None) -> str | None:
        mark = None if email is None else self._key.address(email)
        return None if mark is None or self.addresses == "dropped" else HASHED + mark

    def _custom(self, values: Mapping[str, Any], email: str | None) -> dict[str, Any]:
        """Custom fields; the key by which other sources know the person is made of the hash."""
        kept = {
            name: self.text(value) if isinstance(value, str) else value
            for name, value in (values["custom"] or {}).items()
        }
        known = kept.pop(EMAIL_KEY, None)
        if email is not None:
            kept[EMAIL_KEY] = email
        elif isinstance(known, str) and self.addresses == "hashed":
            kept[EMAIL_KEY] = HASHED + self._key.known_address(known)
        return kept
