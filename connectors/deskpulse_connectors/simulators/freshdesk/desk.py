"""The state of the account, and the operations by which people change it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from deskpulse_connectors.simulators.freshdesk import ids
from deskpulse_connectors.simulators.freshdesk.ids import Ids
from deskpulse_connectors.simulators.freshdesk.ticket import Ticket
from deskpulse_connectors.simulators.hours import iso

REPLY, NOTE, FORWARDED = 0, 2, 8


class Desk:
    """Everything that the account holds. Times are epoch seconds and never go back."""

    def __init__(self, first_ticket: int) -> None:
        self.ids = Ids(first_ticket)
        self.agents: dict[int, dict[str, Any]] = {}
        self.groups: dict[int, dict[str, Any]] = {}
        self.contacts: dict[int, dict[str, Any]] = {}
        self.companies: dict[int, dict[str, Any]] = {}
        self.tickets: dict[int, Ticket] = {}
        self.ratings: dict[int, dict[str, Any]] = {}
        self.time_entries: dict[int, dict[str, Any]] = {}
        self.activities: list[tuple[int, dict[str, Any]]] = []

    def open(self, at: int, data: dict[str, Any], text: str, actor: int) -> Ticket:
        """A ticket comes into being; its text is the first message."""
        ticket = Ticket(data, at, text)
        self.tickets[ticket.id] = ticket
        self._note(at, ticket, actor, status=data["status"], priority=data["priority"])
        return ticket

    def set(self, at: int, ticket: Ticket, actor: int | None, **fields: Any) -> None:
        """Give fields other values; what has its value already is left out."""
        changed = {key: new for key, new in fields.items() if ticket.data[key] != new}
        if not changed:
            return
        for key, new in changed.items():
            if key == "status":
                ticket.become(at, new)
            else:
                ticket.data[key] = new
        ticket.touch(at)
        self._note(at, ticket, actor, **changed)

    def say(
        self,
        at: int,
        ticket: Ticket,
        author: int | None,
        text: str,
        *,
        incoming: bool = False,
        private: bool = False,
        source: int = REPLY,
        auto: bool = False,
    ) -> dict[str, Any]:
        """A reply, a note, or something that came in."""
        stats = ticket.stats
        said = {
            "body": f"<div>{text}</div>",
            "body_text": text,
            "id": next(self.ids.conversation),
            "incoming": incoming,
            "private": private,
            "user_id": author,
            "support_email": None,
            "source": NOTE if private and source == REPLY else source,
            "category": 1,
            "to_emails": [],
            "from_email": None,
            "cc_emails": [],
            "bcc_emails": None,
            "email_failure_count": None,
            "outgoing_failures": None,
            "thread_id": None,
            "created_at": iso(at),
            "updated_at": iso(at),
            "last_edited_at": None,
            "last_edited_user_id": None,
            "attachments": [],
            "ticket_id": ticket.id,
            "source_additional_info": None,
            "auto_response": auto,
        }
        ticket.conversations.append(said)
        if incoming:
            stats["requester_responded_at"] = at
        elif not private and author is not None and source == REPLY:
            stats["agent_responded_at"] = at
            stats["first_responded_at"] = stats["first_responded_at"] or at
        ticket.touch(at)
        self._note(at, ticket, author, note={"id": said["id"], "type": 4 if private else 0})
        return said

    def rate(self, at: int, ticket: Ticket, value: int, feedback: str | None) -> None:
        """The customer answers the survey."""
        ident = next(self.ids.rating)
        self.ratings[ident] = {
            "id": ident,
            "survey_id": ids.SURVEY,
            "user_id": ticket.data["requester_id"],
            "agent_id": ticket.data["responder_id"],
            "feedback": feedback,
            "group_id": ticket.data["group_id"],
            "ticket_id": ticket.id,
            "ratings": {"default_question": value},
            "created_at": iso(at),
            "updated_at": iso(at),
        }

    def log_time(self, at: int, ticket: Ticket, agent: int, minutes: int) -> None:
        """An agent says how long it took."""
        ident = next(self.ids.time_entry)
        self.time_entries[ident] = {
            "billable": minutes % 2 == 0,
            "note": "",
            "id": ident,
            "timer_running": False,
            "agent_id": agent,
            "ticket_id": ticket.id,
            "company_id": ticket.data["company_id"],
            "time_spent": f"{minutes // 60:02d}:{minutes % 60:02d}",
            "executed_at": iso(at),
            "start_time": iso(at),
            "created_at": iso(at),
            "updated_at": iso(at),
        }

    def remove(self, at: int, ticket: Ticket, *, spam: bool) -> None:
        """Delete it, or call it spam."""
        if spam:
            ticket.spam = True
        else:
            ticket.deleted = True
        ticket.touch(at)

    def restore(self, at: int, ticket: Ticket) -> None:
        """Take it out of the trash."""
        ticket.deleted = ticket.spam = False
        ticket.touch(at)

    def rename(self, at: int, contact: dict[str, Any], name: str) -> None:
        """A customer changes."""
        contact.update(name=name, updated_at=iso(at))

    def _note(self, at: int, ticket: Ticket, actor: int | None, **activity: Any) -> None:
        """Into the log of activities; statuses by their label, groups and agents by id."""
        names = {"responder_id": "agent", "group_id": "group"}
        told = {names.get(key, key): value for key, value in activity.items()}
        if "status" in told:
            told["status"] = ids.STATUS_LABELS[told["status"]]
        row = {
            "performed_at": datetime.fromtimestamp(at, UTC).strftime("%d-%m-%Y %H:%M:%S +0000"),
            "ticket_id": ticket.id,
            "performer_type": "system" if actor is None else "user",
            "performer_id": actor,
            "activity": told,
        }
        self.activities.append((at, row))
