"""Legs of Zendesk Talk's calls: what each agent did in a call, beside the call itself.

A call's own times are those of everybody in it, and it names one agent; a leg tells one agent's
share. So the call is the contact that volumes, waits and costs count, and a leg is a part of it.
"""

from __future__ import annotations

from typing import Any

from deskpulse.records import Interaction
from deskpulse_connectors.raw import moment, need, seconds, text_id

COMPLETED = "completed"
NOT_TAKEN = frozenset(
    {"agent_missed", "agent_declined", "agent_transfer_declined", "agent_unreachable"}
)
"""The phone rang, and this agent did not answer."""


def to_leg(raw: Any) -> Interaction | None:
    """One agent's part of a call, durations in seconds; None for other people's legs.

    None also for a leg that rang in vain because the caller gave up: it is nobody's. An agent who
    was only consulted spoke for `consultation_time`.
    """
    leg_id = need(raw, "id", "leg")
    if need(raw, "type", "leg") != "agent":
        return None
    agent_id = text_id(need(raw, "agent_id", "leg"))
    if agent_id is None:
        return None
    status = need(raw, "completion_status", "leg")
    talked = raw.get("talk_time")
    talk_s = talked or raw.get("consultation_time") or talked
    taken = status == COMPLETED or bool(talk_s)
    if not taken and status not in NOT_TAKEN:
        return None
    began = moment(need(raw, "created_at", "leg"), f"leg {leg_id}: created_at")
    lasted = seconds(raw.get("duration"), f"leg {leg_id}: duration")
    return Interaction.read(
        {
            "id": f"leg:{text_id(leg_id)}",
            "channel": "voice",
            "direction": "part",
            "queued_at": None if taken else began,
            "answered_at": began if taken else None,
            "ended_at": None if lasted is None else began + lasted,
            "talk_s": talk_s if taken else None,
            "hold_s": raw.get("hold_time") if taken else None,
            "wrap_up_s": raw.get("wrap_up_time") if taken else None,
            "outcome": "taken" if taken else "missed",
            "agent_id": agent_id,
        }
    )
