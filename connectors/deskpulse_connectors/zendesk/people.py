"""Users, groups and organizations as customers, agents, teams and accounts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from deskpulse.errors import RecordRejected
from deskpulse.records import Account, Agent, Customer, Record, Team, Tombstone
from deskpulse_connectors.raw import need, text_id

CUSTOMER_ROLES = frozenset({"end-user"})
AGENT_ROLES = frozenset({"agent", "admin"})
"""Light agents and contributors are agents too: `role_type` tells them apart, `role` does not."""


def to_person(raw: Any) -> Iterator[Record]:
    """A user as Customer or Agent, by the role they have now; a deleted user is gone as well.

    Zendesk keeps no history of roles: core notes a RoleChange when a person turns from one into
    the other, and the first role seen counts for the past.
    """
    user_id = text_id(need(raw, "id", "user"))
    role = need(raw, "role", "user")
    if role not in CUSTOMER_ROLES | AGENT_ROLES:
        allowed = ", ".join(sorted(CUSTOMER_ROLES | AGENT_ROLES))
        raise RecordRejected(f"user {user_id}: role is {role!r}; allowed: {allowed}")
    kind = "customer" if role in CUSTOMER_ROLES else "agent"
    yield _customer(raw) if kind == "customer" else _agent(raw)
    if raw.get("active") is False or raw.get("permanently_deleted") is True:
        yield _gone(user_id, kind, raw.get("updated_at"))


def _customer(raw: Any) -> Customer:
    return Customer.read(
        {
            "id": raw["id"],
            "name": raw.get("name"),
            "email": raw.get("email"),
            "account_id": raw.get("organization_id"),
            "created_at": raw.get("created_at"),
            "language": raw.get("locale"),
        }
    )


def _agent(raw: Any) -> Agent:
    group = raw.get("default_group_id")
    return Agent.read(
        {
            "id": raw["id"],
            "name": raw.get("name"),
            "email": raw.get("email"),
            "team_ids": None if group is None else [str(group)],
            "active": raw.get("active") is not False and raw.get("suspended") is not True,
            "created_at": raw.get("created_at"),
        }
    )


def to_account(raw: Any) -> Iterator[Record]:
    """An organization as Account; `organization_fields` with one value each become `custom`."""
    account_id = text_id(need(raw, "id", "organization"))
    if raw.get("deleted_at") is not None:
        yield _gone(account_id, "account", raw["deleted_at"])
        return
    fields = raw.get("organization_fields") or {}
    yield Account.read(
        {
            "id": account_id,
            "name": raw.get("name"),
            "domains": raw.get("domain_names"),
            "created_at": raw.get("created_at"),
            "custom": {
                key: value
                for key, value in fields.items()
                if value is None or isinstance(value, str | int | float | bool)
            },
        }
    )


def to_team(raw: Any) -> Iterator[Record]:
    """A group as Team."""
    team_id = text_id(need(raw, "id", "group"))
    if raw.get("deleted") is True:
        yield _gone(team_id, "team", raw.get("updated_at"))
        return
    yield Team.read({"id": team_id, "name": raw.get("name")})


def _gone(record_id: str | None, kind: str, gone_at: Any) -> Tombstone:
    return Tombstone.read(
        {"id": record_id, "record": kind, "reason": "deleted", "gone_at": gone_at}
    )
