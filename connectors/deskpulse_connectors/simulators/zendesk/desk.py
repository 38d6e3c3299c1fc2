"""The state of the account, and the operations by which people and rules change it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import orjson

from deskpulse_connectors.simulators.hours import Hours, iso
from deskpulse_connectors.simulators.zendesk import events, ids
from deskpulse_connectors.simulators.zendesk.ids import SYSTEM, Ids
from deskpulse_connectors.simulators.zendesk.index import ChangeIndex, EventLog
from deskpulse_connectors.simulators.zendesk.ticket import Ticket

Csat = Literal["legacy", "survey"]
MetricSet = dict[str, Any]
SCRUBBED = "SCRUBBED"


class Desk:
    """Everything the account holds. Times are epoch seconds and never go back.

    `csat`: which of the vendor's two kinds of satisfaction survey the account uses.
    """

    def __init__(self, hours: Hours, *, first_ticket: int, csat: Csat) -> None:
        self.hours = hours
        self.csat = csat
        self.ids = Ids(first_ticket)
        self.users: dict[int, dict[str, Any]] = {}
        self.organizations: dict[int, dict[str, Any]] = {}
        self.groups: dict[int, dict[str, Any]] = {}
        self.tickets: dict[int, Ticket] = {}
        self.ratings: dict[int, dict[str, Any]] = {}
        self.responses: dict[int, dict[str, Any]] = {}
        self.ticket_order = ChangeIndex()
        self.user_order = ChangeIndex()
        self.organization_order = ChangeIndex()
        self.log = EventLog()
        self.messages: list[tuple[int, int, int, int, bool]] = []
        """(time, comment id, ticket id, author id, public) of every comment ever written."""
        self.changes: list[tuple[int, str]] = []
        """(time, field) of every change ever made after creation."""
        self.misreported: dict[int, Callable[[MetricSet], MetricSet]] = {}
        """What the vendor makes of a ticket's metric set before it shows it."""

    # --- people ------------------------------------------------------------------------------

    def save_user(self, user: dict[str, Any], at: int, **fields: Any) -> dict[str, Any]:
        """Add a user, or change the given fields of one."""
        user.update(fields, updated_at=iso(at))
        self.users[user["id"]] = user
        self.user_order.put(user["id"], at)
        return user

    def save_organization(self, organization: dict[str, Any], at: int, **fields: Any) -> None:
        """Add an organization, or change the given fields of one."""
        organization.update(fields, updated_at=iso(at))
        self.organizations[organization["id"]] = organization
        self.organization_order.put(organization["id"], at)

    # --- tickets -----------------------------------------------------------------------------

    def open(
        self, at: int, data: dict[str, Any], actor: int, *, public: bool = True, notify: bool = True
    ) -> Ticket:
        """A ticket comes into being, with its first comment (`description`)."""
        ticket = Ticket(data, at)
        self.tickets[ticket.id] = ticket
        via = data["via"]["channel"]
        audit = next(self.ids.event)
        text = data["description"]
        children = [self._comment(at, ticket, actor, text, audit=audit, via=via, public=public)]
        children += [
            events.creation(next(self.ids.event), via, field, data[field])
            for field in ("subject", "requester_id", "status", "type", "brand_id", "tags")
            if data[field]
        ]
        if notify:
            children.append(
                events.other(
                    next(self.ids.event),
                    "rule",
                    "Notification",
                    subject="[Request received] " + data["subject"],
                    body="Your request has been received.",
                    recipients=[data["requester_id"]],
                )
            )
        self._write(at, ticket, actor, children, audit=audit, via=via)
        return ticket

    def update(
        self,
        at: int,
        ticket: Ticket,
        actor: int,
        *,
        via: str = "web",
        comment: str | None = None,
        public: bool = True,
        extra: list[dict[str, Any]] | None = None,
        merged: list[int] | None = None,
        **fields: Any,
    ) -> None:
        """One update: a comment or none, and fields that get other values.

        A field that has the value already is left out, and an update that says nothing is none.
        Custom fields are given as `custom`.
        """
        data = ticket.data
        audit = next(self.ids.event)
        children = []
        if comment is not None:
            children.append(
                self._comment(at, ticket, actor, comment, audit=audit, via=via, public=public)
            )
        for field, value in fields.items():
            if field == "custom":
                children += self._set_custom(at, ticket, via, value)
            elif data[field] != value:
                children.append(self._set(at, ticket, via, field, value))
        children += extra or []
        if not children:
            return
        self._write(at, ticket, actor, children, audit=audit, via=via, merged=merged)

    def touch(self, at: int, ticket: Ticket) -> None:
        """The system regenerates a ticket: no event, and `updated_at` stays."""
        ticket.touched(at, by_event=False)
        self.ticket_order.put(ticket.id, at)

    def delete(self, at: int, ticket: Ticket, actor: int) -> None:
        """Somebody deletes a ticket (or marks it as spam)."""
        ticket.last_status = ticket.data["status"]
        ticket.deleted = at
        self.update(at, ticket, actor, status="deleted")

    def metric_set(self, ticket: Ticket) -> MetricSet | None:
        """The metric set as the vendor shows it; null once the ticket is deleted."""
        made = ticket.metric_set(self.hours)
        wrong = self.misreported.get(ticket.id)
        return wrong(made) if made is not None and wrong is not None else made

    def scrub(self, at: int, ticket: Ticket) -> None:
        """A deleted ticket is removed for good: its texts go, the row stays."""
        data = ticket.data
        data.update(subject=SCRUBBED, raw_subject=SCRUBBED, description=SCRUBBED)
        data.update(tags=[], custom_fields=[], fields=[])
        self.touch(at, ticket)

    def merge(self, at: int, source: Ticket, into: Ticket, actor: int) -> None:
        """One ticket goes up in another: it is closed and tagged, its comments are copied."""
        last = source.data["description"]
        self.update(
            at,
            source,
            actor,
            comment=f"This request was closed and merged into request #{into.id}.",
            public=False,
            status="closed",
            tags=[*source.data["tags"], "closed_by_merge"],
        )
        source.merged_into = into.id
        self.update(
            at,
            into,
            actor,
            comment=f"Request #{source.id} was closed and merged into this request."
            f" Last comment in request #{source.id}:\n\n{last}",
            public=False,
            merged=[source.id],
        )

    # --- what every update does --------------------------------------------------------------

    def event(self, via: str, kind: str, **fields: Any) -> dict[str, Any]:
        """A child event of any other type, for `update(extra=...)`."""
        return events.other(next(self.ids.event), via, kind, **fields)

    def _comment(
        self,
        at: int,
        ticket: Ticket,
        actor: int,
        text: str,
        *,
        audit: int,
        via: str,
        public: bool,
    ) -> dict[str, Any]:
        ident = next(self.ids.event)
        ticket.comments += 1
        ticket.last_comment = at
        author = self.users.get(actor)
        if public and author and author["role"] != "end-user" and ticket.comments > 1:
            ticket.replies.append(at)
        self.messages.append((at, ident, ticket.id, actor, public))
        return events.comment(ident, at, actor, text, audit=audit, via=via, public=public)

    def _set(self, at: int, ticket: Ticket, via: str, field: str, value: Any) -> dict[str, Any]:
        data = ticket.data
        previous = data[field]
        data[field] = value
        ticket.note(at, field, value)
        if field == "status" and value in ids.CUSTOM_STATUS:
            data["custom_status_id"] = ids.CUSTOM_STATUS[value]
        self.changes.append((at, field))
        return events.change(next(self.ids.event), via, field, value, previous)

    def _set_custom(
        self, at: int, ticket: Ticket, via: str, values: dict[int, Any]
    ) -> list[dict[str, Any]]:
        children = []
        for entry in ticket.data["custom_fields"]:
            if entry["id"] in values and entry["value"] != values[entry["id"]]:
                previous, entry["value"] = entry["value"], values[entry["id"]]
                ticket.data["fields"] = ticket.data["custom_fields"]
                self.changes.append((at, "custom_ticket_fields"))
                children.append(
                    events.custom_change(
                        next(self.ids.event), via, entry["id"], entry["value"], previous
                    )
                )
        return children

    def _write(
        self,
        at: int,
        ticket: Ticket,
        actor: int,
        children: list[dict[str, Any]],
        *,
        audit: int,
        via: str,
        merged: list[int] | None = None,
    ) -> None:
        row = events.audit(audit, at, actor, children, ticket=ticket.id, via=via)
        if merged:
            row["merged_ticket_ids"] = merged
        ticket.positions.append(self.log.append(at, orjson.dumps(row)))
        ticket.touched(at)
        self.ticket_order.put(ticket.id, at)


__all__ = ["SCRUBBED", "SYSTEM", "Csat", "Desk", "MetricSet"]
