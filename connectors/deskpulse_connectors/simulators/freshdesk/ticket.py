"""One ticket: the vendor's object, what was said on it, and the course of its status."""

from __future__ import annotations

from typing import Any

from deskpulse_connectors.simulators.freshdesk import ids
from deskpulse_connectors.simulators.hours import iso

_STATS = (
    "agent_responded_at",
    "requester_responded_at",
    "first_responded_at",
    "status_updated_at",
    "reopened_at",
    "resolved_at",
    "closed_at",
    "pending_since",
)


class Ticket:
    """`data` is the object of the list without what has to be asked for. Times: epoch seconds."""

    def __init__(self, data: dict[str, Any], at: int, text: str) -> None:
        self.data = data
        self.text = text
        self.created = self.updated = at
        self.stats: dict[str, int | None] = {**dict.fromkeys(_STATS), "status_updated_at": at}
        self.course: list[tuple[int, int]] = [(at, data["status"])]
        self.conversations: list[dict[str, Any]] = []
        self.deleted = False
        self.spam = False
        self.forbidden = False
        if data["status"] == ids.PENDING:
            self.stats["pending_since"] = at

    @property
    def id(self) -> int:
        """The number that people see."""
        return int(self.data["id"])

    @property
    def status(self) -> int:
        """The present status."""
        return int(self.data["status"])

    def touch(self, at: int) -> None:
        """Something about it changed."""
        self.updated = at
        self.data["updated_at"] = iso(at)

    def become(self, at: int, status: int) -> None:
        """Take another status, with all that Freshdesk notes about it.

        Reopening forgets when it was resolved and closed; closing resolves what was not.
        """
        stats, before = self.stats, self.status
        self.data["status"] = status
        self.course.append((at, status))
        stats["status_updated_at"] = at
        stats["pending_since"] = at if status == ids.PENDING else None
        if before in ids.DONE and status not in ids.DONE:
            stats["reopened_at"], stats["resolved_at"], stats["closed_at"] = at, None, None
        if status in ids.DONE and stats["resolved_at"] is None:
            stats["resolved_at"] = at
        if status == ids.CLOSED:
            stats["closed_at"] = at

    def shown(self, include: set[str], requester: dict[str, Any] | None) -> dict[str, Any]:
        """The object as a list shows it, with what was asked for."""
        shown = {**self.data, "spam": self.spam}
        if self.deleted:
            shown["deleted"] = True
        if "stats" in include:
            stats = self.stats.items()
            shown["stats"] = {key: None if at is None else iso(at) for key, at in stats}
        if "description" in include:
            shown["description"] = f"<div>{self.text}</div>"
            shown["description_text"] = self.text
        if "requester" in include and requester is not None:
            keys = ("id", "name", "email", "mobile", "phone")
            shown["requester"] = {key: requester.get(key) for key in keys}
        return shown


def new_ticket(
    ident: int,
    at: int,
    *,
    subject: str,
    requester: dict[str, Any],
    source: int,
    status: int,
    priority: int,
    kind: str | None,
    agent: int | None,
    group: int | None,
    tags: list[str],
) -> dict[str, Any]:
    """The vendor's object of a ticket that was just created."""
    return {
        "cc_emails": [],
        "fwd_emails": [],
        "reply_cc_emails": [],
        "ticket_cc_emails": [],
        "fr_escalated": False,
        "spam": False,
        "email_config_id": None,
        "group_id": group,
        "priority": priority,
        "requester_id": requester["id"],
        "responder_id": agent,
        "source": source,
        "company_id": requester.get("company_id"),
        "status": status,
        "subject": subject,
        "association_type": None,
        "support_email": None,
        "to_emails": None,
        "product_id": None,
        "id": ident,
        "type": kind,
        "due_by": iso(at + 3 * 86_400),
        "fr_due_by": iso(at + 86_400),
        "is_escalated": False,
        "custom_fields": {"cf_reason": tags[0] if tags else None, "cf_order": ident * 7},
        "created_at": iso(at),
        "updated_at": iso(at),
        "tags": tags,
        "nr_due_by": None,
        "nr_escalated": False,
    }
