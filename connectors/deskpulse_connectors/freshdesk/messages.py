"""The messages of a ticket: its description, which is the first one, and its conversations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from deskpulse.records import Message
from deskpulse_connectors.freshdesk.conversations import SAID
from deskpulse_connectors.freshdesk.values import (
    CHATS,
    FORWARD,
    OUTBOUND,
    SPEECH,
    SURVEY_FEEDBACK,
    channel,
    instant_of,
)
from deskpulse_connectors.raw import need, text_id

REPEATED_WITHIN = timedelta(minutes=1)
"""A chat's first conversation this soon after the ticket is its description once more."""


def to_messages(ticket: Mapping[str, Any]) -> Iterator[Message]:
    """Every message that is known of a ticket, the description first."""
    said = [each for each in ticket.get(SAID) or () if isinstance(each, Mapping)]
    if not _repeats_description(ticket, said):
        yield _description(ticket)
    for conversation in said:
        yield _conversation(conversation, ticket)


def _description(ticket: Mapping[str, Any]) -> Message:
    """Customers write it, except in mail that an agent sends out; which agent, nobody says."""
    outbound = ticket.get("source") == OUTBOUND
    return Message.read(
        {
            "id": f"ticket-{ticket['id']}",
            "ticket_id": text_id(ticket["id"]),
            "sent_at": need(ticket, "created_at", "ticket"),
            "author_id": None if outbound else ticket.get("requester_id"),
            "author_role": "agent" if outbound else None,
            "public": True,
            "channel": channel(ticket.get("source")),
            "subject": ticket.get("subject"),
            "body": ticket.get("description_text"),
        }
    )


def _conversation(raw: Mapping[str, Any], ticket: Mapping[str, Any]) -> Message:
    """A reply, a note, or what came in.

    What is forwarded goes to others, so the customer does not see it. Feedback to a survey, and
    what is marked as an automatic response, asks for no answer.
    """
    source, incoming = raw.get("source"), need(raw, "incoming", "conversation")
    private = need(raw, "private", "conversation")
    return Message.read(
        {
            "id": need(raw, "id", "conversation"),
            "ticket_id": text_id(ticket["id"]),
            "sent_at": need(raw, "created_at", "conversation"),
            "author_id": raw.get("user_id"),
            "author_role": _role(raw, incoming=incoming),
            "public": not private and not (source == FORWARD and not incoming),
            "channel": SPEECH.get(source) or channel(ticket.get("source")),
            "auto": bool(raw.get("auto_response")) or source == SURVEY_FEEDBACK,
            "body": raw.get("body_text"),
        }
    )


def _role(raw: Mapping[str, Any], *, incoming: Any) -> str | None:
    """What came in is a customer's; of the rest the people tell, as they were at the time."""
    if raw.get("user_id") is None:
        return "customer" if incoming is True else "system"
    return "customer" if incoming is True else None


def _repeats_description(ticket: Mapping[str, Any], said: list[Mapping[str, Any]]) -> bool:
    """Chats tell their first message twice, also as a conversation (chatwoot#15261)."""
    if ticket.get("source") not in CHATS:
        return False
    created = instant_of(ticket, "created_at")
    came = [instant_of(each, "created_at") for each in said if each.get("incoming") is True]
    known = [each for each in came if each is not None]
    return created is not None and bool(known) and min(known) - created <= REPEATED_WITHIN
