"""Every case of golden/tickets.json, in its own minutes and in our seconds."""

from __future__ import annotations

import pytest

from deskpulse_reports.facts import derive
from support.golden import DURATIONS, case_answers, case_history, case_settings, cases

CASES = cases("tickets")
IDS = [case["id"] for case in CASES]


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_case(case):
    answers, _ = case_answers(case)
    for key, expected in case["expect"].items():
        if isinstance(expected, float):
            assert answers[key] == pytest.approx(expected, abs=1e-4), key
        else:
            assert answers[key] == expected, key
    assert answers.keys() == case["expect"].keys()


@pytest.mark.parametrize("case", CASES, ids=IDS)
def test_facts_are_whole_seconds_of_the_minutes(case):
    facts = derive(case_history(case), case_settings(case))
    row = facts.tickets.row(0, named=True)
    for theirs in ("frt", "first_res", "full_res"):
        for their_clock, our_clock in (("cal", "_s"), ("bus", "_business_s")):
            expected = case["expect"][f"{theirs}_{their_clock}"]
            seconds = row[f"{DURATIONS[theirs]}{our_clock}"]
            assert seconds == (None if expected is None else expected * 60)
