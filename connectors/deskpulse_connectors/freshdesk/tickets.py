"""A ticket as it is now, with everything that is known of its past."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from deskpulse.errors import RecordRejected
from deskpulse.records import Record, Ticket, Tombstone
from deskpulse_connectors.freshdesk.conversations import REFUSED
from deskpulse_connectors.freshdesk.history import to_changes, to_metrics
from deskpulse_connectors.freshdesk.messages import to_messages
from deskpulse_connectors.freshdesk.statuses import LABEL
from deskpulse_connectors.freshdesk.values import (
    KINDS,
    OUTBOUND,
    PRIORITIES,
    channel,
    status,
    vendor_channel,
)
from deskpulse_connectors.raw import mapping, need

OWN_FIELDS = frozenset({"reason", "language"})
DONE = frozenset({"solved", "closed"})


@dataclass(frozen=True, slots=True)
class Reading:
    """What of the settings concerns tickets."""

    desk: str
    statuses: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, str] = field(default_factory=dict)
    brands: Mapping[str, str] = field(default_factory=dict)
    metrics: bool = True
    activities: bool = False


def to_ticket(raw: Any, reading: Reading) -> Iterator[Record]:
    """The ticket, its messages, and the changes and numbers that its `stats` tell.

    RecordRejected for a status without a meaning, and for conversations that were refused.
    """
    if isinstance(raw, Mapping) and REFUSED in raw:
        raise RecordRejected(f"the conversations of ticket {raw[REFUSED]}: {raw['why']}")
    number = need(raw, "id", "ticket")
    present = status(
        need(raw, "status", "ticket"),
        reading.statuses,
        f"ticket {number}",
        str(raw.get(LABEL) or ""),
    )
    yield _ticket(raw, present, reading)
    yield from to_messages(raw)
    yield from to_changes(raw, present, whole=reading.activities)
    if reading.metrics:
        yield from to_metrics(raw)


def to_gone(raw: Any, reason: str) -> Tombstone:
    """A ticket that was deleted or called spam: it is gone, and its last state stays.

    It went when it last changed; one that is restored changes again, and is back.
    """
    return Tombstone.read(
        {
            "id": need(raw, "id", "ticket"),
            "record": "ticket",
            "reason": reason,
            "gone_at": need(raw, "updated_at", "ticket"),
        }
    )


def _ticket(raw: Mapping[str, Any], present: str, reading: Reading) -> Ticket:
    stats, source = mapping(raw.get("stats")), raw.get("source")
    kind = raw.get("type")
    custom, own = _fields(raw, reading)
    if isinstance(kind, str) and kind.lower() not in KINDS:
        custom["type"] = kind
    return Ticket.read(
        {
            "id": raw["id"],
            "subject": raw.get("subject"),
            "url": f"{reading.desk}/a/tickets/{raw['id']}",
            "status": present,
            "priority": PRIORITIES.get(raw.get("priority")),
            "kind": KINDS.get(kind.lower()) if isinstance(kind, str) else None,
            "channel": channel(source),
            "vendor_channel": vendor_channel(source),
            "tags": raw.get("tags"),
            "brand": _brand(raw.get("product_id"), reading),
            "requester_id": raw.get("requester_id"),
            "account_id": raw.get("company_id"),
            "assignee_id": raw.get("responder_id"),
            "team_id": raw.get("group_id"),
            "initiated_by": "agent" if source == OUTBOUND else None,
            "created_at": need(raw, "created_at", "ticket"),
            "updated_at": need(raw, "updated_at", "ticket"),
            "due_at": raw.get("due_by"),
            "first_reply_at": stats.get("first_responded_at"),
            "solved_at": stats.get("resolved_at") if present in DONE else None,
            "closed_at": stats.get("closed_at") if present == "closed" else None,
            "custom": custom,
            **own,
        }
    )


def _brand(product_id: Any, reading: Reading) -> str | None:
    if product_id is None:
        return None
    return reading.brands.get(str(product_id), str(product_id))


def _fields(raw: Mapping[str, Any], reading: Reading) -> tuple[dict[str, Any], dict[str, Any]]:
    """Configured custom fields, split into `custom` and the ticket's own."""
    custom: dict[str, Any] = {}
    own: dict[str, Any] = {}
    for key, value in mapping(raw.get("custom_fields")).items():
        name = reading.fields.get(key)
        if name is not None:
            (own if name in OWN_FIELDS else custom)[name] = _scalar(value)
    return custom, own


def _scalar(value: Any) -> Any:
    """A custom field's value as one scalar; the choices of a multiselect are joined by a comma."""
    return ", ".join(str(each) for each in value) if isinstance(value, list) else value
