"""Changes and noise: hand-made cases, simulated coverage, a bootstrap as the reference, DuckDB."""

import json
import math
import random
from pathlib import Path

import duckdb
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskpulse_reports.analysis.change import (
    count_change,
    dispersion,
    mean_change,
    median_change,
    rate_change,
)
from deskpulse_reports.analysis.sample import GRID, Moments, Sample

GOLDEN = Path(__file__).parents[1] / "golden/aggregates.json"


def test_a_rate_that_fell():
    change = rate_change(81, 263, 15, 148)
    assert (change.before, change.now) == (81 / 263, 15 / 148)
    assert change.absolute == pytest.approx(-0.2066, abs=1e-4)
    assert change.percent == pytest.approx(-67.09, abs=0.01)
    assert (change.low, change.high) == pytest.approx((-0.2767, -0.1274), abs=1e-4)
    assert change.verdict == "less"
    assert change.words == "down 20.7 points (95 % range -27.7 points to -12.7 points)"


def test_a_rate_within_the_noise():
    change = rate_change(40, 50, 41, 50)
    assert change.verdict == "noise"
    assert change.words.startswith("no clear change: +2.0 points is within the noise (95 % range -")


def test_a_small_sample_hides_the_percentage_but_not_the_verdict():
    change = rate_change(0, 10, 10, 10)
    assert (change.verdict, change.percent) == ("more", None)
    change = rate_change(5, 19, 15, 100)
    assert change.percent is None
    assert rate_change(5, 20, 15, 100).percent == pytest.approx(-40)
    assert rate_change(5, 19, 15, 100, minimum=10).percent is not None


@pytest.mark.parametrize("counts", [(0, 0, 5, 10), (5, 10, 0, 0), (0, 0, 0, 0), (5, 5, 0, 5)])
def test_too_few_for_a_verdict_on_a_rate(counts):
    change = rate_change(*counts)
    assert (change.verdict, change.percent, change.low, change.high) == ("too few", *[None] * 3)
    n_before, n_now = counts[1], counts[3]
    assert change.words == f"too few cases to compare: {n_before} before, {n_now} now"
    assert (change.absolute is None) == (0 in (n_before, n_now))


def test_a_rate_above_one_is_refused():
    with pytest.raises(ValueError, match="11 of 10"):
        rate_change(11, 10, 1, 10)


def test_a_count_that_rose():
    change = count_change(100, 150)
    assert (change.before, change.now, change.absolute) == (100, 150, 50)
    assert change.percent == 50
    assert change.scale == "ratio"
    assert change.low < 1.5 < change.high
    assert change.verdict == "more"
    assert change.words.startswith("up 50 % (95 % range 1.")


def test_a_count_within_the_noise():
    change = count_change(100, 110)
    assert change.verdict == "noise"
    assert change.words.startswith("no clear change: +10 % is within the noise (95 % range 0.")


def test_a_count_from_nothing_has_no_percentage_and_no_upper_bound():
    change = count_change(0, 30)
    assert (change.verdict, change.percent, change.high) == ("more", None, None)
    assert change.words.startswith("up 30 (95 % range ")
    assert change.words.endswith(" times or more)")


def test_few_events_hide_the_percentage():
    assert count_change(10, 40).percent is None
    assert count_change(10, 40, minimum=10).percent == 300


def test_too_few_events():
    assert count_change(1, 4).verdict == "too few"
    assert count_change(0, 0).verdict == "too few"
    assert count_change(0, 6).verdict == "more"


def test_half_a_week_is_compared_with_half_of_a_week():
    change = count_change(200, 100, exposure=0.5)
    assert (change.before, change.absolute, change.percent) == (100, 0, 0)
    assert change.verdict == "noise"
    assert count_change(200, 100).verdict == "less"


def test_bunched_counts_need_a_bigger_change():
    assert count_change(100, 150).verdict == "more"
    assert count_change(100, 150, dispersion=6).verdict == "noise"


@pytest.mark.parametrize(
    "given_", [((-1, 3), {}), ((3, 3), {"exposure": 0}), ((3, 3), {"dispersion": 0.5})]
)
def test_senseless_counts_are_refused(given_):
    with pytest.raises(ValueError, match="came"):
        count_change(*given_[0], **given_[1])


