"""What ended keeps its verdict, what is open is judged by the policies of today."""

from __future__ import annotations

import pytest

from deskpulse_reports.mart import manifest, refresh
from support.program import Desk

CONFIG = """
[calendars.office]
zone = "UTC"
hours = {{ mon-fri = ["09:00-17:00"] }}
holidays = [{holidays}]
[sources.s]
use = "files"
path = "s.ndjson"
calendar = "office"
{policies}
"""
POLICY = """
[policies.all]
targets = {{ first_reply_time = "{target}" }}
"""
NOW = "2025-06-03T12:00Z"
MONDAY = "2025-06-02T"


def ticket(key, **more):
    return {"record": "ticket", "id": key, "created_at": f"{MONDAY}09:00Z", "status": "open"} | more


def message(key, time, role, **more):
    return {"record": "message", "id": f"{key}-{time}", "ticket_id": key, "public": True} | {
        "sent_at": f"{MONDAY}{time}Z", "author_role": role, **more
    }  # fmt: skip


@pytest.fixture
def desk(tmp_path):
    """Ticket 1 was answered after 40 minutes, ticket 2 waits, ticket 3 is solved long ago."""
    desk = Desk(tmp_path)
    desk.records(
        "s.ndjson",
        ticket("1"), message("1", "09:00", "customer"), message("1", "09:40", "agent"),
        ticket("2"), message("2", "09:00", "customer"),
        ticket("3", status="solved", solved_at=f"{MONDAY}09:30Z"),
    )  # fmt: skip
    promise(desk, "1h")
    desk("sync").ok()
    desk("derive").ok()
    return desk


def promise(desk, target, holidays="", policies=POLICY):
    text = policies.format(target=target)
    desk.configure(CONFIG.format(holidays=holidays, policies=text))


def derived(desk, *options):
    return desk("derive", "--json", *options).ok().json


def stands(desk):
    """Ticket -> state and target in minutes, by the store; the mart must say the same."""
    told = desk("sla", "--state", "all", "--json", as_of=NOW).ok().json["clocks"]
    found = {clock["ticket_id"]: (clock["state"], clock["target_s"] / 60) for clock in told}
    met = desk("kpi", "sla_attainment", "--json", as_of=NOW).ok().json["rows"][0]
    decided = [state for state, _ in found.values() if state in ("achieved", "breached")]
    assert met["n"] == len(decided)
    if decided:
        assert met["value"] == pytest.approx(decided.count("achieved") / len(decided))
    return found


FIRST = {"1": ("achieved", 60), "2": ("breached", 60), "3": ("achieved", 60)}


def test_a_shorter_target_changes_what_is_open_only(desk):
    assert stands(desk) == FIRST
    promise(desk, "20m")
    assert derived(desk) == {"how": "dirty", "tickets": 2, "records": 0}  # 3 is solved
    after = {**FIRST, "2": ("breached", 20)}
    assert stands(desk) == after
    assert derived(desk)["how"] == "nothing"
    assert derived(desk, "--all")["how"] == "everything"
    assert stands(desk) == after


def test_new_verdicts_where_they_are_asked_for(desk):
    promise(desk, "20m")
    assert desk("derive", "--new-verdicts").code == 2
    derived(desk, "--all", "--new-verdicts")
    assert stands(desk) == dict.fromkeys(FIRST, ("breached", 20))


def test_an_edited_calendar_keeps_verdicts(desk):
    promise(desk, "1h", holidays="2025-06-02")
    derived(desk)
    found = desk("sla", "--state", "all", "--json", as_of=NOW).ok().json["clocks"]
    elapsed = {clock["ticket_id"]: clock["elapsed_s"] / 60 for clock in found}
    assert elapsed == {"1": 40, "2": 180, "3": 30}  # of 2 Tuesday counts alone


def test_history_that_arrives_late_is_judged_anew(desk):
    promise(desk, "20m")
    desk.records("s.ndjson", message("1", "09:10", "agent"), message("3", "09:10", "customer"))
    desk("sync").ok()
    derived(desk)
    assert stands(desk) == {"1": ("achieved", 20), "2": ("breached", 20), "3": ("achieved", 60)}


def test_without_policies_the_past_stays(desk):
    promise(desk, "", policies="")
    derived(desk)
    past = {key: FIRST[key] for key in ("1", "3")}
    assert stands(desk) == past
    derived(desk, "--all")
    assert stands(desk) == past


def test_the_first_policies_judge_the_past_too(tmp_path):
    desk = Desk(tmp_path)
    desk.records("s.ndjson", ticket("3", status="solved", solved_at=f"{MONDAY}09:30Z"))
    promise(desk, "", policies="")
    desk("sync").ok()
    derived(desk)
    assert stands(desk) == {}
    promise(desk, "20m")
    assert derived(desk)["how"] == "everything"
    assert stands(desk) == {"3": ("breached", 20)}


def test_a_removed_ticket_takes_its_clock_along(desk):
    gone = {"record": "tombstone", "of": "ticket", "id": "2", "reason": "spam"}
    desk.records("s.ndjson", gone | {"gone_at": f"{MONDAY}09:30Z"})
    desk("sync").ok()
    derived(desk)
    assert stands(desk) == {**FIRST, "2": ("cancelled", 60)}


@pytest.mark.parametrize("step", ["publish", "unmark"])
def test_after_a_crash_the_next_derive_ends_right(desk, monkeypatch, step):
    promise(desk, "20m")
    desk.records("s.ndjson", message("2", "09:50", "agent"))
    desk("sync").ok()

    def dies(*_):
        raise RuntimeError("killed")

    with monkeypatch.context() as patch:
        patch.setattr(*((manifest, "publish") if step == "publish" else (refresh, "unmark")), dies)
        assert desk("derive").code != 0
    assert derived(desk)["how"] == "dirty"
    assert stands(desk) == {**FIRST, "2": ("breached", 20)}
    assert derived(desk)["how"] == "nothing"
