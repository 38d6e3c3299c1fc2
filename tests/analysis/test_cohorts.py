"""Retention and active users."""

from datetime import date, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskpulse_reports.analysis.active import active_in, active_users
from deskpulse_reports.analysis.cohorts import RETENTION_COLUMNS, inactive_share, retention

DAY_0 = date(2025, 6, 2)  # a Monday


def on(*days):
    return [DAY_0 + timedelta(days=day) for day in days]


def activity(**who):
    """Customer -> numbers of active days, 0 is `DAY_0`."""
    rows = [(name, day) for name, days in who.items() for day in on(*days)]
    return pl.DataFrame(rows, {"customer_id": pl.String, "day": pl.Date}, orient="row")


def row(frame, cohort, offset):
    (found,) = frame.filter(
        pl.col("cohort").eq_missing(cohort), pl.col("offset") == offset
    ).rows(named=True)  # fmt: skip
    return found


def test_three_figures_that_differ():
    seen = activity(anna=[0, 1, 7], bert=[0, 3], carl=[0], dora=[0, 9])
    frame = retention(seen, on(40)[0], width="day", offsets=(1, 7))
    assert tuple(frame.columns) == RETENTION_COLUMNS
    first, seventh = row(frame, DAY_0, 1), row(frame, DAY_0, 7)
    assert (first["size"], first["classic"], first["rolling"], first["cumulative"]) == (
        4, 0.25, 0.75, 0.25,
    )  # fmt: skip
    # day 7 exactly: anna; day 7 or later: anna, dora; any of days 1 to 7: anna, bert
    assert (seventh["classic_n"], seventh["rolling_n"], seventh["cumulative_n"]) == (1, 2, 2)
    assert seventh["inactive"] == 0.5


def test_cohorts_younger_than_n_are_out():
    seen = activity(anna=[0, 1], bert=[5, 6], carl=[6])
    frame = retention(seen, on(7)[0], width="day", offsets=(1, 2, 7))
    assert frame.filter(pl.col("offset") == 1)["cohort"].to_list() == [*on(0, 5, 6), None]
    assert frame.filter(pl.col("offset") == 2)["cohort"].to_list() == [*on(0, 5), None]
    assert frame.filter(pl.col("offset") == 7)["cohort"].to_list() == [*on(0), None]
    assert row(frame, None, 1)["classic"] == pytest.approx(2 / 3)
    assert row(frame, None, 7)["size"] == 1


def test_a_weekly_cohort_is_as_old_as_its_last_day():
    seen = activity(anna=[0, 1], bert=[4, 5])
    whole = retention(seen, on(7)[0], width="week", offsets=(1,))
    assert row(whole, DAY_0, 1)["size"] == 2
    assert retention(seen, on(6)[0], width="week", offsets=(1,)).is_empty()
    assert row(retention(seen, on(40)[0], offsets=(1,)), date(2025, 6, 1), 1)["size"] == 2


def test_the_total_pools_customers_not_rates():
    seen = activity(a=[0, 1], b=[0, 1], c=[0, 1], d=[1])
    frame = retention(seen, on(9)[0], width="day", offsets=(1,))
    assert row(frame, None, 1)["classic"] == 0.75  # the mean of the two rates would be 0.5


def test_given_day_zeros_count_customers_who_never_came():
    starts = activity(anna=[0], bert=[0], carl=[0], dora=[90])
    seen = activity(anna=[-5, 1], bert=[2], eve=[1])
    frame = retention(seen, on(40)[0], starts=starts, width="day", offsets=(1, 7))
    first = row(frame, DAY_0, 1)
    assert (first["size"], first["classic_n"], first["rolling_n"]) == (3, 1, 2)
    assert row(frame, DAY_0, 7)["inactive"] == 1


def test_no_activity_no_rows():
    frame = retention(activity(), on(40)[0])
    assert frame.is_empty()
    assert tuple(frame.columns) == RETENTION_COLUMNS
    holes = pl.DataFrame({"customer_id": ["a", None], "day": [None, DAY_0]})
    assert retention(holes, on(40)[0]).is_empty()


