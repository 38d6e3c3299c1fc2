"""What rules say in words, the same way everywhere: tickets, instants, teams."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from deskpulse.message import TicketLine, Tickets
from deskpulse.records import Ticket
from deskpulse.untrusted import Untrusted
from deskpulse_reports import safe, words
from deskpulse_reports.rules.desk import Desk

NO_SUBJECT = "(no subject)"
_SHORT = 60


def when(moment: datetime, desk: Desk) -> str:
    """`10:45, Mon`; more than six days off `10:45, Mon 4 May 2026`."""
    zone = ZoneInfo(desk.zone)
    local, today = moment.astimezone(zone), desk.now.astimezone(zone).date()
    far = abs((local.date() - today).days) > 6
    day = words.day(local.date()) if far else words.weekday(local.weekday())[:3]
    return f"{local:%H:%M}, {day}"


def lasting(seconds: float, clock: str = "calendar") -> str:
    """`25 min`, or by the business clock `25 min of open time`."""
    text = words.duration(seconds, clock)
    return f"{text} of open time" if clock == "business" else text


def team_name(desk: Desk, source: str, team: str | None) -> str:
    """What a team is called; its id where that is not known; empty without a team."""
    if team is None:
        return ""
    record = desk.teams.get((source, team))
    return safe.clean(record.name, _SHORT) if record and record.name else f"team {team}"


def agent_name(desk: Desk, source: str, agent: str | None) -> str:
    """What an agent is called; the id where that is not known; that nobody has it."""
    if agent is None:
        return "nobody has it"
    record = desk.agents.get((source, agent))
    return safe.clean(record.name, _SHORT) if record and record.name else f"agent {agent}"


def labels(source: str, ticket: Ticket | None = None, **more: str | None) -> dict[str, str]:
    """What routes and silences go by; those that are not known are left out."""
    known = {
        "source": source,
        "team": ticket.team_id if ticket else None,
        "priority": ticket.priority if ticket else None,
        "brand": ticket.brand if ticket else None,
        "agent": ticket.assignee_id if ticket else None,
        "account": ticket.account_id if ticket else None,
    } | {name: value for name, value in more.items() if value is not None}
    return {name: safe.clean(value) for name, value in known.items() if value}


def ticket_line(
    source: str, ticket_id: str, ticket: Ticket | None, desk: Desk, *, note: str = ""
) -> Tickets:
    """The ticket itself: its reference, the customer's subject, who has it, and where it opens."""
    who = []
    if ticket is not None:
        who = [
            note,
            ticket.priority or "",
            team_name(desk, source, ticket.team_id),
            agent_name(desk, source, ticket.assignee_id),
        ]
    line = TicketLine(
        reference=reference(source, ticket_id),
        subject=Untrusted((ticket.subject if ticket else None) or NO_SUBJECT),
        note=", ".join(safe.clean(part) for part in (who or [note]) if part),
        url=ticket.url if ticket else None,
    )
    return Tickets((line,))


def reference(source: str, ticket_id: str) -> str:
    """`support/4711`, harmless to look at."""
    return safe.clean(f"{source}/{ticket_id}")


def with_team(named: Mapping[str, str], desk: Desk) -> dict[str, str]:
    """Labels with `team_name` beside `team`."""
    found = dict(named)
    if "team" in found and "source" in found:
        found["team_name"] = team_name(desk, found["source"], found["team"])
    return found
