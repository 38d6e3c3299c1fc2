"""Chats of Zendesk Chat."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from deskpulse.records import Interaction
from deskpulse_connectors.raw import mapping, moment, need, seconds, text_id

OFFLINE = "offline_msg"
"""A form that a visitor filled in while nobody was there: it is a ticket, and no chat."""


def to_chat(raw: Any) -> Interaction | None:
    """A chat, durations in seconds; None for an offline message.

    Whoever served it last is its agent. Chat's agents have ids of their own in accounts that do not
    share their agents with Support.
    """
    chat_id = need(raw, "id", "chat")
    if raw.get("type") == OFFLINE:
        return None
    began = moment(need(raw, "timestamp", "chat"), f"chat {chat_id}: timestamp")
    served = [each for each in map(mapping, raw.get("engagements") or ()) if _accepted(each)]
    first_s = mapping(raw.get("response_time")).get("first")
    answered = not raw.get("missed") and bool(served or raw.get("agent_ids"))
    waited = seconds(first_s, f"chat {chat_id}: response_time.first")
    lasted = seconds(raw.get("duration"), f"chat {chat_id}: duration")
    agents = [each.get("agent_id") for each in served] or list(raw.get("agent_ids") or ())
    return Interaction.read(
        {
            "id": f"chat:{chat_id}",
            "channel": "chat",
            "direction": "outbound" if raw.get("started_by") == "agent" else "inbound",
            "queued_at": began,
            "answered_at": began + waited if answered and waited is not None else None,
            "ended_at": None if lasted is None else began + lasted,
            "wait_s": first_s if answered else None,
            "outcome": "answered" if answered else "missed",
            "agent_id": text_id(agents[-1]) if answered and agents else None,
            "ticket_id": text_id(raw.get("zendesk_ticket_id")),
        }
    )


def _accepted(engagement: Mapping[str, Any]) -> bool:
    return engagement.get("accepted") is not False and engagement.get("agent_id") is not None
