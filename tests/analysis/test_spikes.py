"""The spike rule of WL10: by hand, on planted spikes, and on planted noise."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskpulse_reports.analysis.false_alarms import false_alarms, noise
from deskpulse_reports.analysis.spikes import CALM, WL10, Bucket, History, Rule, read, spikes

MONDAY = date(2025, 6, 2)
AT_TWO = Bucket(MONDAY, 14)


def mondays(counts, now, hour=14, series="chat"):
    """The newest of the earlier counts first."""
    found = {
        (series, Bucket(MONDAY - timedelta(weeks=week), hour)): count
        for week, count in enumerate(counts, start=1)
    }
    return found | {(series, Bucket(MONDAY, hour)): now}


def history(counts, **more):
    return History(counts, **{"since": date(2024, 1, 1)} | more)


def test_a_spike_by_hand():
    # ordered 8 9 10 11 12 12 13 15: median 11.5; deviations .5 .5 .5 1.5 1.5 2.5 3.5 3.5: MAD 1.5
    past = history(mondays([10, 12, 9, 11, 15, 8, 13, 12], 23))
    reading = read(past, "chat", AT_TWO)
    assert (reading.median, reading.mad, reading.points) == (11.5, 1.5, 8)
    assert reading.z == pytest.approx(0.6745 * 11.5 / 1.5)
    assert reading.verdict == "spike"
    assert reading.words == (
        "23 contacts, usually 11.5 (median of 8 Mondays at 14:00, median deviation 1.5);"
        " z = 5.2, a spike from z = 3.5 and 5 more than usual on"
    )


def test_far_out_but_few_is_no_spike():
    past = history(mondays([1, 1, 1, 1, 2, 1, 1, 1], 5))
    assert read(past, "chat", AT_TWO).z == 4  # (5 - 1) / sqrt(1)
    assert read(past, "chat", AT_TWO).verdict == "usual"
    assert read(history(mondays([1] * 8, 6)), "chat", AT_TWO).verdict == "spike"


@pytest.mark.parametrize(
    ("baseline", "now", "z"),
    [
        ([0] * 8, 3, 3),  # (3 - 0) / sqrt(max(0, 1))
        ([16] * 8, 30, 3.5),  # (30 - 16) / sqrt(16): on the bound is a spike
        ([16] * 5 + [20, 30, 40], 29, 3.25),
    ],
)
def test_a_baseline_without_spread_takes_that_of_chance(baseline, now, z):
    reading = read(history(mondays(baseline, now)), "chat", AT_TWO)
    assert (reading.mad, reading.z) == (0, z)
    assert reading.verdict == ("spike" if z >= 3.5 else "usual")


def test_buckets_without_contacts_count_as_zero():
    reading = read(history(mondays([], 7)), "chat", AT_TWO)
    assert (reading.median, reading.points, reading.verdict) == (0, 8, "spike")


def test_nothing_is_known_before_the_data():
    past = history(mondays([10] * 8, 90), since=MONDAY - timedelta(weeks=3))
    reading = read(past, "chat", AT_TWO)
    assert (reading.verdict, reading.median, reading.z, reading.points) == (
        "unknown",
        None,
        None,
        3,
    )
    assert reading.words == (
        "90 contacts; no verdict: 3 earlier Mondays at 14:00 to compare with, 4 are needed"
    )
    assert read(past, "chat", AT_TWO, rule=Rule(fewest=3)).verdict == "spike"


def test_holidays_and_stale_hours_leave_the_baseline():
    counts = mondays([10, 0, 10, 0, 10, 10, 10, 10], 40)
    weeks = [MONDAY - timedelta(weeks=week) for week in range(9)]
    assert read(history(counts), "chat", AT_TWO).points == 8
    past = history(counts, holidays=frozenset({weeks[2]}), stale=frozenset({Bucket(weeks[4], 14)}))
    reading = read(past, "chat", AT_TWO)
    assert (reading.points, reading.median) == (6, 10)
    assert read(history(counts, stale=frozenset({Bucket(weeks[4])})), "chat", AT_TWO).points == 7
    assert (
        read(history(counts, stale=frozenset({Bucket(weeks[4], 13)})), "chat", AT_TWO).points == 8
    )


def test_a_day_with_a_stale_hour_is_a_stale_day():
    counts = mondays([100] * 8, 180, hour=None)
    gap = frozenset({Bucket(MONDAY - timedelta(weeks=1), 3)})
    reading = read(history(counts, stale=gap), "chat", Bucket(MONDAY))
    assert (reading.points, reading.verdict) == (7, "spike")
    assert "median of 7 Mondays," in reading.words


def test_a_bucket_that_still_runs_may_be_a_spike_but_is_never_usual():
    past = history(mondays([10] * 8, 12))
    assert read(past, "chat", AT_TWO).verdict == "usual"
    reading = read(past, "chat", AT_TWO, running=True)
    assert reading.verdict == "unknown"
    assert reading.words.startswith("12 contacts so far, usually 10 ")
    assert read(history(mondays([10] * 8, 40)), "chat", AT_TWO, running=True).verdict == "spike"
    stale = history(mondays([10] * 8, 12), stale=frozenset({AT_TWO}))
    assert read(stale, "chat", AT_TWO).verdict == "unknown"


def test_the_words_do_not_name_the_series():
    past = history(mondays([10] * 8, 40, series="<script>"))
    assert "script" not in read(past, "<script>", AT_TWO).words


def test_planted_spikes_are_found_by_channel_and_nothing_else():
    levels = [2 + (9 <= hour % 24 < 18) * 30 for hour in range(168)]
    counts, first = {}, date(2024, 1, 1)
    for seed, channel in enumerate(("chat", "email", None)):
        counts |= {
            (channel, bucket): count for (_, bucket), count in noise(levels, 12, seed=seed).items()
        }
    days = [first + timedelta(weeks=11, days=n) for n in range(7)]
    planted = {("chat", Bucket(days[1], 10)), (None, Bucket(days[4], 15))}
    for key in planted:
        counts[key] = counts.get(key, 0) + 90
    buckets = [Bucket(day, hour) for day in days for hour in range(24)]
    found = spikes(History(counts, since=first), buckets, rule=CALM)
    assert planted <= {(one.series, one.bucket) for one in found}
    assert len(found) <= 4
    assert [one.bucket for one in found] == sorted(one.bucket for one in found)


def test_the_strongest_of_an_hour_comes_first():
    counts = (
        mondays([10] * 8, 40)
        | mondays([10] * 8, 90, series="email")
        | mondays([1] * 8, 1, series="web")
    )
    found = spikes(history(counts), [AT_TWO], running=AT_TWO)
    assert [one.series for one in found] == ["email", "chat"]


@given(st.lists(st.integers(0, 60), min_size=8, max_size=8), st.integers(0, 200), st.randoms())
def test_order_and_other_series_are_irrelevant(past, now, dice):
    counts = mondays(past, now)
    reading = read(history(counts), "chat", AT_TWO)
    dice.shuffle(past)
    shuffled = mondays(past, now) | mondays([7] * 8, 3, series="email")
    assert read(history(shuffled), "chat", AT_TWO) == reading
    more = read(history(mondays(past, now + 1)), "chat", AT_TWO)
    assert (reading.verdict, more.verdict) != ("spike", "usual")


def test_nothing_counted_nothing_found():
    assert spikes(history({}), [AT_TWO]) == ()
    assert read(history({}), "chat", AT_TWO).verdict == "usual"


# Mean contacts an hour -> alarms in 1,000 judged hours, by the catalogue's rule and with the floor
RATES = {1: (0.6, 0.6), 5: (15, 5), 20: (25, 2), 100: (26, 0.3)}


@pytest.mark.parametrize("level", RATES)
def test_the_false_alarm_rate_is_the_documented_one(level):
    for rule, documented in zip((WL10, CALM), RATES[level], strict=True):
        alarms = false_alarms([level] * 168, weeks=60, seed=level, rule=rule)
        assert alarms.judged == 60 * 168
        assert alarms.per_week == pytest.approx(alarms.rate * 168)
        assert alarms.rate * 1000 == pytest.approx(documented, rel=0.25, abs=0.6)


def test_bunched_noise_gives_more_false_alarms_than_chance():
    plain = false_alarms([20] * 168, weeks=12, rule=CALM)
    bunched = false_alarms([20] * 168, weeks=12, rule=CALM, dispersion=3)
    assert bunched.rate > 3 * plain.rate


def test_noise_has_a_week_of_days_or_of_hours():
    assert {bucket.hour for _, bucket in noise([5] * 7, 2, seed=1)} == {None}
    assert noise([5] * 7, 2, seed=1) == noise([5] * 7, 2, seed=1) != noise([5] * 7, 2, seed=2)
    with pytest.raises(ValueError, match="24 levels came"):
        noise([5] * 24, 2, seed=1)
