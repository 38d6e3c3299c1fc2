"""The parts that the mart's tables are stored in, each owned by one kind of record.

Whoever owns a row decides when it is written anew: its ticket, or, where it has none, the record
itself. So a table of calls has two parts, and is their union.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Part:
    """`key` names the column with the owner's id; `month` the instant whose UTC month files go by.

    Rows that tickets own go by the month of their ticket; `month` empty puts all in one.
    """

    name: str
    table: str
    owner: str
    key: str
    month: str = ""


def _of_tickets(table: str) -> Part:
    return Part(table, table, "ticket", "ticket_id", "created_at")


_ALL = (
    *map(_of_tickets, ("tickets", "replies", "reactions", "stages", "surveys", "interactions")),
    *map(_of_tickets, ("activities", "sla")),
    Part("surveys_alone", "surveys", "survey", "survey_id", "sent_at"),
    Part("interactions_alone", "interactions", "interaction", "interaction_id", "started_at"),
    Part("calls_alone", "activities", "interaction", "activity_id", "acted_at"),
    Part("worklogs_alone", "activities", "worklog", "activity_id", "acted_at"),
    Part("orders", "orders", "order", "order_id", "placed_at"),
    Part("subscriptions", "subscriptions", "subscription", "subscription_id", "started_at"),
    Part("usage", "usage", "usage", "usage_id", "day_at"),
    Part("measurements", "measurements", "measurement", "measurement_id", "day_at"),
    Part("accounts", "accounts", "account", "account_id"),
    Part("customers", "customers", "customer", "customer_id", "created_at"),
    Part("agents", "agents", "agent", "agent_id"),
    Part("teams", "teams", "team", "team_id"),
)
PARTS: Mapping[str, Part] = MappingProxyType({part.name: part for part in _ALL})
"""Every part by name."""
OWNERS = tuple(dict.fromkeys(part.owner for part in _ALL))
"""Kinds of record that own rows, tickets first."""


def parts_of(owner: str) -> list[Part]:
    """The parts that a kind of record owns."""
    return [part for part in _ALL if part.owner == owner]
