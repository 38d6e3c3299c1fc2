"""One row of a ticket search as Ticket."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from deskpulse.records import Ticket
from deskpulse_connectors.request_tracker.mail import channel_of
from deskpulse_connectors.request_tracker.values import (
    SYSTEM,
    Reading,
    instant,
    moment,
    need,
    text_of,
    user_id,
)

FIELDS = (
    "Subject,Status,EffectiveId,Queue,Owner,Creator,Requestor,Priority,Created,LastUpdated,"
    "Resolved,Due,CustomFields"
)
OWN_FIELDS = frozenset({"reason", "language"})
"""Names in `fields` that are fields of the ticket itself."""

MAIL = "mail"
"""Key under which the headers of a ticket's first message are put to its row."""


def to_ticket(raw: Mapping[str, Any], reading: Reading) -> Ticket:
    """A ticket as it is now. One that was merged keeps its own row, and names where it went.

    That it is gone, and since when, its history says.
    """
    ident = str(need(raw, "id", "ticket"))
    what = f"ticket {ident}"
    status = reading.status(need(raw, "Status", "ticket"))
    updated = moment(need(raw, "LastUpdated", "ticket"), f"{what}: LastUpdated")
    # RT keeps the date when a resolved ticket is opened again
    ended = instant(need(raw, "Resolved", "ticket"), f"{what}: Resolved")
    into = str(need(raw, "EffectiveId", "ticket"))
    requester = _requester(need(raw, "Requestor", "ticket"))
    custom, own = _custom(need(raw, "CustomFields", "ticket"), reading)
    return Ticket.read(
        {
            "id": ident,
            "subject": text_of(need(raw, "Subject", "ticket")),
            "url": f"{reading.desk}/Ticket/Display.html?id={ident}",
            "status": status,
            "priority": reading.priority(need(raw, "Priority", "ticket")),
            **channel_of(raw.get(MAIL)),
            "requester_id": user_id(requester),
            "account_id": text_of(requester.get("Organization")),
            "assignee_id": user_id(need(raw, "Owner", "ticket")),
            "team_id": str(need(need(raw, "Queue", "ticket"), "id", "queue")),
            "initiated_by": _initiated_by(need(raw, "Creator", "ticket"), raw["Requestor"]),
            "merged_into": into if into != ident else None,
            "created_at": moment(need(raw, "Created", "ticket"), f"{what}: Created"),
            "updated_at": updated,
            "source_version": str(int(updated.timestamp())),
            "due_at": instant(need(raw, "Due", "ticket"), f"{what}: Due"),
            "solved_at": ended if status == "solved" else None,
            "closed_at": ended if status == "closed" else None,
            "custom": custom,
            **own,
        }
    )


def _requester(people: Any) -> Mapping[str, Any]:
    """The first requestor who is a person; {} if there is none."""
    for person in people or ():
        if isinstance(person, Mapping) and person.get("type") == "user":
            return person
    return {}


def _initiated_by(creator: Mapping[str, Any], people: Any) -> str | None:
    """Whoever asks and creates is a customer; who creates for another is an agent."""
    if creator.get("Name") == SYSTEM:
        return "system"
    asking = {user_id(person) for person in people or ()} - {None}
    if not asking:
        return None
    return "customer" if user_id(creator) in asking else "agent"


def _custom(found: Any, reading: Reading) -> tuple[dict[str, Any], dict[str, Any]]:
    """Configured custom fields, split into `custom` and the ticket's own."""
    custom: dict[str, Any] = {}
    own: dict[str, Any] = {}
    for entry in found or ():
        name = reading.fields.get(str(need(entry, "name", "custom field")))
        if name is not None:
            (own if name in OWN_FIELDS else custom)[name] = _value(entry.get("values"))
    return custom, own


def _value(values: Any) -> str | None:
    """The values of one custom field as one text; files by their name."""
    texts = [
        str(each.get("filename")) if isinstance(each, Mapping) else str(each)
        for each in values or ()
    ]
    return ", ".join(texts) or None
