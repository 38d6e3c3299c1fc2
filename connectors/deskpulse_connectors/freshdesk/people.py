"""Agents, groups, contacts and companies as agents, teams, customers and accounts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from deskpulse.records import Account, Agent, Customer, Record, Team, Tombstone
from deskpulse_connectors.raw import mapping, need


def to_agent(raw: Any) -> Agent:
    """An agent; who they are is in `contact`. The teams are known where the answer names groups."""
    contact = mapping(need(raw, "contact", "agent"))
    groups = raw.get("group_ids")
    return Agent.read(
        {
            "id": need(raw, "id", "agent"),
            "name": contact.get("name"),
            "email": contact.get("email"),
            "team_ids": [str(each) for each in groups] if isinstance(groups, list) else None,
            "active": contact.get("active"),
            "created_at": raw.get("created_at"),
        }
    )


def to_team(raw: Any) -> Team:
    """A group, with the business hours it works in."""
    hours = raw.get("business_hour_id") if isinstance(raw, Mapping) else None
    return Team.read(
        {"id": need(raw, "id", "group"), "name": raw.get("name"), "schedule_id": hours}
    )


def to_customer(raw: Any) -> Iterator[Record]:
    """A contact. One who is an agent by now is none: the agents tell of them."""
    ident = need(raw, "id", "contact")
    if raw.get("helpdesk_agent") is True:
        return
    yield Customer.read(
        {
            "id": ident,
            "name": raw.get("name"),
            "email": raw.get("email"),
            "account_id": raw.get("company_id"),
            "created_at": raw.get("created_at"),
            "language": raw.get("language"),
        }
    )
    if raw.get("deleted") is True:
        yield Tombstone.read(
            {
                "id": ident,
                "record": "customer",
                "reason": "deleted",
                "gone_at": raw.get("updated_at"),
            }
        )


def to_account(raw: Any) -> Account:
    """A company; health, industry and its custom fields go into `custom`."""
    custom = {
        key: value
        for key, value in mapping(mapping(raw).get("custom_fields")).items()
        if isinstance(value, str | int | float | bool)
    }
    ident = need(raw, "id", "company")
    for key in ("health_score", "industry", "renewal_date"):
        if raw.get(key) is not None:
            custom[key] = raw[key]
    return Account.read(
        {
            "id": ident,
            "name": raw.get("name"),
            "domains": raw.get("domains"),
            "tier": raw.get("account_tier"),
            "created_at": raw.get("created_at"),
            "custom": custom,
        }
    )
