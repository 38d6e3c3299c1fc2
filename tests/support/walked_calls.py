"""One call or chat read the slow, obvious way."""

from __future__ import annotations

from math import isfinite
from typing import Any

from deskpulse_reports.facts import Settings, schema
from support.ticket_basis import YEAR_1990, YEAR_2100, Row


def interaction_row(call: Row, walker: Any, settings: Settings) -> Row:
    """The row of `interactions`, with `gone`; `walker` is that of its ticket, if that is known."""
    ticket = walker.dimensions() if walker else {}
    queued, answered, ended = (
        instant if instant is not None and YEAR_1990 <= instant < YEAR_2100 else None
        for instant in (call["queued_at"], call["answered_at"], call["ended_at"])
    )
    stated = {name: call[name] for name in ("wait_s", "talk_s", "hold_s", "wrap_up_s")}
    flawed = {n for n, s in stated.items() if s is not None and not (isfinite(s) and s >= 0)}
    wait, talk, hold, wrap_up = (None if n in flawed else s for n, s in stated.items())

    outcome = call["outcome"]
    if outcome is None and (answered is not None or (talk is not None and talk > 0)):
        outcome = "answered"
    until = ended if answered is None and outcome != "answered" else answered
    if wait is None and queued is not None and until is not None and until >= queued:
        wait = (until - queued) / 10**6
    if talk is None and answered is not None and ended is not None and ended >= answered:
        talked = (ended - answered) / 10**6 - (hold or 0)
        talk = talked if talked >= 0 else None
    handle = None
    if outcome == "answered" and talk is not None:
        handle = talk + (hold or 0) + (wrap_up or 0)

    started = next((i for i in (queued, answered, ended) if i is not None), None)
    calendar = ticket.get("calendar")
    if calendar is None:
        calendar = settings.calendar(call["source"], None, call["team_id"])
    in_hours = None
    if started is not None:
        number = settings.calendars.number(calendar)
        in_hours = bool(settings.calendars.between(number, started, started + 1))
    gone = call["removed_reason"] is not None
    begun_by = {"inbound": "customer", "outbound": "agent"}.get(call["direction"])
    return {
        **{name: ticket.get(name) for name in schema.DIMENSIONS},
        "source": call["source"],
        "interaction_id": call["id"],
        "ticket_id": call["ticket_id"],
        "channel": call["channel"],
        "customer_id": call["customer_id"] or ticket.get("customer_id"),
        "initiated_by": begun_by or ticket.get("initiated_by"),
        "direction": call["direction"],
        "outcome": outcome,
        "started_at": started,
        "queued_at": queued,
        "answered_at": answered,
        "ended_at": ended,
        "wait_s": wait,
        "talk_s": talk,
        "hold_s": hold,
        "wrap_up_s": wrap_up,
        "handle_s": handle,
        "in_hours": in_hours,
        "calendar": calendar,
        "agent_id": call["agent_id"],
        "team_id": call["team_id"],
        "flawed": bool(flawed),
        "counted": not gone and ticket.get("counted", True),
        "gone": gone,
    }
