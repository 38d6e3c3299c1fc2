"""The people and groups around tickets."""

from __future__ import annotations

import hashlib
from typing import ClassVar, Literal

from pydantic import Field

from deskpulse.records.base import Id, Instant, Money, Record, Scalar

EMAIL_KEY = "email_key"
"""Where `Customer.custom` holds the key of an address that is not kept itself."""


def email_key(email: str) -> str | None:
    """By which customers of different sources are known to be the same person; None for none.

    SHA-256 of the address, trimmed and in lower case: it can be compared, but not be read. Whoever
    guesses an address can check the guess, so it is personal data still.
    """
    address = email.strip().lower()
    if "@" not in address:
        return None
    return hashlib.sha256(address.encode()).hexdigest()


class Customer(Record):
    """Somebody who asks for help."""

    kind_name: ClassVar[str] = "customer"

    name: str | None = None
    email: str | None = None
    account_id: Id | None = None
    created_at: Instant | None = None
    language: str | None = None
    segment: str | None = None
    custom: dict[str, Scalar] = Field(default_factory=dict)


class Agent(Record):
    """Somebody who helps."""

    kind_name: ClassVar[str] = "agent"

    name: str | None = None
    email: str | None = None
    team_ids: list[str] | None = None
    active: bool | None = None
    schedule_id: Id | None = None
    hourly_cost: Money | None = None
    currency: str | None = None
    created_at: Instant | None = None


class Team(Record):
    """A group of agents; a vendor's group."""

    kind_name: ClassVar[str] = "team"

    name: str | None = None
    department: str | None = None
    schedule_id: Id | None = None


class Account(Record):
    """A customer organisation."""

    kind_name: ClassVar[str] = "account"

    name: str | None = None
    domains: list[str] | None = None
    tier: str | None = None
    value: Money | None = None
    currency: str | None = None
    created_at: Instant | None = None
    churned_at: Instant | None = None
    custom: dict[str, Scalar] = Field(default_factory=dict)


class RoleChange(Record):
    """From `since` on, this person has this role; `since` null means always."""

    kind_name: ClassVar[str] = "role"

    person_id: Id
    role: Literal["customer", "agent", "bot"]
    since: Instant | None = None
