"""Satisfaction ratings as surveys."""

from __future__ import annotations

from typing import Any

from deskpulse.errors import RecordRejected
from deskpulse.records import Survey
from deskpulse_connectors.freshdesk.values import RATINGS
from deskpulse_connectors.raw import mapping, need

QUESTION = "default_question"


def to_survey(raw: Any) -> Survey:
    """An answered survey, on 1..5. When it was sent, and who did not answer, Freshdesk keeps."""
    ident = need(raw, "id", "satisfaction rating")
    value = mapping(need(raw, "ratings", "satisfaction rating")).get(QUESTION)
    if value not in RATINGS:
        allowed = ", ".join(str(each) for each in RATINGS)
        raise RecordRejected(
            f"satisfaction rating {ident}: {QUESTION} is {value!r}; allowed: {allowed}"
        )
    return Survey.read(
        {
            "id": ident,
            "kind": "csat",
            "score": RATINGS[value],
            "scale_min": 1.0,
            "scale_max": 5.0,
            "comment": raw.get("feedback"),
            "ticket_id": raw.get("ticket_id"),
            "customer_id": raw.get("user_id"),
            "agent_id": raw.get("agent_id"),
            "team_id": raw.get("group_id"),
            "answered_at": need(raw, "created_at", "satisfaction rating"),
        }
    )
