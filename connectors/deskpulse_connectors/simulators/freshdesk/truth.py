"""What a perfect sync holds: taken from the state itself, not from any answer of the server."""

from __future__ import annotations

from typing import Any

from deskpulse_connectors.simulators.freshdesk import ids
from deskpulse_connectors.simulators.freshdesk.desk import Desk
from deskpulse_connectors.simulators.freshdesk.ticket import Ticket
from deskpulse_connectors.simulators.hours import iso

_FIELDS = ("subject", "status", "priority", "type", "tags", "source", "created_at", "updated_at")
_IDS = ("requester_id", "responder_id", "group_id", "company_id")


def truth(desk: Desk, now: int) -> dict[str, Any]:
    """The world at `now`. Ids are text; instants as the vendor writes them.

    Those of a course and of `stats` are epoch seconds. Keys:
    tickets {id: fields, stats, course [(second, status)]} without spam and deleted ones; spam and
    deleted: their ids; messages {id: {ticket, sent_at, author, public}} of the tickets that are
    there; contacts, companies, agents, groups {id: name}; ratings, time_entries by id.
    """
    there = [each for each in desk.tickets.values() if not (each.spam or each.deleted)]
    return {
        "now": now,
        "tickets": {str(each.id): _ticket(each) for each in there},
        "spam": sorted(str(t.id) for t in desk.tickets.values() if t.spam and not t.deleted),
        "deleted": sorted(str(t.id) for t in desk.tickets.values() if t.deleted),
        "messages": {key: said for each in there for key, said in _messages(each).items()},
        "contacts": {str(key): each["name"] for key, each in desk.contacts.items()},
        "companies": {str(key): each["name"] for key, each in desk.companies.items()},
        "agents": {str(key): each["contact"]["name"] for key, each in desk.agents.items()},
        "groups": {str(key): each["name"] for key, each in desk.groups.items()},
        "ratings": {
            str(key): {
                "ticket": str(each["ticket_id"]),
                "value": each["ratings"]["default_question"],
                "at": each["created_at"],
            }
            for key, each in desk.ratings.items()
        },
        "time_entries": {
            str(key): {"ticket": str(each["ticket_id"]), "spent": each["time_spent"]}
            for key, each in desk.time_entries.items()
        },
    }


def _ticket(ticket: Ticket) -> dict[str, Any]:
    data = ticket.data
    return {
        **{field: data[field] for field in _FIELDS},
        **{field: None if data[field] is None else str(data[field]) for field in _IDS},
        "stats": dict(ticket.stats),
        "course": list(ticket.course),
    }


def _messages(ticket: Ticket) -> dict[str, dict[str, Any]]:
    """The description and what was said; a chat's description is its first message."""
    outbound = ticket.data["source"] == ids.OUTBOUND
    first = {
        "ticket": str(ticket.id),
        "sent_at": iso(ticket.created),
        "author": None if outbound else str(ticket.data["requester_id"]),
        "public": True,
    }
    chat = ticket.data["source"] == ids.WEB_CHAT
    found = {} if chat else {f"ticket-{ticket.id}": first}
    for said in ticket.conversations:
        found[str(said["id"])] = {
            "ticket": str(ticket.id),
            "sent_at": said["created_at"],
            "author": None if said["user_id"] is None else str(said["user_id"]),
            "public": not said["private"],
        }
    return found
