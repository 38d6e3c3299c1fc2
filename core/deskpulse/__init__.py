"""The toolkit for plugins: `from deskpulse import Connector, Page, Ticket, hookimpl`.

Every name here is public and stays: connectors, notifiers, records, errors, hooks. Nothing is
loaded before it is asked for (PEP 562), so that `import deskpulse` costs next to nothing.

`Message` is the record, a reply or note of a ticket. What a notifier is asked to send is the
`Message` of `deskpulse.message`, which comes with the parts that it is made of.
"""

from __future__ import annotations

from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from deskpulse.connector import Connector, Page, Stream, stream
    from deskpulse.errors import (
        AuthRejected,
        ConfigError,
        CursorExpired,
        DeliveryDeferred,
        DeliveryError,
        DeliveryRejected,
        DeskpulseError,
        LeaseHeld,
        PluginError,
        RateLimited,
        RecordRejected,
        RequestRefused,
        SourceChanged,
        SourceError,
        SourceUnavailable,
        SourceUnreachable,
        StoreError,
        StoreUnreachable,
        StreamForbidden,
    )
    from deskpulse.hookspecs import hookimpl
    from deskpulse.notifier import Notifier, Receipt
    from deskpulse.records import (
        Account,
        Agent,
        Change,
        Customer,
        Interaction,
        Measurement,
        Message,
        Order,
        Record,
        RoleChange,
        Schedule,
        SlaPolicy,
        Subscription,
        Survey,
        Team,
        Ticket,
        Tombstone,
        Usage,
        VendorMetric,
        Worklog,
    )
    from deskpulse.untrusted import Untrusted

__all__ = [
    "Account",
    "Agent",
    "AuthRejected",
    "Change",
    "ConfigError",
    "Connector",
    "CursorExpired",
    "Customer",
    "DeliveryDeferred",
    "DeliveryError",
    "DeliveryRejected",
    "DeskpulseError",
    "Interaction",
    "LeaseHeld",
    "Measurement",
    "Message",
    "Notifier",
    "Order",
    "Page",
    "PluginError",
    "RateLimited",
    "Receipt",
    "Record",
    "RecordRejected",
    "RequestRefused",
    "RoleChange",
    "Schedule",
    "SlaPolicy",
    "SourceChanged",
    "SourceError",
    "SourceUnavailable",
    "SourceUnreachable",
    "StoreError",
    "StoreUnreachable",
    "Stream",
    "StreamForbidden",
    "Subscription",
    "Survey",
    "Team",
    "Ticket",
    "Tombstone",
    "Untrusted",
    "Usage",
    "VendorMetric",
    "Worklog",
    "hookimpl",
    "stream",
]

_HOME = MappingProxyType(
    {
        "Connector": "connector",
        "Notifier": "notifier",
        "Page": "connector",
        "Receipt": "notifier",
        "Stream": "connector",
        "Untrusted": "untrusted",
        "hookimpl": "hookspecs",
        "stream": "connector",
    }
)
"""Modules of the names that are neither records nor errors."""


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'deskpulse' has no attribute {name!r}")
    errors = import_module("deskpulse.errors")
    if hasattr(errors, name):
        return getattr(errors, name)
    return getattr(import_module(f"deskpulse.{_HOME.get(name, 'records')}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
