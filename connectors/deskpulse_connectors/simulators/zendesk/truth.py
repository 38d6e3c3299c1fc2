"""What a perfect sync holds: taken from the state itself, not from any answer of the server."""

from __future__ import annotations

from collections import Counter
from typing import Any

from deskpulse_connectors.simulators.zendesk.desk import Desk
from deskpulse_connectors.simulators.zendesk.exports import WITHHELD_S
from deskpulse_connectors.simulators.zendesk.ticket import Ticket

_TICKET_FIELDS = (
    "subject",
    "status",
    "custom_status_id",
    "priority",
    "type",
    "tags",
    "requester_id",
    "submitter_id",
    "assignee_id",
    "group_id",
    "organization_id",
    "created_at",
    "updated_at",
    "generated_timestamp",
)


def truth(desk: Desk, now: int) -> dict[str, Any]:
    """The exported world at `now`. Ids are text; instants as the vendor writes them.

    tickets {id: fields} without the deleted ones; deleted {id: last status before}; merged
    {source: survivor}; unsettled: tickets that changed within the withheld minute (a sync holds
    their earlier state, or nothing); messages {id: {ticket, sent_at, author, public}}; changes
    {field: count} of Change events; audits (count); users, organizations, groups, surveys.
    """
    upto = now - WITHHELD_S
    settled = [desk.tickets[ident] for ident in desk.ticket_order.upto(upto)]
    changes = Counter(field for at, field in desk.changes if at <= upto)
    return {
        "now": now,
        "complete_to": upto,
        "tickets": {str(each.id): _ticket(each) for each in settled if each.deleted is None},
        "deleted": {str(each.id): each.last_status for each in settled if each.deleted is not None},
        "merged": {
            str(each.id): str(each.merged_into) for each in settled if each.merged_into is not None
        },
        "unsettled": sorted(
            str(each.id) for each in desk.tickets.values() if each.generated > upto
        ),
        "messages": {
            str(ident): {
                "ticket": str(ticket),
                "sent_at": at,
                "author": str(author),
                "public": public,
            }
            for at, ident, ticket, author, public in desk.messages
            if at <= upto
        },
        "changes": dict(sorted(changes.items())),
        "audits": desk.log.page(0, 0, upto)[2],
        "users": {
            str(ident): {
                "name": desk.users[ident]["name"],
                "role": desk.users[ident]["role"],
                "organization": _text(desk.users[ident]["organization_id"]),
                "suspended": desk.users[ident]["suspended"],
            }
            for ident in desk.user_order.upto(upto)
        },
        "organizations": {
            str(ident): desk.organizations[ident]["name"]
            for ident in desk.organization_order.upto(upto)
        },
        "groups": {str(ident): group["name"] for ident, group in desk.groups.items()},
        "surveys": [_survey(rating) for rating in desk.ratings.values()],
    }


def _ticket(ticket: Ticket) -> dict[str, Any]:
    data = ticket.data
    known = {
        field: _text(data[field]) if field.endswith("_id") else data[field]
        for field in _TICKET_FIELDS
    }
    return {**known, "channel": data["via"]["channel"]}


def _survey(rating: dict[str, Any]) -> dict[str, Any]:
    answered = rating["score"] != "offered"
    return {
        "ticket": str(rating["ticket_id"]),
        "score": rating["score"] if answered else None,
        "comment": rating["comment"],
        "agent": _text(rating["assignee_id"]),
        "sent_at": rating["created_at"],
        "answered_at": rating["updated_at"] if answered else None,
    }


def _text(ident: int | None) -> str | None:
    return None if ident is None else str(ident)
