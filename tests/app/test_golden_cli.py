"""Every golden ticket through the whole program: NDJSON, sync, derive, and the answers as JSON."""

from __future__ import annotations

import json

import pytest

from support.golden import DURATIONS, SAME, cases, our_word
from support.program import Desk

CASES = cases("tickets")
IDS = [case["id"] for case in CASES]
CLOCKS = (("cal", "s", "calendar"), ("bus", "business_s", "business"))
RESOLVED_LATER = "2026-01-01T00:00Z"


@pytest.fixture(scope="module")
def desk(tmp_path_factory, database):
    """One source a case, each with the case's own calendar."""
    desk = Desk(tmp_path_factory.mktemp("golden"))
    desk.configure(
        f'[store]\nurl = "{database}"\n' + "".join(_tables(case) for case in CASES),
    )
    for case in CASES:
        desk.records(f"{case['id']}.ndjson", *_records(case))
    desk("sync").ok()
    desk("derive").ok()
    return desk


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_ticket_json(desk, case):
    told = desk("ticket", f"{case['id']}/{case['id']}", "--json", as_of=case["now"]).ok().json
    facts, expected = told["facts"], case["expect"]
    for theirs, ours in DURATIONS.items():
        for their_clock, our_clock, _ in CLOCKS:
            minutes = expected[f"{theirs}_{their_clock}"]
            seconds = None if minutes is None else pytest.approx(minutes * 60, abs=0.006)
            assert facts[f"{ours}_{our_clock}"] == seconds, (theirs, our_clock)
    assert {name: facts[name] for name in SAME} == {name: expected[name] for name in SAME}
    replies = facts["next_replies"]
    assert [reply["ended_by"] for reply in replies] == expected["next_reply_end"]
    for their_clock, our_clock, _ in CLOCKS:
        minutes = [reply[our_clock] / 60 for reply in replies]
        assert minutes == pytest.approx(expected[f"next_reply_{their_clock}"], abs=1e-4)
    assert all(reply.keys() == {"start", "end", "ended_by", "s", "business_s"} for reply in replies)
    assert told["ticket"]["id"] == case["id"]
    assert len(told["timeline"]) == len(case["ticket"]["events"]) + 1  # and the creation


@pytest.mark.parametrize(("their_clock", "our_clock", "clock"), CLOCKS)
@pytest.mark.parametrize(
    ("kpi", "theirs"),
    [
        ("first_reply_time", "frt"),
        ("first_resolution_time", "first_res"),
        ("full_resolution_time", "full_res"),
    ],
)
def test_kpi_json(desk, kpi, theirs, their_clock, our_clock, clock):
    told = desk("kpi", kpi, "--by", "source", "--clock", clock, "--json", as_of=RESOLVED_LATER)
    found = {row["dims"]["source"]: row["value"] for row in told.ok().json["rows"]}
    expected = {case["id"]: case["expect"][f"{theirs}_{their_clock}"] for case in CASES}
    assert found == {
        case: pytest.approx(minutes * 60, abs=0.006)
        for case, minutes in expected.items()
        if minutes is not None
    }


def test_next_replies_as_a_kpi(desk):
    told = (
        desk("kpi", "next_reply_time", "--by", "source", "--json", as_of=RESOLVED_LATER).ok().json
    )
    found = {row["dims"]["source"]: (row["n"], row["mean"]) for row in told["rows"]}
    for case in CASES:
        minutes = case["expect"]["next_reply_cal"]
        if minutes:
            mean = pytest.approx(sum(minutes) / len(minutes) * 60, abs=0.006)
            assert found[case["id"]] == (len(minutes), mean)
        else:
            assert case["id"] not in found or found[case["id"]][0] == 0


def test_derive_again_changes_nothing(desk):
    assert desk("derive", "--json").ok().json == {"how": "nothing", "tickets": 0, "records": 0}
    before = desk("kpi", "first_reply_time", "--by", "source", "--json", as_of=RESOLVED_LATER).out
    assert desk("derive", "--all", "--json").ok().json["tickets"] == len(CASES)
    after = desk("kpi", "first_reply_time", "--by", "source", "--json", as_of=RESOLVED_LATER).out
    assert json.loads(after) == json.loads(before)


def _tables(case):
    schedule = case["schedule"]
    hours = ", ".join(
        f"{day} = [{', '.join(json.dumps('-'.join(span)) for span in spans)}]"
        for day, spans in schedule["weekly"].items()
    )
    holidays = ", ".join(schedule["holidays"])
    name = case["id"]
    return f"""
[calendars.{name}]
zone = "{schedule["tz"]}"
hours = {{ {hours} }}
holidays = [{holidays}]
[sources.{name}]
use = "files"
path = "{name}.ndjson"
calendar = "{name}"
"""


def _records(case):
    ticket, key = case["ticket"], {"ticket_id": case["id"]}
    status = our_word(ticket["initial_status"])
    records = []
    for n, event in enumerate(ticket["events"]):
        if event["type"] == "comment":
            author = our_word(event["author"])
            records.append(
                {"record": "message", "id": f"m{n}", "sent_at": event["at"], **key}
                | {"author_role": author, "public": event["public"]}
            )
        else:
            assert event["type"] == "status"
            new = our_word(event["value"])
            records.append(
                {"record": "change", "id": f"c{n}", "changed_at": event["at"], **key}
                | {"field": "status", "old": status, "new": new, "seq": n}
            )
            status = new
    head = {"record": "ticket", "id": case["id"], "created_at": ticket["created_at"]}
    return [*records, head | {"status": status}]  # the ticket last: records come in any order
