"""The golden cases (tests/golden/README.md), turned into histories and back into their minutes."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl

from deskpulse.calendars import Calendar, Calendars
from deskpulse.clock import to_micros
from deskpulse_reports.facts import Facts, History, Settings, as_of, derive

GOLDEN = Path(__file__).parent.parent / "golden"
OUR_WORDS = {"hold": "on_hold", "end_user": "customer"}
DURATIONS = {
    "frt": "first_reply",
    "first_res": "first_resolution",
    "full_res": "full_resolution",
    "requester_wait": "requester_wait",
    "agent_wait": "agent_wait",
    "on_hold": "on_hold",
    "agent_work": "agent_work",
}
SAME = ("agent_replies", "public_agent_comments", "internal_notes", "reopens", "touch")


def cases(name: str, kind: str | None = None) -> list[dict[str, Any]]:
    """The cases of one file, all or of one kind."""
    every = json.loads((GOLDEN / f"{name}.json").read_text())
    return [case for case in every if kind is None or case["kind"] == kind]


def micros(text: str) -> int:
    return to_micros(datetime.fromisoformat(text))


def our_word(word: str) -> str:
    return OUR_WORDS.get(word, word)


def case_history(case: dict[str, Any], source: str = "golden") -> History:
    """A case of tickets.json as the store would hold it, vendor roles stated."""
    ticket, key = case["ticket"], {"source": source, "ticket_id": case["id"]}
    return History.of(
        pl.DataFrame(
            {
                "source": [source],
                "id": [case["id"]],
                "created_at": [micros(ticket["created_at"])],
                "status": [our_word(ticket["initial_status"])],
            }
        ),
        messages=_table(
            {
                **key,
                "id": str(n),
                "sent_at": micros(event["at"]),
                "author_role": our_word(event["author"]),
                "public": event["public"],
            }
            for n, event in enumerate(ticket["events"])
            if event["type"] == "comment"
        ),
        changes=_table(
            {
                **key,
                "id": str(n),
                "changed_at": micros(event["at"]),
                "field": "status",
                "old": our_word(ticket["initial_status"]),
                "new": our_word(event["value"]),
            }
            for n, event in enumerate(ticket["events"])
            if event["type"] == "status"
        ),
    )


def case_settings(case: dict[str, Any]) -> Settings:
    """The case's schedule as the default calendar."""
    schedule = case["schedule"]
    desk = Calendar("desk", schedule["tz"], schedule["weekly"], schedule["holidays"])
    return Settings(Calendars([desk]), default_calendar="desk")


def case_answers(case: dict[str, Any]) -> tuple[dict[str, Any], Facts]:
    """What deskpulse says, in the keys and minutes of the case, and the facts behind it."""
    settings = case_settings(case)
    facts = derive(case_history(case), settings)
    now = datetime.fromisoformat(case["now"])
    row = as_of(facts.tickets, now, settings.calendars).row(0, named=True)
    replies = facts.replies.drop_nulls("ended_at")
    answers = {key: row[key] for key in SAME}
    for theirs, ours in DURATIONS.items():
        answers[f"{theirs}_cal"] = minutes(row[f"{ours}_s"])
        answers[f"{theirs}_bus"] = minutes(row[f"{ours}_business_s"])
    answers["next_reply_cal"] = [minutes(s) for s in replies["s"]]
    answers["next_reply_bus"] = [minutes(s) for s in replies["business_s"]]
    answers["next_reply_end"] = replies["ended_by"].to_list()
    return answers, facts


def minutes(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds / 60, 4)


def _table(rows: Any) -> pl.DataFrame | None:
    listed = list(rows)
    return pl.DataFrame(listed) if listed else None
