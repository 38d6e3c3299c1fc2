"""Intervals against published values, against their properties and against chance."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskpulse_reports.analysis.interval import count_ratio, newcombe, student, wilson

RATES = st.integers(1, 10_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@pytest.mark.parametrize(
    ("k", "n", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),  # Newcombe 1998a, table I, method 3
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
        (29, 29, 0.8830, 1.0000),
    ],
)
def test_wilson_is_as_published(k, n, low, high):
    assert wilson(k, n) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize(
    ("before", "now", "low", "high"),
    [
        ((48, 80), (56, 70), 0.0524, 0.3339),  # Newcombe 1998b, table II, method 10
        ((3, 10), (9, 10), 0.1705, 0.8090),
        ((2, 7), (6, 7), 0.0582, 0.8062),
        ((0, 29), (5, 56), -0.0381, 0.1926),
        ((0, 20), (0, 10), -0.1611, 0.2775),
        ((0, 10), (0, 10), -0.2775, 0.2775),
        ((0, 20), (10, 10), 0.6791, 1.0000),
        ((0, 10), (10, 10), 0.6075, 1.0000),
    ],
)
def test_the_difference_of_rates_is_as_published(before, now, low, high):
    assert newcombe(*before, *now) == pytest.approx((low, high), abs=5e-5)


@given(RATES, RATES)
def test_the_difference_holds_what_was_seen_and_turns_around(before, now):
    low, high = newcombe(*before, *now)
    seen = now[0] / now[1] - before[0] / before[1]
    assert -1 - 1e-9 <= low <= seen + 1e-9
    assert seen - 1e-9 <= high <= 1 + 1e-9
    assert newcombe(*now, *before) == pytest.approx((-high, -low), abs=1e-9)


@pytest.mark.parametrize(
    ("freedom", "expected"), [(5, 2.5706), (6, 2.4469), (10, 2.2281), (30, 2.0423), (1e9, 1.9600)]
)
def test_student_is_as_tabled(freedom, expected):
    assert student(freedom) == pytest.approx(expected, abs=5e-4)


def test_the_ratio_of_counts_by_hand():
    # 10 of 20 is 0.5 with Wilson 0.2993 .. 0.7007; 0.2993 / 0.7007 = 0.4271 and its inverse
    low, high = count_ratio(10, 10)
    assert low == pytest.approx(0.4271, abs=5e-4)
    assert high == pytest.approx(1 / low)


def test_a_ratio_to_nothing_has_no_upper_bound():
    low, high = count_ratio(0, 12)
    assert low > 1
    assert high is None
    assert count_ratio(12, 0)[0] == 0


@given(st.integers(0, 5_000), st.integers(1, 5_000), st.floats(0.1, 10))
def test_the_ratio_holds_what_was_seen_and_scales_with_exposure(before, now, exposure):
    low, high = count_ratio(before, now)
    if before:
        assert low <= now / before <= high
    scaled = count_ratio(before, now, exposure)
    assert scaled[0] == pytest.approx(low / exposure)
    if high is not None:
        assert scaled[1] == pytest.approx(high / exposure)


@given(st.integers(1, 5_000), st.integers(1, 5_000), st.floats(1.1, 10))
def test_bunched_counts_have_a_wider_interval(before, now, dispersion):
    low, high = count_ratio(before, now)
    wider = count_ratio(before, now, dispersion=dispersion)
    assert wider[0] < low
    assert wider[1] is None or wider[1] > high


@pytest.mark.parametrize(
    ("p_before", "n_before", "p_now", "n_now"),
    [(0.5, 30, 0.5, 30), (0.9, 40, 0.8, 25), (0.05, 60, 0.15, 200), (0.98, 300, 0.97, 80)],
)
def test_the_difference_of_rates_covers_the_truth(p_before, n_before, p_now, n_now):
    dice, hits, runs = random.Random(7), 0, 3000
    for _ in range(runs):
        low, high = newcombe(
            sum(dice.random() < p_before for _ in range(n_before)), n_before,
            sum(dice.random() < p_now for _ in range(n_now)), n_now,
        )  # fmt: skip
        hits += low <= p_now - p_before <= high
    assert 0.935 <= hits / runs <= 0.98


@pytest.mark.parametrize(("before", "now"), [(6, 6), (20, 30), (200, 150), (40, 4)])
def test_the_ratio_of_counts_covers_the_truth(before, now):
    import numpy as np

    dice, runs = np.random.default_rng(7), 3000
    hits = 0
    for old, new in zip(dice.poisson(before, runs), dice.poisson(now, runs), strict=True):
        if old + new:
            low, high = count_ratio(int(old), int(new))
            hits += low <= now / before and (high is None or now / before <= high)
    assert 0.93 <= hits / runs <= 0.98


def test_bunched_counts_are_covered_only_with_their_dispersion():
    import numpy as np

    dice, runs, mean, spread = np.random.default_rng(7), 3000, 60, 4.0

    def draw():
        return dice.poisson(dice.gamma(mean / (spread - 1), spread - 1, runs))

    pairs = list(zip(draw().tolist(), draw().tolist(), strict=True))

    def coverage(dispersion):
        bounds = [count_ratio(*pair, dispersion=dispersion) for pair in pairs]
        return sum(low <= 1 <= high for low, high in bounds) / runs

    assert coverage(1.0) < 0.75
    assert 0.93 <= coverage(spread) <= 0.98
