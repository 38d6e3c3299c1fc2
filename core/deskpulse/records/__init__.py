"""The kinds of record: the language that connectors speak and the store keeps."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from deskpulse.errors import RecordRejected
from deskpulse.records.base import Record, describe
from deskpulse.records.commerce import Measurement, Order, Subscription, Usage
from deskpulse.records.people import Account, Agent, Customer, RoleChange, Team
from deskpulse.records.promises import Schedule, SlaPolicy, Tombstone, VendorMetric
from deskpulse.records.tickets import Change, Message, Ticket
from deskpulse.records.voices import Interaction, Survey, Worklog

KINDS: Mapping[str, type[Record]] = MappingProxyType(
    {
        kind.kind_name: kind
        for kind in (
            Ticket,
            Message,
            Change,
            Customer,
            Agent,
            Team,
            Account,
            RoleChange,
            Survey,
            Interaction,
            Worklog,
            Order,
            Subscription,
            Usage,
            Measurement,
            SlaPolicy,
            Schedule,
            VendorMetric,
            Tombstone,
        )
    }
)
"""Every kind by its name in files and tables."""


def read_record(fields: Mapping[str, Any]) -> Record:
    """Build a record from a line of our own format: `{"record": "ticket", "id": ..., ...}`.

    Raises `RecordRejected` naming the kind or field that is wrong.
    """
    values = dict(fields)
    name = values.pop("record", None)
    kind = KINDS.get(name) if isinstance(name, str) else None
    if kind is None:
        came = "missing" if name is None else repr(name)
        raise RecordRejected(f"record is {came}; allowed: {', '.join(KINDS)}")
    if kind is Tombstone:
        # its own field is called `record` too, so a line names the kind that is gone under "of"
        values["record"] = values.pop("of", "ticket")
    return kind.read(values)


__all__ = [
    "KINDS",
    "Account",
    "Agent",
    "Change",
    "Customer",
    "Interaction",
    "Measurement",
    "Message",
    "Order",
    "Record",
    "RoleChange",
    "Schedule",
    "SlaPolicy",
    "Subscription",
    "Survey",
    "Team",
    "Ticket",
    "Tombstone",
    "Usage",
    "VendorMetric",
    "Worklog",
    "describe",
    "read_record",
]
