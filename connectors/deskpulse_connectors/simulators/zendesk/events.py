"""The shapes of ticket events: one audit, and the changes and comments within it."""

from __future__ import annotations

from typing import Any

from deskpulse_connectors.simulators.hours import iso

VIA_NAMES = {
    "web": "Web form",
    "email": "Mail",
    "api": "Web service",
    "chat": "Chat",
    "native_messaging": "Messaging",
    "voice": "Phone call (incoming)",
    "rule": "Rule",
    "system": "System",
    "sample_ticket": "Sample ticket",
}
"""What the ticket events call a channel; the ticket itself has its key."""

SYSTEM = {
    "client": "Mozilla/5.0 (X11; Linux x86_64)",
    "location": "Berlin, BE, Germany",
    "latitude": 52.52,
    "longitude": 13.4,
}
SAID_BY_NAME = 10
"""Every tenth comment has its `via` as a bare string, as the vendor sometimes sends it."""


def change(ident: int, via: str, field: str, value: Any, previous: Any) -> dict[str, Any]:
    """One field got another value; tags also say what came and what went."""
    event = {
        "id": ident,
        "via": VIA_NAMES[via],
        "via_reference_id": None,
        field: value,
        "previous_value": previous,
        "event_type": "Change",
    }
    if field == "tags":
        event["added_tags"] = [tag for tag in value if tag not in previous]
        event["removed_tags"] = [tag for tag in previous if tag not in value]
    return event


def creation(ident: int, via: str, field: str, value: Any) -> dict[str, Any]:
    """One field was set when the ticket was created."""
    return {
        "id": ident,
        "via": VIA_NAMES[via],
        "via_reference_id": None,
        field: value,
        "event_type": "Create",
    }


def custom_change(ident: int, via: str, field_id: int, value: Any, previous: Any) -> dict[str, Any]:
    """A custom field got another value; these are keyed by the field's id."""
    return {
        "id": ident,
        "via": VIA_NAMES[via],
        "via_reference_id": None,
        "custom_ticket_fields": {str(field_id): value},
        "previous_value": previous,
        "event_type": "Change",
    }


def comment(
    ident: int, at: int, author: int, body: str, *, audit: int, via: str, public: bool
) -> dict[str, Any]:
    """A comment, as the sideload `comment_events` shows it."""
    channel: Any = {"channel": via, "source": {"from": {}, "to": {}, "rel": None}}
    return {
        "id": ident,
        "via": VIA_NAMES[via] if ident % SAID_BY_NAME == 0 else channel,
        "via_reference_id": None,
        "type": "Comment",
        "author_id": author,
        "body": body,
        "html_body": f'<div class="zd-comment" dir="auto">{body}</div>',
        "plain_body": body,
        "public": public,
        "attachments": [],
        "audit_id": audit,
        "created_at": iso(at),
        "event_type": "Comment",
    }


def without_text(event: dict[str, Any]) -> dict[str, Any]:
    """The same comment without the sideload: only that there is one, and whether it is public."""
    return {
        "id": event["id"],
        "via": event["via"] if isinstance(event["via"], str) else "Web form",
        "via_reference_id": None,
        "comment_present": True,
        "comment_public": event["public"],
        "event_type": "Comment",
    }


def other(ident: int, via: str, kind: str, **fields: Any) -> dict[str, Any]:
    """Any other type of event: Notification, SatisfactionRating, and those nobody documented."""
    return {
        "id": ident,
        "via": VIA_NAMES[via],
        "via_reference_id": None,
        **fields,
        "event_type": kind,
    }


def audit(
    ident: int, at: int, updater: int, children: list[dict[str, Any]], *, ticket: int, via: str
) -> dict[str, Any]:
    """One row of the ticket events: an update of a ticket and all that it did."""
    return {
        "id": ident,
        "ticket_id": ticket,
        "timestamp": at,
        "created_at": iso(at),
        "updater_id": updater,
        "via": VIA_NAMES[via],
        "via_reference_id": None,
        "system": SYSTEM,
        "metadata": {},
        "event_type": "Audit",
        "child_events": children,
    }


_FLAT = {
    "id",
    "via",
    "via_reference_id",
    "event_type",
    "previous_value",
    "added_tags",
    "removed_tags",
}


def as_audit(row: dict[str, Any]) -> dict[str, Any]:
    """The same update as `/tickets/{id}/audits` shows it: with field_name and value."""
    return {
        "id": row["id"],
        "ticket_id": row["ticket_id"],
        "created_at": row["created_at"],
        "author_id": row["updater_id"],
        "metadata": {"system": {**SYSTEM, "ip_address": "192.0.2.7"}, "custom": {}},
        "via": {"channel": _channel(row["via"]), "source": {"from": {}, "to": {}, "rel": None}},
        "events": [_as_event(child) for child in row["child_events"]],
    }


def _as_event(child: dict[str, Any]) -> dict[str, Any]:
    kind = child["event_type"]
    if kind not in ("Create", "Change"):
        return {key: value for key, value in child.items() if key != "event_type"} | {"type": kind}
    field = next(key for key in child if key not in _FLAT)
    value = child[field]
    if field == "custom_ticket_fields":
        field, value = next(iter(value.items()))
    event = {"id": child["id"], "type": kind, "field_name": field, "value": _text(value)}
    if kind == "Change":
        event["previous_value"] = _text(child["previous_value"])
    return event


def _text(value: Any) -> Any:
    return str(value) if isinstance(value, int) else value


def _channel(name: str) -> str:
    return next(key for key, shown in VIA_NAMES.items() if shown == name)
