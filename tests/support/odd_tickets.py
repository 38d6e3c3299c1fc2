"""Tickets by hand whose vendor's numbers differ from ours, each for one known reason.

Times are minutes from Monday 2026-11-02 09:00 in Berlin, when the office has just opened.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from support.program import Desk

START = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
NOW = "2026-11-20T12:00:00Z"
HOUR, DAY = 60, 1440

CONFIG = """\
name = "Odd desk"
zone = "Europe/Berlin"
calendar = "office"

[store]
url = "sqlite:///desk.db"

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


def ticket(key: str, created: float = 0, **fields: Any) -> Line:
    """An open ticket of the customer `c`."""
    about = {"requester_id": "c", "status": "open", "created_at": at(created)}
    return {"record": "ticket", "id": key, **about, **fields}


def said(key: str, n: int, minutes: float, who: str, role: str | None = None, **more: Any) -> Line:
    """A public message."""
    line = {"record": "message", "id": f"{key}-m{n}", "ticket_id": key, "sent_at": at(minutes)}
    return {**line, "author_id": who, "author_role": role, "public": True, **more}


def changed(key: str, n: int, minutes: float, field: str, old: str | None, new: str) -> Line:
    """A change."""
    line = {"record": "change", "id": f"{key}-c{n}", "ticket_id": key, "changed_at": at(minutes)}
    return {**line, "seq": n, "field": field, "old": old, "new": new}


def measured(key: str, **values: float) -> Iterator[Line]:
    """What the vendor says: minutes of durations (names end in `_s`), else counts."""
    for name, value in values.items():
        unit = "s" if name.endswith("_s") else "count"
        line = {"record": "vendor_metric", "id": f"{key}-{name}", "ticket_id": key}
        number = value * 60 if unit == "s" else value
        yield {**line, "metric": name, "value_s": number, "unit": unit}


def asked(key: str) -> Line:
    return said(key, 0, 0, "c", "customer")


def answered(key: str, minutes: float = 30) -> Line:
    return said(key, 1, minutes, "a", "agent")


def solved(key: str, minutes: float = 120, n: int = 1, old: str = "open") -> Line:
    return changed(key, n, minutes, "status", old, "solved")


def odd_desk(desk: Desk) -> Desk:
    """Every odd ticket, synced and derived."""
    desk.configure(CONFIG).records("people.ndjson", *PEOPLE)
    for key, lines in ODD.items():
        desk.records("tickets.ndjson", *lines)
        assert all(line.get("ticket_id", key) == key for line in lines)
    desk("sync", as_of=NOW).ok()
    desk("derive", as_of=NOW).ok()
    return desk


PEOPLE: list[Line] = [
    {"record": "role", "id": "r1", "person_id": "left", "role": "customer"},
    {"record": "role", "id": "r2", "person_id": "moved", "role": "agent"},
    {"record": "role", "id": "r3", "person_id": "moved", "role": "customer", "since": at(10 * DAY)},
    {"record": "role", "id": "r4", "person_id": "friend", "role": "customer"},
]

