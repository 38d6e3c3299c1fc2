"""One ticket explained: its timeline, its facts, and which event made each number."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deskpulse_reports.facts.derive import facts_of
from deskpulse_reports.facts.events import arrange
from deskpulse_reports.facts.schema import CLOCKED, KEY
from deskpulse_reports.facts.standing import as_of, elapsed
from deskpulse_reports.facts.timeline import iso, timeline
from deskpulse_reports.facts.words import WAITS

if TYPE_CHECKING:
    from datetime import datetime

    import polars as pl

    from deskpulse_reports.facts.history import History
    from deskpulse_reports.facts.settings import Settings

_COUNTS = ("agent_replies", "public_agent_comments", "internal_notes", "reopens", "touch")
_TICKET = (
    *KEY,
    "status",
    "created_at",
    "customer_id",
    "agent_id",
    "team_id",
    "priority",
    "channel",
    "initiated_by",
    "counted",
    "removed_reason",
    "calendar",
    "history",
    "waiting_since",
    "last_response_at",
)


def explain(history: History, settings: Settings, instant: datetime) -> dict[str, Any]:
    """Explain the one ticket of this history, with running spans counted up to `instant`.

    Returns plain values that JSON can hold: `ticket` (what it is), `timeline` (see
    `timeline.timeline`), `facts` (durations in seconds, both clocks, counts, `next_replies` that
    are finished and `running_reply`), and `because` (a sentence for each fact). Raises
    `ValueError` unless there is exactly one ticket.
    """
    if len(history.tickets) != 1:
        raise ValueError(f"explain takes exactly one ticket, not {len(history.tickets)}")
    events = arrange(history, settings)
    tables = facts_of(events, history, settings)
    ticket = as_of(tables.tickets, instant, settings.calendars).row(0, named=True)
    facts = {
        f"{name}{clock}": ticket[f"{name}{clock}"]
        for name in CLOCKED
        for clock in ("_s", "_business_s")
    }
    replies = tables.replies
    return {
        "ticket": {
            name: iso(ticket[name]) if name.endswith(("_at", "_since")) else ticket[name]
            for name in _TICKET
        },
        "timeline": timeline(_only(history, tables.tickets), events, ticket),
        "facts": {
            **facts,
            **{name: ticket[name] for name in _COUNTS},
            "next_replies": [
                _reply(reply) for reply in replies.drop_nulls("ended_at").iter_rows(named=True)
            ],
            "running_reply": _running(replies, instant, settings),
        },
        "because": _because(ticket, tables.stages, instant),
    }


def _only(history: History, tickets: pl.DataFrame) -> History:
    """The history without rows of other tickets."""
    key = ["source", "ticket_id"]
    return type(history)(
        tickets=history.tickets,
        messages=history.messages.join(tickets, on=key, how="semi"),
        changes=history.changes.join(tickets, on=key, how="semi"),
        surveys=history.surveys.join(tickets, on=key, how="semi"),
        interactions=history.interactions.join(tickets, on=key, how="semi"),
        worklogs=history.worklogs.join(tickets, on=key, how="semi"),
        roles=history.roles,
        accounts=history.accounts,
        contacts=history.contacts,
    )


def _reply(reply: dict[str, Any]) -> dict[str, Any]:
    return {
        "start": iso(reply["started_at"]),
        "end": iso(reply["ended_at"]),
        "ended_by": reply["ended_by"],
        "s": reply["s"],
        "business_s": reply["business_s"],
    }


def _running(replies: pl.DataFrame, instant: datetime, settings: Settings) -> dict[str, Any] | None:
    running = replies.filter(replies["ended_at"].is_null())
    if running.is_empty():
        return None
    passed = elapsed(running, "started_at", "started_open_s", instant, settings.calendars)
    return {
        **_reply(running.row(0, named=True)),
        "s": passed[0][0],
        "business_s": passed[1][0],
    }


def _because(ticket: dict[str, Any], stages: pl.DataFrame, instant: datetime) -> dict[str, str]:
    created = f"from creation at {iso(ticket['created_at'])}"
    reply = _end("the first public reply of a person", ticket["first_reply_at"])
    if ticket["first_reply_agent_id"] is not None:
        reply += f" by {ticket['first_reply_agent_id']}"
    if ticket["first_reply_at"] is None:
        reply = "no public reply of a person yet"
    because = {
        "first_reply": _span(created, reply, ticket["first_reply_at"]),
        "human_response": _span(_anchor(ticket), reply, ticket["first_reply_at"]),
        "first_resolution": _span(
            created,
            _end("the first resolution", ticket["first_resolved_at"]),
            ticket["first_resolved_at"],
        ),
        "full_resolution": _span(
            created, _end("the last resolution", ticket["resolved_at"]), ticket["resolved_at"]
        ),
    }
    for name, statuses in WAITS.items():
        because[name] = _time_in(statuses, stages, ticket, instant)
    calendar = f"calendar {ticket['calendar']!r}" if ticket["calendar"] else "open 24/7"
    sentences = {}
    for name, text in because.items():
        sentences[f"{name}_s"] = text
        sentences[f"{name}_business_s"] = f"{text}; business time by {calendar}"
    return {
        **sentences,
        "agent_replies": "public messages that agents wrote, without the creation message",
        "public_agent_comments": "public messages that agents wrote, with the creation message",
        "internal_notes": "messages that are not public",
        "reopens": "changes from solved to a status that is neither solved nor closed",
        "touch": "agent replies of a resolved ticket; null while it is not resolved",
    }


def _anchor(ticket: dict[str, Any]) -> str:
    if ticket["human_response_s"] == ticket["first_reply_s"]:
        return f"from creation at {iso(ticket['created_at'])}"
    start = ticket["first_reply_at"] - round(ticket["human_response_s"] * 1e6)
    return f"from the last handoff or reopening at {iso(start)}"


def _end(what: str, instant: int | None) -> str:
    return "no resolution that stands" if instant is None else f"{what} at {iso(instant)}"


def _span(start: str, end: str, instant: int | None) -> str:
    return f"null: {end}" if instant is None else f"{start} to {end}"


def _time_in(
    statuses: tuple[str, ...], stages: pl.DataFrame, ticket: dict[str, Any], instant: datetime
) -> str:
    spans = stages.filter(stages["stage"].is_in(statuses))
    if spans.is_empty():
        return f"never {' or '.join(statuses)}"
    parts = [
        f"{span['stage']} from {iso(span['started_at'])} to {iso(span['ended_at']) or 'now'}"
        for span in spans.iter_rows(named=True)
    ]
    running = ticket["running_status"] in statuses
    return ", ".join(parts) + (f"; running, counted to {instant.isoformat()}" if running else "")
