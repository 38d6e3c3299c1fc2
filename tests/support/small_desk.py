"""A small desk read from files: three weeks of tickets with known figures."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from support.program import Desk

FIRST = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)  # a Monday
NOW = "2026-11-23T08:30:00Z"  # a Monday, three weeks later
DAYS = 21

CONFIG = """\
name = "Small desk"
zone = "Europe/Berlin"
calendar = "office"

[store]
url = "{store}"

[calendars.office]
zone = "Europe/Berlin"
hours = {{ mon-fri = ["09:00-17:00"] }}

[sources.shop]
use = "files"
path = "*.ndjson"
"""

CONSOLE = """
[notifiers.screen]
use = "console"

[digests.morning]
at = "08:00"
to = ["screen"]
"""


def small_desk(folder: Path, more: str = CONSOLE, store: str = "sqlite:///desk.db") -> Desk:
    """One ticket a day, answered after half an hour and solved after two hours.

    The last ticket waits for its answer since 22 November 09:00 UTC.
    """
    desk = Desk(folder).configure(CONFIG.format(store=store) + more)
    for day in range(DAYS):
        desk.records("tickets.ndjson", *ticket(str(day + 1), FIRST + timedelta(days=day), day))
    return desk


def derived_desk(folder: Path, more: str = CONSOLE, store: str = "sqlite:///desk.db") -> Desk:
    """The same, synced and derived."""
    desk = small_desk(folder, more, store)
    desk("sync").ok()
    desk("derive").ok()
    return desk


def ticket(key: str, created: datetime, day: int = 0, subject: str = "Where is my order?"):
    """The records of one ticket."""

    def later(minutes: int) -> str:
        return (created + timedelta(minutes=minutes)).isoformat()

    answered = day < DAYS - 1
    yield {
        "record": "ticket",
        "id": key,
        "subject": subject,
        "created_at": later(0),
        "status": "solved" if answered else "new",
        "priority": "high" if day % 2 else "normal",
        "channel": "email",
    }
    question = {"record": "message", "id": f"{key}-1", "ticket_id": key, "sent_at": later(0)}
    yield question | {"author_role": "customer", "public": True}
    if answered:
        reply = {"record": "message", "id": f"{key}-2", "ticket_id": key, "sent_at": later(30)}
        yield reply | {"author_role": "agent", "public": True}
        yield {
            "record": "change",
            "id": f"{key}-3",
            "ticket_id": key,
            "changed_at": later(120),
            "field": "status",
            "old": "new",
            "new": "solved",
        }
