"""Calls of Zendesk Talk."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from deskpulse.records import Interaction
from deskpulse_connectors.raw import moment, need, seconds, text_id

IN_THE_MENU = "abandoned_in_ivr"
"""The caller hung up before asking for anybody: nobody was offered this call."""

ON_HOLD = "abandoned_on_hold"
"""The caller hung up after an agent had answered."""

VOICEMAIL = frozenset({"accepted_voicemail", "completed_voicemail", "pending_voicemail"})
ABANDONED = "abandoned"
"""How the other statuses of callers who gave up begin: in the queue, or while recording."""


def to_call(raw: Any) -> Interaction | None:
    """A call, durations in seconds; None for one that ended in the menu.

    A caller waited until somebody answered (`time_to_answer`), or in the queue (`wait_time`).
    """
    call_id = need(raw, "id", "call")
    status = raw.get("completion_status") or ""
    if status == IN_THE_MENU:
        return None
    began = moment(need(raw, "created_at", "call"), f"call {call_id}: created_at")
    outcome = _outcome(raw, status)
    answered = outcome == "answered"
    to_answer = raw.get("time_to_answer")
    wait_s = to_answer if answered and to_answer is not None else raw.get("wait_time")
    waited = seconds(wait_s, f"call {call_id}: its wait")
    lasted = seconds(raw.get("duration"), f"call {call_id}: duration")
    return Interaction.read(
        {
            "id": text_id(call_id),
            "channel": "voice",
            "direction": raw.get("direction"),
            "queued_at": began,
            "answered_at": began + waited if answered and waited is not None else None,
            "ended_at": None if lasted is None else began + lasted,
            "wait_s": wait_s,
            "talk_s": raw.get("talk_time") if answered else None,
            "hold_s": raw.get("hold_time") if answered else None,
            "wrap_up_s": raw.get("wrap_up_time") if answered else None,
            "outcome": outcome,
            "agent_id": text_id(raw.get("agent_id")),
            "team_id": text_id(raw.get("call_group_id")),
            "ticket_id": text_id(raw.get("ticket_id")),
            "customer_id": text_id(raw.get("customer_id")),
        }
    )


def _outcome(raw: Mapping[str, Any], status: str) -> str:
    if status in ("completed", ON_HOLD) or raw.get("talk_time"):
        return "answered"
    if raw.get("voicemail") or status in VOICEMAIL:
        return "voicemail"
    if status.startswith(ABANDONED):
        return "abandoned"
    return "callback" if raw.get("callback") else "missed"
