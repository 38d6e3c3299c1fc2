"""Desks for the tests of rules, and what a rule says about them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from deskpulse.calendars import Calendar, Calendars
from deskpulse.records import Survey, Team, Ticket
from deskpulse.rule import Rule, Signal
from deskpulse_reports.freshness import Freshness
from deskpulse_reports.rules import SlaClock
from deskpulse_reports.testing import HandDesk

HOUR = timedelta(hours=1)
TICK = timedelta(microseconds=1)
OFFICE = Calendar(
    "office",
    "Europe/Berlin",
    {day: [("09:00", "17:00")] for day in ("mon", "tue", "wed", "thu", "fri")},
)


def at(text: str) -> datetime:
    """`2026-01-05T09:00` as an aware instant, UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def clock(started: str = "2026-01-05T09:00", **fields: Any) -> SlaClock:
    """A clock that has run since `started`; by default one hour is promised."""
    start = at(started)
    given: dict[str, Any] = {
        "source": "desk",
        "ticket_id": "1",
        "metric": "first_reply_time",
        "target_s": 3600.0,
        "state": "active",
        "running": True,
        "policy": "config/standard",
        "started_at": start,
        "standing_at": start,
    }
    given |= fields
    if "due_at" not in given and given["state"] == "active" and given.get("clock") != "business":
        left = given["target_s"] - given.get("elapsed_s", 0.0)
        given["due_at"] = given["standing_at"] + timedelta(seconds=left)
    return SlaClock(**given)


def office(started: str, target_s: float = 3600.0, **fields: Any) -> SlaClock:
    """A clock that counts office hours."""
    found = clock(started, target_s=target_s, clock="business", calendar="office", **fields)
    if found.due_at is None and found.state == "active":
        due = Calendars([OFFICE]).due("office", at(started), target_s)
        return clock(
            started, target_s=target_s, clock="business", calendar="office", due_at=due, **fields
        )
    return found


def desk(now: datetime | str, *clocks: SlaClock, **fields: Any) -> HandDesk:
    """A desk at this moment, whose data is complete up to it."""
    moment = at(now) if isinstance(now, str) else now
    fresh = Freshness("desk", moment, 2 * HOUR)
    given = {"sources": {"desk": fresh}, "calendars": Calendars([OFFICE]), "calendar": "office"}
    return HandDesk(now=moment, all_clocks=clocks, **(given | fields))


def ticket(ident: str = "1", **fields: Any) -> Ticket:
    return Ticket.read(
        {"source": "desk", "id": ident, "created_at": at("2026-01-05T09:00"), **fields}
    )


def survey(ident: str = "s1", answered: str = "2026-01-05T08:00", **fields: Any) -> Survey:
    given = {"source": "desk", "id": ident, "answered_at": at(answered), **fields}
    return Survey.read(given)


def team(ident: str, name: str) -> Team:
    return Team.read({"source": "desk", "id": ident, "name": name})


def says(rule: type[Rule], on: HandDesk, **config: Any) -> list[Signal]:
    """Everything that a rule says."""
    return list(rule(rule.Config(**config)).signals(on))


def conditions(rule: type[Rule], on: HandDesk, **config: Any) -> dict[tuple[str, str], str]:
    """(subject, level) -> condition."""
    return {(s.subject, s.level): s.condition for s in says(rule, on, **config)}


def mistakes(rule: type[Rule], on: HandDesk, **config: Any) -> list[str]:
    return list(rule(rule.Config(**config)).mistakes(on))
