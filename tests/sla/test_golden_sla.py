"""Every published SLA case, exactly."""

from datetime import UTC, datetime

import pytest

from deskpulse_reports.facts import Settings
from deskpulse_reports.rules import levels
from deskpulse_reports.rules import running as clocks
from deskpulse_reports.sla import standing
from deskpulse_reports.sla.condition import Filter
from deskpulse_reports.sla.policy import Policy, Target
from deskpulse_reports.sla.promises import Promises
from support.sla_cases import (
    DESK,
    case_calendars,
    case_history,
    case_promises,
    clocks_of,
    sla_cases,
)

CUSTOMER = {"type": "comment", "author": "end_user", "public": True}


def every(kind):
    found = sla_cases(kind)
    assert found
    return pytest.mark.parametrize("case", found, ids=[case["id"] for case in found])


def the_clock(given, metric="", **more):
    settings = Settings(case_calendars(given), DESK if given["schedule"] else "")
    (clock,) = clocks_of(case_history(given, **more), case_promises(given, metric), settings)
    return clock, settings.calendars


def utc(text):
    return datetime.fromisoformat(text).astimezone(UTC)


def running(case):
    """A ticket that waits for its first reply since the case's start."""
    given = case["input"]
    events = [CUSTOMER | {"at": given["start"]}]
    begun = given | {"created_at": given["start"], "events": events}
    return the_clock(begun, "first_reply_time")


@every("due")
def test_due(case):
    clock, calendars = running(case)
    assert clock.due_at == utc(case["expect"]["due_at"])
    at_due = standing(clock, clock.due_at, calendars)
    assert (at_due.state, at_due.remaining_s) == ("active", 0)


@every("warn")
def test_warn(case):
    clock, calendars = running(case)
    assert clock.due_at == utc(case["expect"]["due_at"])
    for level in (f"{case['input']['warn_before_min']}m left", "75%"):
        warned = clocks.reached_at(levels.read(level), clock, calendars)
        assert warned == utc(case["expect"]["warn_at"])


@every("pause")
def test_pause(case):
    for expected in case["expect"]["observed"]:
        clock, calendars = the_clock(case["input"], until=expected["at"])
        found = standing(clock, utc(expected["at"]), calendars)
        due = expected["due_at"] and utc(expected["due_at"])
        assert (found.state, found.due_at) == (expected["state"], due)
        assert found.elapsed_s / 60 == expected["elapsed_min"]
        assert found.remaining_s / 60 == expected["remaining_min"]


@every("verdict")
def test_verdict(case):
    clock, calendars = the_clock(case["input"])
    expect = case["expect"]
    found = standing(clock, utc(case["input"]["evaluated_at"]), calendars)
    breach_at = expect["breach_at"] and utc(expect["breach_at"])
    assert (found.state, found.breached_at) == (expect["state"], breach_at)
    assert round(found.elapsed_s / 60, 4) == expect["elapsed_min"]
    assert clock.n == expect["instances"]
    assert not clock.running


@every("policy_choice")
def test_policy_choice(case):
    policies = tuple(
        Policy(
            one["id"],
            one["id"],
            Filter(),
            (Target("first_reply_time", None, one["target_min"] * 60, "calendar"),),
        )
        for one in sorted(case["input"]["policies"], key=lambda one: one["position"])
    )
    begun = {"created_at": "2025-06-02T09:00:00Z", "events": []}
    (clock,) = clocks_of(case_history(begun), Promises(policies))
    assert clock.policy == case["expect"]["policy_id"]


@every("cancel")
def test_cancel(case):
    for cause in case["input"]["causes"]:
        clock, calendars = the_clock(case["input"], gone=cause)
        found = standing(clock, utc(case["input"]["evaluated_at"]), calendars)
        assert (found.state, found.breached_at) == (case["expect"]["state"], None)
        assert (clock.reason, clock.running) == (cause, False)


@every("not_started")
def test_not_started(case):
    clock, calendars = the_clock(case["input"])
    found = standing(clock, utc(case["input"]["evaluated_at"]), calendars)
    assert (found.state, found.breached_at) == (
        case["expect"]["state"],
        case["expect"]["breach_at"],
    )
    assert (found.due_at, found.elapsed_s) == (None, 0)
