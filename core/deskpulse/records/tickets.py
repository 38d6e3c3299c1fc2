"""A ticket and its history: who wrote what, and what changed when."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from deskpulse.records.base import EventInstant, Id, Instant, Record, Role, Scalar

Status = Literal["new", "open", "pending", "on_hold", "solved", "closed"]
Priority = Literal["low", "normal", "high", "urgent"]
TicketKind = Literal["question", "incident", "problem", "task", "complaint", "feature_request"]
Channel = Literal["email", "web", "chat", "messaging", "voice", "social", "sms", "api", "other"]


class Ticket(Record):
    """One request for help, as it is now; its past is in `Message` and `Change`."""

    kind_name: ClassVar[str] = "ticket"

    subject: str | None = None
    url: str | None = None
    status: Status | None = None
    priority: Priority | None = None
    kind: TicketKind | None = None
    channel: Channel | None = None
    vendor_channel: str | None = None
    reason: str | None = None
    tags: list[str] | None = None
    brand: str | None = None
    language: str | None = None
    requester_id: Id | None = None
    account_id: Id | None = None
    assignee_id: Id | None = None
    team_id: Id | None = None
    initiated_by: Literal["customer", "agent", "system"] | None = None
    merged_into: Id | None = None
    schedule_id: Id | None = None
    created_at: EventInstant
    updated_at: Instant | None = None
    source_version: str | None = None
    due_at: Instant | None = None
    first_reply_at: Instant | None = None
    solved_at: Instant | None = None
    closed_at: Instant | None = None
    custom: dict[str, Scalar] = Field(default_factory=dict)


class Message(Record):
    """A public reply or an internal note."""

    kind_name: ClassVar[str] = "message"

    ticket_id: Id
    sent_at: EventInstant
    author_id: Id | None = None
    author_role: Role | None = None
    public: bool
    channel: Channel | None = None
    auto: bool = False
    subject: str | None = None
    body: str | None = None


class Change(Record):
    """One field of a ticket got another value."""

    kind_name: ClassVar[str] = "change"

    ticket_id: Id
    changed_at: EventInstant
    seq: int = 0
    actor_id: Id | None = None
    actor_role: Role | None = None
    field: str
    old: str | None = None
    new: str | None = None
    observed: bool = False