ODD: dict[str, list[Line]] = {
    # the reply came after 30:45, and the vendor drops the seconds
    "same": [
        *(ticket("same", status="solved"), asked("same"), answered("same", 30.75)),
        *(solved("same"), *measured("same", first_reply_s=30, full_resolution_s=120)),
        *measured("same", agent_replies=1, reopens=0),
    ],
    "private_first_reply": [
        *(ticket("private_first_reply"), asked("private_first_reply")),
        said("private_first_reply", 2, 5, "a", "agent", public=False),
        *(answered("private_first_reply"), *measured("private_first_reply", first_reply_s=5)),
        *measured("private_first_reply", first_reply_business_s=5, agent_replies=1),
    ],
    "bot_reply": [
        *(ticket("bot_reply"), asked("bot_reply"), said("bot_reply", 2, 1, "b", "bot")),
        *(answered("bot_reply"), *measured("bot_reply", first_reply_s=1, agent_replies=2)),
    ],
    "auto_reply": [
        *(ticket("auto_reply"), asked("auto_reply")),
        said("auto_reply", 2, 2, "a", "agent", auto=True),
        *(answered("auto_reply"), *measured("auto_reply", first_reply_s=2, agent_replies=2)),
    ],
    # an agent who had left before the first sync
    "author_role": [
        *(ticket("author_role"), asked("author_role")),
        changed("author_role", 1, 10, "assignee", None, "left"),
        said("author_role", 1, 30, "left"),
        *measured("author_role", first_reply_s=30, first_reply_business_s=30, agent_replies=1),
    ],
    # ours knows when the author left; the vendor goes by what they are today
    "role_today": [
        *(ticket("role_today"), asked("role_today"), said("role_today", 1, 30, "moved")),
        *measured("role_today", agent_replies=0, requester_wait_s=0),
    ],
    "other_author": [
        *(ticket("other_author"), asked("other_author"), said("other_author", 1, 30, "friend")),
        *measured("other_author", first_reply_s=30, agent_replies=1),
    ],
    "agent_created": [
        ticket("agent_created", initiated_by="agent"),
        said("agent_created", 0, 0, "a", "agent"),
        *(answered("agent_created", 90), *measured("agent_created", first_reply_s=0)),
        *measured("agent_created", first_reply_business_s=0, agent_replies=2),
    ],
    "clock_skew": [
        *(ticket("clock_skew"), said("clock_skew", 1, -3, "a", "agent"), asked("clock_skew")),
        *measured("clock_skew", first_reply_s=0, first_reply_business_s=0),
    ],
    "closed_vs_solved": [
        *(ticket("closed_vs_solved", status="closed"), asked("closed_vs_solved")),
        *(answered("closed_vs_solved"), solved("closed_vs_solved")),
        changed("closed_vs_solved", 2, 4 * DAY, "status", "solved", "closed"),
        *measured("closed_vs_solved", full_resolution_s=4 * DAY, first_reply_s=30),
    ],
    "solved_again": [
        *(ticket("solved_again", status="solved"), asked("solved_again"), solved("solved_again")),
        changed("solved_again", 2, DAY, "status", "solved", "open"),
        solved("solved_again", DAY + 60, n=3),
        *measured("solved_again", full_resolution_s=120, reopens=1),
    ],
    "reopened": [
        *(ticket("reopened"), asked("reopened"), solved("reopened")),
        changed("reopened", 2, DAY, "status", "solved", "open"),
        *measured("reopened", full_resolution_s=120, reopens=1),
    ],
    # as it was after the first reply, a day before it was solved
    "stale": [
        *(ticket("stale", status="solved"), asked("stale"), answered("stale")),
        changed("stale", 1, 60, "status", "open", "pending"),
        changed("stale", 2, DAY, "status", "pending", "open"),
        *(said("stale", 2, DAY + 30, "a", "agent"), solved("stale", DAY + 60, n=3)),
        *measured("stale", first_reply_s=30, agent_replies=1, requester_wait_s=60),
        *measured("stale", agent_wait_s=0, reopens=0),
    ],
    "schedule_at_event": [
        *(ticket("schedule_at_event", status="solved", schedule_id="late"),),
        asked("schedule_at_event"),
        changed("schedule_at_event", 1, 5 * HOUR, "schedule", "office", "late"),
        solved("schedule_at_event", 10 * HOUR, n=2),
        *measured("schedule_at_event", full_resolution_s=10 * HOUR),
        *measured("schedule_at_event", full_resolution_business_s=6 * HOUR),
    ],
    "other_calendar": [
        *(ticket("other_calendar", status="solved"), asked("other_calendar")),
        *(answered("other_calendar", DAY), solved("other_calendar", DAY + 60)),
        *measured("other_calendar", first_reply_s=DAY, first_reply_business_s=8 * HOUR),
        *measured("other_calendar", full_resolution_s=DAY + 60),
        *measured("other_calendar", full_resolution_business_s=8 * HOUR + 60),
    ],
    "no_calendar": [
        *(ticket("no_calendar"), asked("no_calendar"), answered("no_calendar", DAY)),
        *measured("no_calendar", first_reply_s=DAY, first_reply_business_s=DAY),
    ],
    "hours_differ": [
        *(ticket("hours_differ"), asked("hours_differ"), answered("hours_differ", DAY)),
        *measured("hours_differ", first_reply_s=DAY, first_reply_business_s=5 * HOUR),
    ],
    # Berlin turned its clocks back in the night to 25 October
    "daylight_saving": [
        ticket("daylight_saving", created=-10 * DAY),
        said("daylight_saving", 0, -10 * DAY, "c", "customer"),
        said("daylight_saving", 1, -5 * DAY, "a", "agent"),
        *measured("daylight_saving", first_reply_s=5 * DAY - 60),
    ],
    "merged": [
        ticket("merged", status="closed", merged_into="same", updated_at=at(60)),
        *(asked("merged"), changed("merged", 1, 60, "status", "open", "closed")),
        changed("merged", 2, 4 * HOUR, "status", "closed", "solved"),
        *measured("merged", full_resolution_s=4 * HOUR),
    ],
    "deleted": [
        *(ticket("deleted", updated_at=at(30)), asked("deleted"), answered("deleted", 20)),
        {"record": "tombstone", "of": "ticket", "id": "deleted", "reason": "spam", "gone_at": at(99)},
        *measured("deleted", first_reply_s=20, requester_wait_s=0),
    ],
    "minute_rounding": [
        *(ticket("minute_rounding", status="solved"), asked("minute_rounding")),
        *(
            changed("minute_rounding", n, n * 10.9, "status", old, new)
            for n, (old, new) in enumerate((("open", "pending"), ("pending", "open")) * 3, 1)
        ),
        solved("minute_rounding", 7 * 10.9, n=7),
        *measured("minute_rounding", agent_wait_s=30, requester_wait_s=40),
    ],
    # the last change was not read: the ticket says solved
    "history_behind": [
        *(ticket("history_behind", status="solved"), asked("history_behind")),
        changed("history_behind", 1, 10, "status", "new", "open"),
        *measured("history_behind", full_resolution_s=50),
    ],
    "still_running": [
        *(ticket("still_running"), asked("still_running")),
        changed("still_running", 1, 10, "status", "new", "open"),
        *measured("still_running", requester_wait_s=900),
    ],
    "nothing_yet": [
        *(ticket("nothing_yet", status="new"), asked("nothing_yet")),
        *measured("nothing_yet", agent_replies=0),
    ],
    "unknown": [
        *(ticket("unknown"), asked("unknown"), answered("unknown")),
        *measured("unknown", first_reply_s=17),
    ],
}
"""By ticket; most are named after the reason that must be found."""

NAMED = {"auto_reply": "bot_reply", "role_today": "author_role"}
"""The reason of tickets that have another name."""