def test_dispersion_by_hand():
    # Mondays 8, 12: squares 4 + 4 over the mean 10 = 0.8; Tuesdays 10, 30: 200 / 20 = 10
    assert dispersion([[8, 12], [10, 30]]) == pytest.approx((0.8 + 10) / 2)
    assert dispersion([[8, 12]]) == 1
    assert dispersion([]) == dispersion([[], [0, 0], [5]]) == 1


def test_dispersion_finds_what_was_planted():
    dice = np.random.default_rng(3)
    poisson = [dice.poisson(mean, 52).tolist() for mean in (5, 20, 80)]
    bunched = [dice.poisson(dice.gamma(mean / 3, 3, 52)).tolist() for mean in (5, 20, 80)]
    assert dispersion(poisson) == pytest.approx(1, abs=0.25)
    assert dispersion(bunched) == pytest.approx(4, rel=0.25)


def test_a_median_that_rose():
    change = median_change(range(100), range(20, 120), clock="calendar")
    assert (change.before, change.now, change.absolute) == (49.5, 69.5, 20)
    assert change.percent == pytest.approx(40.4, abs=0.01)
    # each median's bounds are the ranks 50.5 -+ 9.8: 9.8 below and above; together 13.86
    assert (change.low, change.high) == pytest.approx((20 - 13.859, 20 + 13.859), abs=1e-3)
    assert change.verdict == "more"
    assert change.words == "up 20 s (95 % range +6 s to +34 s)"


def test_medians_skip_what_is_no_measurement():
    plain = median_change([1, 2, 3, 4, 5, 6, 7], [3, 4, 5, 6, 7, 8, 9])
    holes = [None, 1, 2, math.nan, 3, 4, 5, 6, 7, math.inf]
    assert median_change(holes, [3, 4, 5, 6, 7, 8, 9]) == plain


@pytest.mark.parametrize("sizes", [(0, 0), (0, 30), (5, 30), (30, 5)])
def test_too_few_for_a_verdict_on_a_median(sizes):
    change = median_change(range(sizes[0]), range(100, 100 + sizes[1]))
    assert (change.verdict, change.low, change.percent) == ("too few", None, None)


def test_six_cases_are_enough_for_a_clear_change():
    assert median_change(range(6), range(100, 106)).verdict == "more"


def test_equal_values_all_over():
    assert median_change([0] * 30, [0] * 30).verdict == "noise"
    change = median_change([0] * 30, [60] * 30)
    assert (change.verdict, change.percent, change.low, change.high) == ("more", None, 60, 60)


@given(
    st.lists(st.floats(0, 1e6), min_size=6, max_size=40),
    st.lists(st.floats(0, 1e6), min_size=6, max_size=40),
    st.randoms(use_true_random=False),
)
def test_order_is_irrelevant_and_the_interval_turns_around(before, now, dice):
    change = median_change(before, now)
    assert change.low - 1e-6 <= change.absolute <= change.high + 1e-6
    dice.shuffle(before)
    assert median_change(before, now) == change
    back = median_change(now, before)
    assert (back.low, back.high) == pytest.approx((-change.high, -change.low), abs=1e-6)
    assert {change.verdict, back.verdict} in ({"noise"}, {"more", "less"})


def lognormal(dice, n, shift=1.0):
    return dice.lognormal(7, 1.2, n) * shift


def minutes(dice, n, shift=1.0):
    return np.floor(dice.exponential(6, n) * shift) * 60  # many ties, many zeros


@pytest.mark.parametrize(
    ("n_before", "n_now", "most"), [(8, 8, 0.995), (20, 40, 0.98), (150, 150, 0.97)]
)
def test_the_difference_of_medians_covers_the_truth(n_before, n_now, most):
    dice, runs, truth = np.random.default_rng(11), 1500, math.exp(7) * 0.5
    hits = 0
    for _ in range(runs):
        change = median_change(lognormal(dice, n_before), lognormal(dice, n_now, 1.5))
        hits += change.low <= truth <= change.high
    assert 0.935 <= hits / runs <= most


