"""Tickets by hand whose vendor's numbers differ from ours, each for one known reason.

Times are minutes from Monday 2026-11-02 09:00 in Berlin, when the office has just opened.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from deskpulse_reports.mart.manifest import read
from deskpulse_reports.reconcile.ours import facts_in
from support.program import Desk

START = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
NOW = "2026-11-20T12:00:00Z"
HOUR, DAY = 60, 1440

CONFIG = """\
name = "Odd desk"
zone = "Europe/Berlin"
calendar = "office"

[store]
url = "STORE"

[calendars.office]
zone = "Europe/Berlin"
hours = { mon-fri = ["09:00-17:00"] }

[calendars.early]
zone = "Europe/Berlin"
hours = { mon-fri = ["07:00-15:00"] }

[calendars.late]
zone = "Europe/Berlin"
hours = { mon-fri = ["13:00-21:00"] }

[sources.shop]
use = "files"
path = "*.ndjson"
"""

Line = dict[str, Any]


def at(minutes: float) -> str:
    """The instant so many minutes after the start."""
    return (START + timedelta(minutes=minutes)).isoformat()


def said(minutes: float, who: str, role: str | None = None, **more: Any) -> Line:
    """A public message."""
    line = {"record": "message", "sent_at": at(minutes), "author_id": who, "author_role": role}
    return {**line, "public": True, **more}


def changed(minutes: float, old: str | None, new: str, field: str = "status") -> Line:
    """A change."""
    line = {"record": "change", "changed_at": at(minutes), "field": field}
    return {**line, "old": old, "new": new}


def asked(minutes: float = 0) -> Line:
    return said(minutes, "c", "customer")


def answered(minutes: float = 30) -> Line:
    return said(minutes, "a", "agent")


def solved(minutes: float = 120) -> Line:
    return changed(minutes, "open", "solved")


def lines(key: str, story: list[Line]) -> Iterator[Line]:
    """The records of one ticket: the story's first line is about the ticket itself."""
    fields, *events = story
    about = {"requester_id": "c", "status": "open", "created_at": at(0)}
    yield {"record": "ticket", "id": key, **about, **fields}
    for n, event in enumerate(events):
        own = {"id": key} if event["record"] == "tombstone" else {}
        yield {"id": f"{key}-{n}", **({} if own else {"ticket_id": key}), **event, **own}


def odd_desk(desk: Desk, store: str = "sqlite:///desk.db") -> Desk:
    """Every odd ticket with the vendor's numbers, synced and derived."""
    desk.configure(CONFIG.replace("STORE", store)).records("people.ndjson", *PEOPLE)
    for key, story in ODD.items():
        desk.records("tickets.ndjson", *lines(key, story))
    renewed(desk)
    for key, facts in _facts(desk).items():
        desk.records("vendor.ndjson", *_measured(key, facts | THEIRS.get(key, {})))
    return renewed(desk)


def renewed(desk: Desk) -> Desk:
    desk("sync", as_of=NOW).ok()
    desk("derive", as_of=NOW).ok()
    return desk


def _facts(desk: Desk) -> dict[str, dict[str, float | None]]:
    """Our facts by ticket: minutes and counts, as a vendor of whole minutes would have them."""
    found = facts_in(desk.folder / "mart", read(desk.folder / "mart"), "shop", VENDOR_HAS)
    return {
        row.pop("ticket_id"): {
            name: value // 60 if value is not None and name.endswith("_s") else value
            for name, value in row.items()
        }
        for row in found.to_dicts()
    }


def _measured(key: str, facts: dict[str, float | None]) -> Iterator[Line]:
    for name, value in facts.items():
        unit = "s" if name.endswith("_s") else "count"
        line = {"record": "vendor_metric", "id": f"{key}-{name}", "ticket_id": key}
        if value is not None:
            number = value * 60 if unit == "s" else value
            yield {**line, "metric": name, "value_s": number, "unit": unit}


def both(minutes: float | None, *names: str) -> dict[str, float | None]:
    """The same number of minutes by both clocks."""
    return {f"{name}{clock}": minutes for name in names for clock in ("_s", "_business_s")}


VENDOR_HAS = (
    *both(
        None,
        *("first_reply", "first_resolution", "full_resolution"),
        *("requester_wait", "agent_wait", "on_hold"),
    ),
    "agent_replies",
    "reopens",
)
SOLVED = ("first_resolution", "full_resolution")

