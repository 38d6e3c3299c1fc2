"""Find a person in the store: by source and id, or by their address in every source."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection

from deskpulse.privacy import Erased, Keyed, Rules
from deskpulse.privacy.fields import PEOPLE
from deskpulse.records import Customer
from deskpulse.store.sql import marked
from deskpulse.store.tables import TABLES


@dataclass(frozen=True, slots=True)
class Person:
    """One person as one source knows them; `account`: their account, where it is they alone."""

    source: str
    id: str
    name: str | None = None
    email: str | None = None
    address_mark: str | None = None
    account: str | None = None

    @property
    def reference(self) -> str:
        """`support/4711`."""
        return f"{self.source}/{self.id}"

    def marks(self, erased: Erased) -> set[str]:
        """The marks that their tombstone consists of."""
        found = {erased.id_mark("person", self.source, self.id)}
        if self.address_mark:
            found.add(self.address_mark)
        if self.account is not None:
            found.add(erased.id_mark("account", self.source, self.account))
        return found


def find(connection: Connection, target: str, rules: Rules, keyed: Keyed) -> list[Person]:
    """Whoever `target` names, `SOURCE/ID` or an address, as every source knows them.

    Records with the same address are the same person. Empty if the store knows nobody like that.
    """
    source, slash, ident = target.partition("/")
    found: dict[tuple[str, str], Person] = {}
    mark = None
    if slash:
        person = _known(connection, source, str(rules.person(ident)), keyed)
        if person is not None:
            found[person.source, person.id] = person
            mark = person.address_mark
    if mark is None and "@" in (ident if slash else target):
        mark = keyed.address(ident if slash else target)
    if mark is not None:
        for person in _with_address(connection, mark, keyed):
            found.setdefault((person.source, person.id), person)
    return sorted(found.values(), key=lambda each: (each.source, each.id))


def _known(connection: Connection, source: str, ident: str, keyed: Keyed) -> Person | None:
    """The customer; where only other records name them, a person without name and address."""
    for person in _customers(connection, "source = ? AND id = ?", (source, ident), keyed):
        return person
    for kind, columns in PEOPLE.items():
        for column in columns:
            statement = f'SELECT 1 FROM "{kind}" WHERE source = ? AND "{column}" = ? LIMIT 1'
            named = connection.exec_driver_sql(marked(connection, statement), (source, ident))
            if named.first() is not None:
                mark = keyed.address(ident) if "@" in ident or ident.startswith("hash-") else None
                email = ident if "@" in ident else None
                return Person(source, ident, email=email, address_mark=mark)
    return None


def _with_address(connection: Connection, mark: str, keyed: Keyed) -> Iterable[Person]:
    """Customers whose address has this mark; every customer with an address is looked at."""
    known = (
        "email IS NOT NULL OR custom LIKE ?",
        ('%"email_key"%',),
    )
    for person in _customers(connection, *known, keyed):
        if person.address_mark == mark and not person.id.startswith("erased-"):
            yield person


def _customers(
    connection: Connection, where: str, parameters: tuple[str, ...], keyed: Keyed
) -> Iterable[Person]:
    twin = TABLES["customer"]
    columns = ", ".join(f'"{name}"' for name in twin.columns)
    statement = f'SELECT {columns} FROM "customer" WHERE {where}'
    for row in connection.exec_driver_sql(marked(connection, statement), parameters).all():
        record = twin.record(dict(zip(twin.columns, row, strict=True)))
        assert isinstance(record, Customer)
        yield Person(
            record.source,
            record.id,
            record.name,
            record.email if "@" in (record.email or "") else None,
            _mark(record, keyed),
            record.account_id if record.account_id == record.id else None,
        )


def _mark(record: Customer, keyed: Keyed) -> str | None:
    if record.email:
        return keyed.address(record.email)
    key = (record.custom or {}).get("email_key")
    return keyed.known_address(key) if isinstance(key, str) else None
