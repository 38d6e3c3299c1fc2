"""Erlang's formulas against the catalogue's check values, a direct sum, and a simulated queue."""

import heapq
import math
import random
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskpulse_reports.analysis.erlang import erlang_b, erlang_c, required, service


def test_one_erlang_and_two_agents():
    assert erlang_b(1, 2) == pytest.approx(0.2)
    assert erlang_c(1, 2) == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    ("load", "handle", "agents", "waiting", "level", "asa", "occupancy"),
    [
        (10, 180, 13, 0.2853, 79.56, 17.12, 76.92),
        (10, 180, 14, 0.1741, 88.84, 7.84, 71.43),
        (5, 600, 8, 0.1673, 84.87, 33.45, 62.5),
    ],
)
def test_the_check_values_of_the_catalogue(load, handle, agents, waiting, level, asa, occupancy):
    found = service(load, agents, handle, within_s=20)
    assert found.enough
    assert found.waiting == pytest.approx(waiting, abs=5e-5)
    assert found.service_level * 100 == pytest.approx(level, abs=5e-3)
    assert found.asa_s == pytest.approx(asa, abs=5e-3)
    assert found.occupancy * 100 == pytest.approx(occupancy, abs=5e-3)


def test_the_agents_of_the_catalogue():
    assert required(10, 180) == 14
    assert required(5, 600) == 8


def test_the_cap_on_occupancy_may_ask_for_more():
    # a promise of an hour is kept by 11 agents, but they would be busy 91 % of the time
    assert required(10, 180, within_s=3600, cap=1) == 11
    assert required(10, 180, within_s=3600) == 12  # 10 / 0.85 = 11.8


@pytest.mark.parametrize("agents", [0, 5, 10])
def test_as_many_agents_as_erlangs_are_not_enough(agents):
    found = service(10, agents, 180, 20)
    assert not found.enough
    assert (found.waiting, found.service_level, found.asa_s, found.occupancy) == (None,) * 4
    assert erlang_c(10, agents) == 1


def test_no_load_needs_nobody_and_has_no_service_level():
    assert required(0, 0) == 0
    assert service(0, 3, 0, 20).occupancy == 0
    nobody = service(0, 0, 0, 20)
    assert (nobody.enough, nobody.service_level, nobody.occupancy) == (True, None, None)


@pytest.mark.parametrize("load", [-1, math.nan, math.inf])
def test_a_senseless_load_is_refused(load):
    with pytest.raises(ValueError, match="0 or more"):
        required(load, 180)


@pytest.mark.parametrize("more", [{"share": 1}, {"share": -0.1}, {"cap": 0}, {"cap": 1.1}])
def test_senseless_targets_are_refused(more):
    with pytest.raises(ValueError, match="came"):
        required(10, 180, **more)


def exact(load, agents):
    """B and C by their defining sums, in whole fractions."""
    terms = [Fraction(1)]
    for n in range(1, agents + 1):
        terms.append(terms[-1] * load / n)
    blocked = terms[-1] / sum(terms)
    queued = terms[-1] * agents / (agents - load)
    return float(blocked), float(queued / (sum(terms[:-1]) + queued))


@given(st.integers(1, 120), st.integers(1, 60))
def test_the_recurrence_equals_the_sums(load, spare):
    agents = load + spare
    blocked, waiting = exact(Fraction(load), agents)
    assert erlang_b(load, agents) == pytest.approx(blocked, rel=1e-12)
    assert erlang_c(load, agents) == pytest.approx(waiting, rel=1e-12)


@pytest.mark.parametrize("load", [2000, 5000, 20_000])
def test_thousands_of_erlangs_are_no_problem(load):
    agents = required(load, 180, cap=1)
    # Halfin and Whitt: a little more than load + sqrt(load)
    assert load < agents < load + 3 * math.sqrt(load)
    assert service(load, agents, 180, 20).service_level >= 0.8
    assert service(load, agents - 1, 180, 20).service_level < 0.8
    assert erlang_b(load, 2 * load) < 1e-100


@given(st.floats(0.01, 300), st.floats(1, 3600), st.floats(0.01, 0.99), st.floats(0, 600))
def test_the_fewest_agents_keep_the_promise_and_one_less_does_not(load, handle, share, within):
    agents = required(load, handle, share=share, within_s=within)
    kept = service(load, agents, handle, within)
    assert kept.service_level >= share
    assert kept.occupancy <= 0.85 + 1e-9
    less = service(load, agents - 1, handle, within)
    assert not less.enough or less.service_level < share or load > (agents - 1) * 0.85
    assert 0 <= kept.waiting <= 1
    assert kept.asa_s >= 0


def test_a_simulated_queue_waits_as_the_formula_says():
    dice, load, agents, handle = random.Random(9), 5, 8, 600
    free = [0.0] * agents
    now, waits = 0.0, []
    for _ in range(120_000):
        now += dice.expovariate(load / handle)
        start = max(now, heapq.heappop(free))
        heapq.heappush(free, start + dice.expovariate(1 / handle))
        waits.append(start - now)
    expected = service(load, agents, handle, 20)
    assert sum(waits) / len(waits) == pytest.approx(expected.asa_s, rel=0.1)
    within = sum(wait <= 20 for wait in waits) / len(waits)
    assert within == pytest.approx(expected.service_level, abs=0.01)
