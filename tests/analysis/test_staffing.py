"""Staffing by weekday and hour."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskpulse_reports.analysis.staffing import (
    Target,
    plan,
    planned,
    rostered,
    slot,
    ticket_agents,
)


def test_the_roster_of_the_catalogue():
    assert rostered(14, 0.3) == 20
    assert rostered(7, 0.3) == 10
    assert rostered(0, 0.3) == 0
    assert rostered(5, 0) == 5


@pytest.mark.parametrize("shrinkage", [1, -0.1, 1.5])
def test_senseless_shrinkage_is_refused(shrinkage):
    with pytest.raises(ValueError, match="shrinkage"):
        rostered(5, shrinkage)


def test_an_hour_of_the_catalogue():
    found = slot(0, 9, [30, 30, 30, 30], 600, 8)
    assert (found.arrivals, found.basis, found.load, found.weeks) == (30, "mean", 5, 4)
    assert (found.needed, found.rostered, found.present) == (8, 12, 8)
    assert found.service_level == pytest.approx(0.8487, abs=5e-5)
    assert found.asa_s == pytest.approx(33.45, abs=5e-3)
    assert found.occupancy == 0.625
    assert (found.verdict, found.words) == ("enough", "enough: 8 for 8 needed")


def test_half_hours_too():
    assert slot(0, 9, [100], 180, 14, interval_s=1800).needed == 14


@pytest.mark.parametrize(
    ("present", "verdict", "words"),
    [
        (7, "short", "short: 7 of 8 agents"),
        (7.9, "short", "short: 7.9 of 8 agents"),
        (5, "not enough", "not enough: 5 of 8 agents, the queue grows without bound"),
        (0, "not enough", "not enough: 0 of 8 agents, the queue grows without bound"),
        (None, "no data", "needs 8 agents; not known who is there"),
    ],
)
def test_too_few_agents(present, verdict, words):
    found = slot(0, 9, [30], 600, present)
    assert (found.verdict, found.words) == (verdict, words)
    assert (found.service_level is None) == (verdict in {"not enough", "no data"})


def test_three_chats_at_once():
    found = slot(0, 9, [30], 600, 3, target=Target(concurrency=3))
    assert found.load == pytest.approx(5 / 3)
    assert found.needed == slot(0, 9, [30], 200, 3).needed


def test_wide_counts_are_planned_by_their_third_quartile():
    assert planned([10, 10, 10, 10]) == (10, "mean")
    assert planned([9, 11, 10, 12, 8]) == (10, "mean")  # variance 2.5 is not above 2 x 10
    assert planned([2, 2, 20, 40]) == (25, "p75")
    assert planned([2, 2, 20, 40], "mean") == (16, "mean")
    assert planned([10, 10], "p75") == (10, "p75")
    assert planned([3]) == (3, "mean")


def test_quiet_hours_and_unknown_ones():
    quiet = slot(6, 3, [0, 0, 0], None, 0)
    assert (quiet.needed, quiet.rostered, quiet.verdict) == (0, 0, "enough")
    for counts, handle in (((), 600), ([None], 600), ([5], None), ([5], 0)):
        unknown = slot(6, 3, counts, handle, 2)
        assert (unknown.verdict, unknown.needed, unknown.present) == ("no data", None, 2)
    assert slot(6, 3, [5, None, 7], 600, 2).arrivals == 6


def test_a_plan_of_a_week():
    arrivals = {(1, 9): [30], (0, 9): [30], (0, 8): [0]}
    found = plan(arrivals, {(0, 9): 600, (1, 9): 300, (0, 8): None}, {(0, 9): 8, (2, 9): 4})
    assert [(one.weekday, one.hour) for one in found] == [(0, 8), (0, 9), (1, 9), (2, 9)]
    assert [one.verdict for one in found] == ["enough", "enough", "not enough", "no data"]
    assert [one.present for one in found] == [0, 8, 0, 4]
    assert plan({}, 600, {}) == ()
    assert [one.verdict for one in plan(arrivals, 600, {})] == ["no data"] * 3


@given(
    st.lists(st.integers(0, 500), min_size=1, max_size=12),
    st.floats(1, 3600),
    st.integers(0, 400),
)
def test_the_verdict_follows_from_the_figures(counts, handle, present):
    found = slot(0, 0, counts, handle, present)
    if found.needed == 0:
        assert found.verdict == "enough"
    elif present <= found.load:
        assert found.verdict == "not enough"
    else:
        assert found.verdict == ("enough" if present >= found.needed else "short")
    assert found.rostered >= found.needed


def test_agents_for_what_may_wait():
    # (120 + 60 / 3) tickets of 10 minutes = 1,400 minutes; an agent works 6 hours = 360 of them
    assert ticket_agents(120, 60, 600, 6 * 3600, clear_in=3) == 4
    assert ticket_agents(0, 0, 600, 6 * 3600) == 0
    assert ticket_agents(36, 0, 600, 6 * 3600) == 1
    with pytest.raises(ValueError, match="above 0"):
        ticket_agents(1, 1, 1, 0)
