"""Own history as benchmark."""

import json
from datetime import date, timedelta
from math import nan
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskpulse_reports.analysis.benchmark import band, by_weekday, monthly
from deskpulse_reports.analysis.quantile import measured, quantile

GOLDEN = Path(__file__).parents[1] / "golden/aggregates.json"
START = date(2020, 1, 1)


def test_quantiles_of_the_golden_case():
    (case,) = (one for one in json.loads(GOLDEN.read_text()) if one["kpi"] == "percentiles")
    ordered = measured(case["input"]["values"])
    assert quantile(ordered, 0.5) == case["expect"]["median"]
    assert quantile(ordered, 0.9) == case["expect"]["p90_linear"]


def test_quantiles_of_nothing_and_of_one():
    assert quantile([], 0.5) is None
    assert quantile([7], 0) == quantile([7], 0.3) == quantile([7], 1) == 7


@given(st.lists(st.floats(-1e6, 1e6), min_size=2, max_size=30), st.floats(0, 1))
def test_quantiles_are_those_of_numpy(values, share):
    import numpy as np

    assert quantile(sorted(values), share) == pytest.approx(
        float(np.quantile(values, share)), abs=1e-6
    )


def test_a_band_by_hand():
    found = band([10, 20, 30, 40, 50], 45)
    assert (found.n, found.p25, found.median, found.p75) == (5, 20, 30, 40)
    assert (found.rank, found.place) == (80, "above")
    assert band([10, 20, 30, 40, 50], 30).rank == 50  # two below, itself half
    assert (band([10, 20, 30], 9).rank, band([10, 20, 30], 9).place) == (0, "below")
    assert band([10, 20, 30, 40, 50], 20).place == "inside"
    assert band([5, 5, 5], 5).rank == 50


def test_fewer_than_three_values_are_no_history():
    assert band([], 5) is None
    assert band([1, 2], 5) is None
    assert band([1, 2, None, nan], 5) is None
    assert band([1, 2, None, 3], 5).n == 3


def test_without_a_present_value_there_is_a_band_and_no_rank():
    for nothing in (None, nan):
        found = band([1, 2, 3], nothing)
        assert (found.median, found.now, found.rank, found.place) == (2, None, None, None)


def months(first, values):
    found, day = {}, first
    for value in values:
        found[day] = value
        day = (day + timedelta(days=32)).replace(day=1)
    return found


def test_the_last_twelve_complete_months():
    values = months(date(2024, 1, 1), range(1, 19))  # January 2024 is 1, June 2025 is 18
    found = monthly(values, date(2025, 6, 17), since=START)
    assert (found.n, found.now) == (12, 18)
    assert found.median == 11.5  # June 2024 (6) to May 2025 (17)
    assert found.place == "above"


def test_a_month_that_began_before_the_data_is_not_complete():
    values = months(date(2025, 1, 1), [5, 6, 7, 8])
    assert monthly(values, date(2025, 4, 30), since=date(2025, 1, 1)).n == 3
    assert monthly(values, date(2025, 4, 30), since=date(2025, 1, 2)) is None


def test_a_month_without_a_value_is_left_out():
    values = months(date(2025, 1, 1), [5, None, 7, 9, 8])
    found = monthly(values, date(2025, 5, 1), since=START)
    assert (found.n, found.median) == (3, 7)


def test_the_same_weekday():
    friday = date(2025, 6, 6)
    values = {friday - timedelta(days=n): 100 + n for n in range(200)}
    found = by_weekday(values, friday, since=START)
    assert (found.n, found.now) == (12, 100)
    assert found.median == 100 + 7 * 6.5
    assert by_weekday(values, friday, since=friday - timedelta(days=20)) is None
    assert by_weekday(values, friday, since=friday - timedelta(days=21)).n == 3


@given(
    st.lists(st.floats(-1e6, 1e6), min_size=3, max_size=24),
    st.floats(-1e6, 1e6),
    st.randoms(use_true_random=False),
)
def test_order_is_irrelevant_and_the_rank_is_one(values, now, dice):
    found = band(values, now)
    assert found.p25 <= found.median <= found.p75
    assert 0 <= found.rank <= 100
    dice.shuffle(values)
    assert band(values, now) == found