THEIRS: dict[str, dict[str, float | None]] = {
    "private_first_reply": both(5, "first_reply"),
    "bot_reply": {**both(1, "first_reply"), "agent_replies": 2},
    "auto_reply": {**both(2, "first_reply"), "agent_replies": 2},
    "author_role": {**both(30, "first_reply"), "agent_replies": 1},
    "role_today": {**both(None, "first_reply"), "agent_replies": 0},
    "other_author": {**both(30, "first_reply"), "agent_replies": 1},
    "agent_created": {**both(0, "first_reply"), "agent_replies": 2},
    "left_later": {"agent_replies": 2},
    "clock_skew": both(0, "first_reply"),
    "closed_vs_solved": {
        "first_resolution_s": 4 * DAY,
        "full_resolution_s": 4 * DAY,
        "first_resolution_business_s": 32 * HOUR,
        "full_resolution_business_s": 32 * HOUR,
    },
    "solved_again": both(120, "full_resolution"),
    "reopened": both(120, "full_resolution"),
    # as it was after an hour, a day before it was solved
    "stale": {
        **both(60, "requester_wait"),
        **both(0, "agent_wait"),
        **both(None, *SOLVED),
        "agent_replies": 1,
    },
    # from 9 to 19 h by the late shift alone, which begins at 13 h
    "schedule_at_event": {f"{name}_business_s": 6 * HOUR for name in (*SOLVED, "requester_wait")},
    "other_calendar": {
        "first_reply_business_s": 1 * HOUR,
        **{f"{name}_business_s": 2 * HOUR for name in (*SOLVED, "requester_wait")},
    },
    "no_calendar": {"first_reply_business_s": DAY},
    "hours_differ": {"first_reply_business_s": 5 * HOUR},
    "daylight_saving": {"first_reply_s": 5 * DAY - 60},
    "merged": both(4 * HOUR, *SOLVED),
    "deleted": both(0, "requester_wait"),
    "minute_rounding": {**both(30, "agent_wait"), **both(40, "requester_wait")},
    "history_behind": both(50, *SOLVED, "requester_wait"),
    "still_running": both(400, "requester_wait"),
    "nothing_yet": both(None, "requester_wait", "agent_wait", "on_hold"),
    "unknown": both(17, "first_reply"),
}
"""What the vendor says otherwise than we do: minutes and counts; None for no number."""


PEOPLE: list[Line] = [
    {"record": "role", "id": "r1", "person_id": "left", "role": "customer"},
    {"record": "role", "id": "r2", "person_id": "moved", "role": "agent"},
    {"record": "role", "id": "r3", "person_id": "moved", "role": "customer", "since": at(10 * DAY)},
    {"record": "role", "id": "r4", "person_id": "friend", "role": "customer"},
]

DONE = {"status": "solved"}
ODD: dict[str, list[Line]] = {
    # the reply came after 30:45, and the vendor drops the seconds
    "same": [DONE, asked(), answered(30.75), solved()],
    "private_first_reply": [{}, asked(), said(5, "a", "agent", public=False), answered()],
    "bot_reply": [{}, asked(), said(1, "b", "bot"), answered()],
    "auto_reply": [{}, asked(), said(2, "a", "agent", auto=True), answered()],
    # an agent who had left before the first sync
    "author_role": [{}, asked(), changed(10, None, "left", "assignee"), said(30, "left")],
    # ours knows when the author left; the vendor goes by what they are today
    "role_today": [{}, asked(), said(30, "moved")],
    "other_author": [{}, asked(), said(30, "friend")],
    "agent_created": [{"initiated_by": "agent"}, said(0, "a", "agent"), answered(90)],
    # it fits no less that the creation counts, but for the first reply, on which both agree
    "left_later": [
        {"initiated_by": "agent"},
        *(said(0, "a", "agent"), answered(90), said(120, "left")),
    ],
    "clock_skew": [{}, said(-3, "a", "agent"), asked()],
    "closed_vs_solved": [
        {"status": "closed"},
        *(asked(), answered(), solved(), changed(4 * DAY, "solved", "closed")),
    ],
    "solved_again": [
        *(DONE, asked(), solved(), changed(DAY, "solved", "open"), solved(DAY + 60)),
    ],
    "reopened": [{}, asked(), solved(), changed(DAY, "solved", "open")],
    "stale": [
        *(DONE, asked(), answered(), changed(60, "open", "pending")),
        *(changed(DAY, "pending", "open"), answered(DAY + 30), solved(DAY + 60)),
    ],
    "schedule_at_event": [
        {**DONE, "schedule_id": "late"},
        *(asked(), changed(5 * HOUR, "office", "late", "schedule"), solved(10 * HOUR)),
    ],
    "other_calendar": [DONE, asked(), answered(5 * HOUR), solved(6 * HOUR)],
    "no_calendar": [{}, asked(), answered(DAY)],
    "hours_differ": [{}, asked(), answered(DAY)],
    # Berlin turned its clocks back in the night to 25 October
    "daylight_saving": [{"created_at": at(-10 * DAY)}, asked(-10 * DAY), answered(-5 * DAY)],
    "merged": [
        {"status": "closed", "merged_into": "same", "updated_at": at(60)},
        *(asked(), changed(60, "open", "closed"), changed(4 * HOUR, "closed", "solved")),
    ],
    "deleted": [
        *({"updated_at": at(30)}, asked(), answered(20)),
        {"record": "tombstone", "of": "ticket", "reason": "spam", "gone_at": at(99)},
    ],
    # seven stretches of 10.9 minutes, of which the vendor counts ten each
    "minute_rounding": [
        *(DONE, asked()),
        *(changed(n * 10.9, "open", "pending") for n in (1, 3, 5)),
        *(changed(n * 10.9, "pending", "open") for n in (2, 4, 6)),
        solved(7 * 10.9),
    ],
    # the last change was not read: the ticket says solved
    "history_behind": [DONE, asked(), changed(10, "new", "open")],
    "still_running": [{}, asked(), changed(10, "new", "open")],
    "nothing_yet": [{"status": "new"}, asked()],
    "unknown": [{}, asked(), answered()],
}
"""By ticket, what it is and what happened; most are named after the reason to be found."""

NAMED = {"auto_reply": "bot_reply", "role_today": "author_role", "left_later": "author_role"}
"""The reason of tickets that have another name."""
