"""Every case of golden/special.json: merges, roles, bots, deletions, ties, double solves."""

from __future__ import annotations

import polars as pl
import pytest

from deskpulse.calendars import Calendar, Calendars
from deskpulse_reports.facts import History, Settings, derive
from deskpulse_reports.facts.events import arrange
from support.golden import cases, micros, minutes, our_word

AGENT = {"author_id": "agent", "author_role": "agent", "public": True}


def by_kind(kind):
    found = cases("special", kind)
    return pytest.mark.parametrize("case", found, ids=[case["id"] for case in found])


def table(*rows):
    return pl.DataFrame([{"source": "s", "ticket_id": "1", **row} for row in rows])


def one_ticket(created_at, **more):
    return pl.DataFrame({"source": ["s"], "id": ["1"], "created_at": [micros(created_at)], **more})


@by_kind("merge")
def test_merge(case):
    tickets, messages = [], []
    for given in case["input"]["tickets"]:
        end = given.get("closed_at")
        tickets.append(
            {
                "source": "s",
                "id": given["id"],
                "created_at": micros(given["created_at"]),
                "solved_at": micros(given["solved_at"]) if "solved_at" in given else None,
                "closed_at": micros(end) if end else None,
                "updated_at": micros(end) if end else None,
                "merged_into": given.get("merged_into"),
            }
        )
        if "first_reply_at" in given:
            sent_at = micros(given["first_reply_at"])
            messages.append(
                {"id": "m", "source": "s", "ticket_id": given["id"], "sent_at": sent_at, **AGENT}
            )
    facts = derive(History.of(pl.DataFrame(tickets), messages=pl.DataFrame(messages)), Settings())
    counted = facts.tickets.filter("counted")
    for policy, rows in (("exclude_merged", counted), ("raw", facts.tickets)):
        expected = case["expect"][policy]
        assert len(rows) == expected["created"]
        assert rows["first_resolved_at"].count() == expected["resolved"]
        assert rows["first_reply_s"].count() == expected["frt_n"]
        assert minutes(rows["full_resolution_s"].mean()) == expected["full_res_mean"]
    assert minutes(counted["first_reply_s"].mean()) == case["expect"]["exclude_merged"]["frt_mean"]
    merged = facts.tickets.filter(pl.col("removed_reason") == "merged")
    assert len(merged) == case["expect"]["exclude_merged"]["merged"]


@by_kind("author_role")
def test_author_role(case):
    given = case["input"]
    roles = pl.DataFrame(
        [
            {
                "source": "s",
                "id": str(n),
                "person_id": "p",
                "role": our_word(row["role"]),
                "since": micros(row["from"]),
            }
            for n, row in enumerate(given["role_history"])
        ]
    )
    message = {"id": "m", "sent_at": micros(given["comment_at"]), "author_id": "p", "public": True}
    history = History.of(one_ticket(given["created_at"]), messages=table(message), roles=roles)
    row = derive(history, Settings()).tickets.row(0, named=True)
    assert minutes(row["first_reply_s"]) == case["expect"]["frt_cal"]
    assert row["agent_replies"] == case["expect"]["agent_replies"]
    assert minutes(row["first_reply_s"]) != case["wrong"]["frt_cal"]


@by_kind("bot")
def test_bot(case):
    given = case["input"]
    bots = [
        {"id": f"b{n}", "sent_at": micros(sent), "author_role": "bot", "public": True}
        for n, sent in enumerate(given["bot_messages"])
    ]
    human = {"id": "h", "sent_at": micros(given["human_at"]), "author_role": "agent"}
    messages = table(*bots, {**human, "public": True})
    handoff = {
        "id": "c",
        "changed_at": micros(given["handoff_at"]),
        "field": "handoff",
        "new": "human",
    }
    history = History.of(one_ticket(given["created_at"]), messages=messages, changes=table(handoff))
    row = derive(history, Settings()).tickets.row(0, named=True)
    assert minutes(row["first_reply_s"]) == case["expect"]["frt_cal"]
    assert minutes(row["human_response_s"]) == case["expect"]["human_response"]


@by_kind("deleted")
def test_deleted(case):
    history = History.of(
        one_ticket(
            "2025-06-02T09:00:00Z",
            status=["open"],
            removed_reason=[case["input"]["status"]],
            removed_at=[micros("2025-06-02T10:00:00Z")],
        )
    )
    facts = derive(history, Settings())
    ticket, stage = facts.tickets.row(0, named=True), facts.stages.row(0, named=True)
    assert ticket["counted"] is case["expect"]["in_volume"]
    assert (ticket["running_status"] is not None) is case["expect"]["in_unsolved"]
    assert stage["counted"] is case["expect"]["in_backlog"]
    assert stage["leaves"]


@by_kind("ordering")
def test_ordering(case):
    messages = table(
        *(
            {
                "id": str(n),
                "sent_at": micros(comment["at"]),
                "author_role": our_word(comment["author"]),
                "public": True,
            }
            for n, comment in enumerate(case["input"]["comments"])
        )
    )
    history = History.of(one_ticket(case["input"]["comments"][0]["at"]), messages=messages)
    roles = arrange(history, Settings()).messages["role"].to_list()
    assert roles == [our_word(word) for word in case["expect"]["order"]]


@by_kind("double_solve")
def test_double_solve(case):
    changes = table(
        *(
            {
                "id": str(n),
                "changed_at": micros(event["at"]),
                "field": "status",
                "new": event["value"],
            }
            for n, event in enumerate(case["input"]["events"])
        )
    )
    facts = derive(History.of(one_ticket(case["input"]["created_at"]), changes=changes), Settings())
    row = facts.tickets.row(0, named=True)
    assert row["reopens"] == case["expect"]["reopens"]
    assert row["resolutions"] == 1
    assert row["resolved_at"] == micros("2025-06-02T10:00:00Z")
    assert facts.stages["stage"].to_list() == ["new", "solved"]


def test_schedule_change_adds_up_what_passed_under_each():
    # golden/README.md, kind schedule_change, rule `cumulative`: open Sunday-based minutes of UTC
    long = Calendar("long", "UTC", {"mon": [("08:00", "20:00")]})
    short = Calendar("short", "UTC", {"mon": [("10:00", "12:00")]})
    history = History.of(
        one_ticket("2025-06-02T09:00:00Z", schedule_id=["short"]),
        messages=table({"id": "m", "sent_at": micros("2025-06-02T13:00:00Z"), **AGENT}),
        changes=table(
            {
                "id": "c",
                "changed_at": micros("2025-06-02T11:00:00Z"),
                "field": "schedule",
                "old": "long",
                "new": "short",
            }
        ),
    )
    row = derive(history, Settings(Calendars([long, short]))).tickets.row(0, named=True)
    assert row["calendar"] == "short"
    assert minutes(row["first_reply_business_s"]) == 120 + 60


def test_no_kind_of_special_case_is_left_out():
    kinds = {"merge", "author_role", "bot", "deleted", "ordering", "double_solve"}
    assert {case["kind"] for case in cases("special")} == kinds
