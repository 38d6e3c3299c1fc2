"""Open time against a slow reference that walks minute by minute along the local wall clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from deskpulse.calendars import Calendar, Calendars
from deskpulse.clock import to_micros

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MINUTE = timedelta(minutes=1)
# weeks with a clock change (forward, back, a skipped day) or none
WEEKS = {
    "America/New_York": ["2025-03-05", "2025-10-30", "2025-06-02"],
    "Europe/Berlin": ["2025-03-27", "2025-10-23"],
    "Australia/Lord_Howe": ["2025-04-03", "2025-10-02"],
    "America/St_Johns": ["2025-03-06", "2025-10-30", "2006-10-26"],
    "Pacific/Apia": ["2011-12-28", "2011-09-22"],
    "Africa/Casablanca": ["2025-02-20", "2025-04-03"],
    "America/Sao_Paulo": ["2018-11-01", "2019-02-14"],
    "America/Havana": ["2025-03-06", "2025-10-30"],
    "Asia/Kolkata": ["2025-03-05"],
    "UTC": ["2025-12-29"],
}
SHIFTS = st.lists(
    st.tuples(st.integers(0, 95), st.integers(1, 96)).filter(lambda s: s[0] % 96 != s[1] % 96),
    max_size=2,
)


def clock_text(quarters):
    return f"{quarters // 4:02}:{quarters % 4 * 15:02}"


@st.composite
def calendars(draw):
    zone = draw(st.sampled_from(sorted(WEEKS)))
    first = date.fromisoformat(draw(st.sampled_from(WEEKS[zone])))
    weekly = {}
    for day in DAYS:
        shifts = sorted(s for s in draw(SHIFTS) if s[0] < s[1])
        apart = [s for n, s in enumerate(shifts) if n == 0 or shifts[n - 1][1] <= s[0]]
        weekly[day] = [(clock_text(a), clock_text(b)) for a, b in apart[:1] + apart[2:]]
    if not any(weekly.values()):
        weekly["wed"] = [("22:00", "02:30")]
    off = draw(st.sets(st.integers(0, 6), max_size=2))
    holidays = [first + timedelta(days=n) for n in off]
    return Calendar("desk", zone, weekly, holidays), first


def open_minutes(calendar, first, days=8):
    """The UTC minutes that are open, found on the wall clock of each date.

    A shift is open from the first minute that shows its opening time to the last that shows a time
    before its closing; an opening that the clocks skip is late by as much as they skip.
    """
    zone, minutes = ZoneInfo(calendar.tz), set[datetime]()
    begin = datetime.combine(first, time(), UTC) - timedelta(days=2)
    walls = walked(calendar.tz, begin, days + 4)
    for day in (first + timedelta(days=n) for n in range(-1, days)):
        if day in calendar.listed or all(wall.date() != day for _, wall in walls):
            continue
        for opens, closes in calendar.week[day.weekday()]:
            midnight = datetime.combine(day, time())
            opening, closing = midnight + opens * MINUTE, midnight + closes * MINUTE
            start = opening.replace(tzinfo=zone).astimezone(UTC)
            last = max(utc for utc, wall in walls if wall < closing)
            end = max(last + MINUTE, closing.replace(tzinfo=zone).astimezone(UTC))
            minutes.update(utc for utc, _ in walls if start <= utc < end)
    return minutes


@cache
def walked(tz, begin, days):
    zone = ZoneInfo(tz)
    utcs = [begin + n * MINUTE for n in range(days * 1440)]
    return [(utc, utc.astimezone(zone).replace(tzinfo=None, fold=0)) for utc in utcs]


@hypothesis_settings(max_examples=120, deadline=None)
@given(made=calendars(), data=st.data())
def test_open_time_equals_the_minute_by_minute_reference(made, data):
    calendar, first = made
    minutes = open_minutes(calendar, first)
    start = datetime.combine(first, time(), UTC)
    compiled = Calendars([calendar])
    for _ in range(5):
        a, b = sorted(data.draw(st.tuples(*[st.integers(0, 6 * 1440)] * 2)))
        low, high = start + a * MINUTE, start + b * MINUTE
        expected = sum(low <= minute < high for minute in minutes)
        assert compiled.open_seconds("desk", low, high) == expected * 60


@hypothesis_settings(max_examples=60, deadline=None)
@given(
    made=calendars(), offset=st.integers(0, 6 * 86400 * 10**6), amount=st.integers(0, 4 * 10**11)
)
def test_add_is_the_first_instant_by_which_the_time_has_passed(made, offset, amount):
    calendar, first = made
    compiled = Calendars([calendar])
    start = to_micros(datetime.combine(first, time(), UTC)) + offset
    due = int(compiled.add(1, start, amount))
    assert int(compiled.between(1, start, due)) == amount
    assert due >= start
    if due > start:
        assert int(compiled.between(1, start, due - 1)) == amount - 1


def test_a_skipped_day_has_no_hours():
    # Samoa had no Friday 30 December 2011
    friday = Calendar("desk", "Pacific/Apia", {"fri": [("09:00", "17:00")]})
    begin, end = (datetime(2011, 12, day, tzinfo=UTC) for day in (28, 31))
    assert Calendars([friday]).open_seconds("desk", begin, end) == 0


@pytest.mark.parametrize(
    ("day", "hours"), [("2025-11-02", 7), ("2025-03-09", 5), ("2025-03-16", 6)]
)
def test_a_night_shift_is_as_long_as_the_night_really_is(day, hours):
    night = Calendar("n", "America/New_York", {"sun": [("00:00", "06:00")]})
    noon = datetime.fromisoformat(f"{day}T16:00:00Z")
    passed = Calendars([night]).open_seconds("n", noon - timedelta(days=1), noon)
    assert passed == hours * 3600


def test_many_calendars_in_one_array():
    office = {day: [("09:00", "17:00")] for day in DAYS[:5]}
    compiled = Calendars(
        [Calendar("a", "UTC", office), Calendar("b", "Asia/Tokyo", {"sat": [("00:00", "24:00")]})]
    )
    friday = to_micros(datetime(2025, 6, 6, 16, tzinfo=UTC))
    two_days = friday + 2 * 86400 * 10**6
    numbers = np.array([0, 1, 2])
    passed = compiled.between(numbers, np.full(3, friday), np.full(3, two_days))
    assert (passed / 3.6e9).tolist() == [48.0, 1.0, 23.0]
    due = compiled.add(numbers, np.full(3, friday), np.full(3, 2 * 3_600_000_000))
    assert ((due - friday) / 3.6e9).tolist() == [2.0, 66.0, 2.0]


def test_sub_second_time_is_exact():
    compiled = Calendars([Calendar("a", "UTC", {"mon": [("09:00", "17:00")]})])
    start = to_micros(datetime(2025, 6, 2, 16, 59, 59, 999_999, tzinfo=UTC))
    assert int(compiled.between(1, start, start + 10)) == 1


def test_counts_are_the_same_whatever_was_asked_before():
    berlin = Calendar("a", "Europe/Berlin", {"mon": [("09:00", "17:00")]})
    instant = to_micros(datetime(2024, 5, 6, 10, tzinfo=UTC))
    fresh, used = Calendars([berlin]), Calendars([berlin])
    used.open_before(1, to_micros(datetime(1971, 1, 1, tzinfo=UTC)))
    used.open_before(1, to_micros(datetime(2090, 1, 1, tzinfo=UTC)))
    assert int(fresh.open_before(1, instant)) == int(used.open_before(1, instant))
    origin = to_micros(datetime(2020, 1, 1, tzinfo=UTC))
    assert int(fresh.open_before(1, origin)) == int(fresh.open_before(0, origin)) == 0


def test_years_are_built_when_they_are_needed():
    compiled = Calendars([Calendar("a", "UTC", {"mon": [("09:00", "17:00")]})])
    assert len(compiled._table.years) == 1
    compiled.open_before(1, to_micros(datetime(2022, 5, 1, tzinfo=UTC)))
    assert compiled._table.years == range(2020, 2023)


@pytest.mark.parametrize("year", [1960, 2101, 9999])
def test_instants_outside_the_range_raise(year):
    compiled = Calendars([Calendar("a", "UTC", {"mon": [("09:00", "17:00")]})])
    with pytest.raises(ValueError, match="outside the calendars' years"):
        compiled.open_before(1, to_micros(datetime(year, 6, 1, tzinfo=UTC)))


def test_open_time_that_never_comes_raises():
    compiled = Calendars([Calendar("a", "UTC", {"mon": [("09:00", "17:00")]})])
    with pytest.raises(ValueError, match="after 2100"):
        compiled.due("a", datetime(2100, 12, 30, tzinfo=UTC), 10**6)


def test_nothing_asked_is_nothing_answered():
    compiled = Calendars()
    none = np.array([], dtype=np.int64)
    assert compiled.between(none, none, none).size == 0
    assert compiled.add(none, none, none).size == 0


GOLDEN_DUES = [
    ("2025-06-06T16:30:00Z", 60, "09:00", "17:00", "2025-06-09T09:30:00Z"),
    ("2025-06-04T07:00:00Z", 120, "09:00", "17:00", "2025-06-04T11:00:00Z"),
    ("2025-06-02T17:00:00Z", 240, "08:00", "18:00", "2025-06-03T11:00:00Z"),
    ("2025-06-06T16:00:00Z", 240, "08:00", "17:00", "2025-06-09T11:00:00Z"),
    ("2025-06-06T17:00:00Z", 480, "09:00", "17:00", "2025-06-09T17:00:00Z"),
]


@pytest.mark.parametrize(("start", "target", "opens", "closes", "due"), GOLDEN_DUES)
def test_due_times(start, target, opens, closes, due):
    desk = Calendar("desk", "UTC", {day: [(opens, closes)] for day in DAYS[:5]})
    found = Calendars([desk]).due("desk", datetime.fromisoformat(start), target * 60)
    assert found == datetime.fromisoformat(due)