@pytest.mark.parametrize("offsets", [(), (0, 1), (-3,)])
def test_senseless_offsets_are_refused(offsets):
    with pytest.raises(ValueError, match="days from 1 on"):
        retention(activity(), DAY_0, offsets=offsets)


def test_customers_quiet_for_longer_than_n_days():
    seen = activity(anna=[0], bert=[0, 5], carl=[9])
    assert inactive_share(seen, on(8)[0], 7) == 0.5  # anna 8 days, bert 3; carl is not known yet
    assert inactive_share(seen, on(7)[0], 7) == 0
    assert inactive_share(activity(), DAY_0, 7) is None


PEOPLE = st.dictionaries(
    st.sampled_from("abcdef"), st.lists(st.integers(0, 60), min_size=1, max_size=12), max_size=6
)


@given(PEOPLE, st.sampled_from(["day", "week", "month"]), st.randoms(use_true_random=False))
def test_retention_equals_counting_by_hand(people, width, dice):
    through = 45
    frame = retention(
        activity(**people).sample(fraction=1, shuffle=True), on(through)[0], width=width
    )
    assert frame.equals(retention(activity(**people), on(through)[0], width=width))
    known = {who: sorted({day for day in days if day <= through}) for who, days in people.items()}
    for found in frame.drop_nulls("cohort").rows(named=True):
        n = found["offset"]
        step = {"day": "1d", "week": "1w", "month": "1mo"}[width]
        inside = [
            days for days in known.values()
            if days and pl.Series(on(days[0])).dt.truncate(step)[0] == found["cohort"]
        ]  # fmt: skip
        ages = [[day - days[0] for day in days] for days in inside]
        assert found["size"] == len(inside)
        assert found["classic_n"] == sum(n in age for age in ages)
        assert found["rolling_n"] == sum(age[-1] >= n for age in ages)
        assert found["cumulative_n"] == sum(any(0 < day <= n for day in age) for age in ages)
    for total in frame.filter(pl.col("cohort").is_null()).rows(named=True):
        parts = frame.drop_nulls("cohort").filter(pl.col("offset") == total["offset"])
        assert parts["size"].sum() == total["size"]
        assert parts["rolling_n"].sum() == total["rolling_n"]


def test_active_users_by_hand():
    seen = activity(anna=[0, 1, 29], bert=[0, 8], carl=[29])
    frame = active_users(seen, DAY_0, on(31)[0])
    assert frame.height == 32
    assert frame["dau"].to_list()[:3] == [2, 1, 0]
    assert frame["wau"].to_list()[:10] == [None] * 6 + [2, 1, 1, 1]
    assert frame["mau"].to_list() == [None] * 29 + [3, 3, 3]
    assert frame["stickiness"].to_list()[29] == pytest.approx(2 / 3)


def test_nobody_active_has_no_stickiness():
    frame = active_users(activity(), DAY_0, on(40)[0])
    assert frame["dau"].sum() == 0
    assert frame["mau"].to_list()[-1] == 0
    assert frame["stickiness"].null_count() == frame.height


@given(PEOPLE)
def test_active_users_equal_distinct_counts(people):
    frame = active_users(activity(**people), DAY_0, on(50)[0])
    for n, found in enumerate(frame.rows(named=True)):
        for name, window in (("dau", 1), ("wau", 7), ("mau", 30)):
            expected = sum(any(n - window < day <= n for day in days) for days in people.values())
            assert found[name] == (expected if n >= window - 1 else None)


def test_calendar_months_and_weeks():
    seen = activity(anna=[0, 1, 28, 29], bert=[6], carl=[30])
    months = active_in(seen, date(2025, 6, 1), on(35)[0], "month")
    assert months.rows() == [(date(2025, 6, 1), 2, True), (date(2025, 7, 1), 2, False)]
    weeks = active_in(seen, DAY_0, on(6)[0], "week")
    assert weeks.rows() == [(DAY_0, 2, True)]
    assert active_in(seen, on(1)[0], on(6)[0], "week").rows() == [(DAY_0, 2, False)]
    assert active_in(activity(), DAY_0, on(9)[0], "day").is_empty()