@pytest.mark.parametrize("kind", [lognormal, minutes])
def test_equal_medians_are_called_changed_one_time_in_twenty(kind):
    dice, runs = np.random.default_rng(12), 1500
    alarms = sum(
        median_change(kind(dice, 60), kind(dice, 60)).verdict != "noise" for _ in range(runs)
    )
    assert alarms / runs <= 0.065
    assert alarms / runs >= (0.02 if kind is lognormal else 0)


def bootstrap(before, now, seed, draws=2000):
    """The percentile interval of the difference of medians, drawn with replacement."""
    dice = np.random.default_rng(seed)
    old = np.median(dice.choice(before, (draws, len(before))), axis=1)
    new = np.median(dice.choice(now, (draws, len(now))), axis=1)
    return np.quantile(new - old, [0.025, 0.975])


@pytest.mark.parametrize("seed", range(8))
def test_the_interval_is_about_that_of_a_bootstrap(seed):
    dice = np.random.default_rng(seed)
    before, now = lognormal(dice, 120), lognormal(dice, 200, 1.3)
    change = median_change(before, now)
    low, high = bootstrap(before, now, seed)
    width = high - low
    assert abs(change.low - low) < 0.25 * width
    assert abs(change.high - high) < 0.25 * width


@pytest.mark.parametrize("n", [0, 1, 5, 6, 41, 300, 5000])
def test_quantiles_from_the_database_give_the_same_sample(n):
    dice = np.random.default_rng(n)
    values = lognormal(dice, n)
    connection = duckdb.connect()
    connection.execute("create table t as select unnest($1::double[]) as x", [values.tolist()])
    grid = ", ".join(map(str, GRID))
    count, quantiles = connection.execute(
        f"select count(x), quantile_cont(x, [{grid}]) from t"
    ).fetchone()
    mine, theirs = Sample.of(values), Sample.of_quantiles(count, quantiles)
    assert theirs.n == mine.n
    assert theirs.median == (None if n == 0 else pytest.approx(mine.median))
    if n < 6:
        assert theirs.estimate is None
    else:
        near = 1e-9 if n <= 41 else 0.01
        assert theirs.estimate == pytest.approx(mine.estimate, rel=near)


def test_quantiles_must_fit_the_shares():
    with pytest.raises(ValueError, match="3 quantiles came for 41 shares"):
        Sample.of_quantiles(10, [1, 2, 3])


def test_the_sample_of_the_golden_percentiles():
    (case,) = (one for one in json.loads(GOLDEN.read_text()) if one["kpi"] == "percentiles")
    assert Sample.of(case["input"]["values"]).median == case["expect"]["median"]


def test_means_by_hand():
    # 10 +- 2 of 25 against 12 +- 3 of 36: sqrt(4/25 + 9/36) = 0.6403; 58.99 degrees, t = 2.0010
    change = mean_change(Moments(25, 10, 2), Moments(36, 12, 3))
    assert (change.low, change.high) == pytest.approx((2 - 1.2813, 2 + 1.2813), abs=1e-3)
    assert (change.verdict, change.percent) == ("more", pytest.approx(20))
    assert change.words == "up 2 (95 % range +0.72 to +3.28)"


def test_means_of_nothing_and_of_equal_values():
    assert mean_change(Moments(0, None, None), Moments(30, 1, 1)).verdict == "too few"
    assert mean_change(Moments(30, 1, 0), Moments(30, 1, 0)).verdict == "noise"
    assert mean_change(Moments(30, 1, 0), Moments(30, 2, 0)).verdict == "more"


def test_the_difference_of_means_covers_the_truth():
    dice, runs, hits = random.Random(5), 2000, 0

    def moments(n, centre, spread):
        drawn = np.array([dice.gauss(centre, spread) for _ in range(n)])
        return Moments(n, float(drawn.mean()), float(drawn.std(ddof=1)))

    for _ in range(runs):
        change = mean_change(moments(8, 5, 1), moments(20, 6, 4))
        hits += change.low <= 1 <= change.high
    assert 0.935 <= hits / runs <= 0.965
