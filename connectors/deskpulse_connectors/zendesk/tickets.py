"""A row of the ticket export as records: the ticket, its Tombstone, Zendesk's own metrics."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from deskpulse.records import Record, Ticket, Tombstone
from deskpulse_connectors.raw import mapping, need, text_id
from deskpulse_connectors.zendesk.metrics import to_metrics
from deskpulse_connectors.zendesk.values import (
    MACHINES,
    SYSTEM,
    channel,
    instant,
    status,
    via_channel,
    via_source,
)

MERGED_TAG = "closed_by_merge"
FOLLOW_UP = "follow_up"
OWN_FIELDS = frozenset({"reason", "language"})
"""Ticket fields of ours that a custom field may fill; any other name goes into `custom`."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What the settings say about reading tickets.

    `fields`: custom field id -> our name. `brands`: brand id -> name. `desk`: the address that
    agents open. `reconcile`: whether Zendesk's own metrics are read too.
    """

    desk: str
    fields: Mapping[str, str] = field(default_factory=dict)
    brands: Mapping[str, str] = field(default_factory=dict)
    reconcile: bool = True


def to_ticket(raw: Any, reading: Reading) -> Iterator[Record]:
    """The ticket as it is now; a deleted one gives only a Tombstone, so its last status stays.

    Deleted tickets are scrubbed later ("SCRUBBED" as subject), so nothing of them is read. A
    ticket that was merged away is closed with a tag; the events name the ticket it went into.
    """
    ticket_id = text_id(need(raw, "id", "ticket"))
    state = need(raw, "status", "ticket")
    changed = need(raw, "generated_timestamp", "ticket")
    if state == "deleted":
        yield _gone(raw, "deleted")
        return
    vendor_channel = via_channel(raw.get("via"))
    custom, own = _fields(raw, reading)
    tags = raw.get("tags")
    yield Ticket.read(
        {
            "id": ticket_id,
            "subject": raw.get("subject"),
            "url": f"{reading.desk}/agent/tickets/{ticket_id}",
            "status": status(state),
            "priority": raw.get("priority"),
            "kind": raw.get("type"),
            "channel": channel(vendor_channel),
            "vendor_channel": vendor_channel,
            "tags": tags,
            "brand": _brand(raw.get("brand_id"), reading),
            "requester_id": raw.get("requester_id"),
            "account_id": raw.get("organization_id"),
            "assignee_id": raw.get("assignee_id"),
            "team_id": raw.get("group_id"),
            "initiated_by": _initiated_by(raw, vendor_channel),
            "created_at": need(raw, "created_at", "ticket"),
            "updated_at": raw.get("updated_at"),
            # not updated_at: changes by the system bump only generated_timestamp
            "source_version": changed,
            "due_at": raw.get("due_at"),
            "custom": custom,
            **own,
        }
    )
    if isinstance(tags, list) and MERGED_TAG in tags:
        yield _gone(raw, "merged")
    metric_set = raw.get("metric_set")
    if reading.reconcile and isinstance(metric_set, Mapping):
        yield from to_metrics(str(ticket_id), metric_set)


def _gone(raw: Mapping[str, Any], reason: str) -> Tombstone:
    """It went with its last event: scrubbing and archiving bump only generated_timestamp."""
    gone_at = raw.get("updated_at") or instant(raw["generated_timestamp"])
    return Tombstone.read(
        {"id": raw["id"], "record": "ticket", "reason": reason, "gone_at": gone_at}
    )


def _brand(brand_id: Any, reading: Reading) -> str | None:
    if brand_id is None:
        return None
    return reading.brands.get(str(brand_id), str(brand_id))


def _initiated_by(raw: Mapping[str, Any], vendor_channel: str | None) -> str | None:
    """Who opened it, where submitter and requester tell; the submitter wrote the first comment."""
    submitter, requester = raw.get("submitter_id"), raw.get("requester_id")
    if submitter == SYSTEM or vendor_channel in MACHINES:
        return "system"
    if submitter is None or requester is None:
        return None
    return "customer" if submitter == requester else "agent"


def _fields(raw: Mapping[str, Any], reading: Reading) -> tuple[dict[str, Any], dict[str, Any]]:
    """Configured custom fields, split into `custom` and the ticket's own; `fields` repeats them."""
    custom: dict[str, Any] = {}
    own: dict[str, Any] = {}
    source = via_source(raw.get("via"))
    if source.get("rel") == FOLLOW_UP:
        earlier = mapping(source.get("from")).get("ticket_id")
        if earlier is not None:
            custom["follow_up_of"] = str(earlier)
    for entry in raw.get("custom_fields") or ():
        name = reading.fields.get(str(mapping(entry).get("id")))
        if name is not None:
            (own if name in OWN_FIELDS else custom)[name] = scalar(entry.get("value"))
    return custom, own


def scalar(value: Any) -> Any:
    """A custom field's value as one scalar; the choices of a multiselect are joined by a comma."""
    if isinstance(value, list):
        return ", ".join(str(each) for each in value)
    return value
