"""`explain`: the facts of the golden cases, and a timeline that says what each event counts as."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from datetime import UTC, datetime

import polars as pl
import pytest

from deskpulse_reports.facts import History, Settings, SourceRules, explain
from support import worlds
from support.golden import DURATIONS, case_history, case_settings, cases, micros, minutes

CASES = cases("tickets")
DURATION_KEYS = {
    "first_reply", "first_resolution", "full_resolution", "requester_wait", "agent_wait",
    "on_hold", "agent_work", "human_response",
}  # fmt: skip


def case_named(name):
    return next(case for case in CASES if case["id"] == name)


def explained(case):
    return explain(case_history(case), case_settings(case), datetime.fromisoformat(case["now"]))


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_facts_are_the_golden_ones(case):
    facts, expect = explained(case)["facts"], case["expect"]
    for theirs, ours in DURATIONS.items():
        assert minutes(facts[f"{ours}_s"]) == expect[f"{theirs}_cal"]
        assert minutes(facts[f"{ours}_business_s"]) == expect[f"{theirs}_bus"]
    assert [minutes(r["s"]) for r in facts["next_replies"]] == expect["next_reply_cal"]
    assert [minutes(r["business_s"]) for r in facts["next_replies"]] == expect["next_reply_bus"]
    assert [r["ended_by"] for r in facts["next_replies"]] == expect["next_reply_end"]
    for name in ("agent_replies", "public_agent_comments", "internal_notes", "reopens", "touch"):
        assert facts[name] == expect[name]


def test_every_fact_has_its_reason_and_all_of_it_is_json():
    report = explained(case_named("G15"))
    facts = report["facts"]
    assert set(report["because"]) == set(facts) - {"next_replies", "running_reply"}
    assert {key.removesuffix("_s").removesuffix("_business") for key in facts} >= DURATION_KEYS
    assert json.loads(json.dumps(report)) == report


def test_timeline_says_what_each_event_counts_as():
    counts = [entry["counts_as"] for entry in explained(case_named("G14"))["timeline"]]
    assert counts == [
        "start of every clock",
        "starts a wait",
        "first reply",
        "resolution",
        "starts next reply 1",
        "reopening",
        "ends next reply 1",
        "resolution",
    ]


def test_what_does_not_count_is_said_to_be_ignored():
    by_role = {
        entry["role"]: entry["counts_as"] for entry in explained(case_named("G12"))["timeline"]
    }
    assert by_role["bot"] == "bot: ignored"
    notes = [e for e in explained(case_named("G08"))["timeline"] if e["what"] == "internal note"]
    assert [note["counts_as"] for note in notes] == ["note: ignored"]
    creation = explained(case_named("G09"))["timeline"][1]
    assert creation["counts_as"] == "creation"


def test_stated_ends_and_removal_are_on_the_timeline():
    ticket = pl.DataFrame(
        {
            "source": ["s"],
            "id": ["1"],
            "created_at": [micros("2025-06-02T09:00:00Z")],
            "first_reply_at": [micros("2025-06-02T10:00:00Z")],
            "solved_at": [micros("2025-06-02T11:00:00Z")],
            "removed_at": [micros("2025-06-03T11:00:00Z")],
            "removed_reason": ["deleted"],
        }
    )
    settings = Settings(sources={"s": SourceRules(trust="stated")})
    report = explain(History.of(ticket), settings, datetime(2025, 6, 9, tzinfo=UTC))
    whats = [(entry["what"], entry["counts_as"]) for entry in report["timeline"]]
    assert whats == [
        ("ticket created", "start of every clock"),
        ("first reply (stated)", "first reply"),
        ("solved (stated)", "resolution"),
        ("ticket gone: deleted", "end of all"),
    ]
    assert report["facts"]["first_reply_s"] == 3600
    assert report["ticket"]["history"] == "stated"


def test_a_running_reply_is_counted_up_to_now():
    ticket = pl.DataFrame(
        {"source": ["s"], "id": ["1"], "created_at": [micros("2025-06-02T09:00:00Z")]}
    )
    messages = pl.DataFrame(
        [
            {"sent_at": micros("2025-06-02T10:00:00Z"), "author_role": "agent"},
            {"sent_at": micros("2025-06-02T11:00:00Z"), "author_role": "customer"},
        ]
    ).with_columns(source=pl.lit("s"), ticket_id=pl.lit("1"), public=True, id=pl.lit("m"))
    history = History.of(ticket, messages=messages)
    report = explain(history, Settings(), datetime(2025, 6, 2, 12, tzinfo=UTC))
    assert report["facts"]["next_replies"] == []
    assert report["facts"]["running_reply"] == {
        "start": "2025-06-02T11:00:00Z",
        "end": None,
        "ended_by": None,
        "s": 3600.0,
        "business_s": 3600.0,
    }


def test_every_event_of_any_world_is_on_the_timeline_once_and_in_order():
    for seed in range(30):
        rng = random.Random(seed)
        world, settings = worlds.world(rng), worlds.settings(rng)
        ticket = world.tickets[0]
        history = worlds.history(replace(world, tickets=[ticket]))
        report = explain(history, settings, datetime(2026, 1, 1, tzinfo=UTC))
        mine = [
            row["id"]
            for row in [*world.messages, *world.changes]
            if (row["source"], row["ticket_id"]) == (ticket["source"], ticket["id"])
        ]
        entries = report["timeline"]
        shown = [e["id"] for e in entries if e["id"] is not None and "survey" not in e["what"]]
        assert sorted(shown) == sorted(mine)
        instants = [datetime.fromisoformat(entry["instant"]) for entry in entries]
        assert instants == sorted(instants)
        assert all(entry["counts_as"] for entry in entries)
        json.dumps(report)


def test_more_than_one_ticket_is_refused():
    tickets = pl.DataFrame({"source": ["s", "s"], "id": ["1", "2"], "created_at": [1, 1]})
    with pytest.raises(ValueError, match="exactly one ticket, not 2"):
        explain(History.of(tickets), Settings(), datetime(2026, 1, 1, tzinfo=UTC))
