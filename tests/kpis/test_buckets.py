"""Buckets without zone casts equal what zoneinfo says, at any instant."""

import random
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import duckdb
import pytest
from sqlglot import exp

from deskpulse.clock import EPOCH, to_micros
from deskpulse_reports.kpis.buckets import (
    GRAINS,
    MICROS,
    between,
    bucket,
    bucket_of,
    day_of,
    first_day,
    hour_of_day,
    label,
    local,
    offsets,
    weekday,
)

ZONES = [
    "UTC",
    "Europe/Berlin",
    "Europe/London",
    "Europe/Lisbon",
    "America/New_York",
    "America/St_Johns",  # changed at 00:01 for years: a day that comes back for an hour
    "America/Sao_Paulo",  # changed at midnight
    "America/Havana",
    "Australia/Lord_Howe",  # half an hour
    "Australia/Sydney",
    "Pacific/Apia",  # left out 30 December 2011
    "Asia/Kathmandu",
    "Asia/Tehran",
    "Africa/Casablanca",  # winter time during Ramadan
    "Antarctica/Troll",  # two hours
]
FIRST, LAST = datetime(1985, 1, 1, tzinfo=UTC), datetime(2036, 1, 1, tzinfo=UTC)


def expected(micros: int, zone: ZoneInfo, week_start: int) -> tuple[str, str, str, str, int, int]:
    there = (EPOCH + timedelta(microseconds=micros)).astimezone(zone)
    day = there.date()
    week = day - timedelta(days=(day.weekday() - week_start) % 7)
    hour = f"{day}T{there.hour:02d}:00"
    return hour, f"{day}", f"{week}", f"{day.replace(day=1)}", day.weekday(), there.hour


@pytest.mark.parametrize(
    ("name", "week_start"), [*((name, 0) for name in ZONES), ("Europe/Berlin", 6), ("UTC", 5)]
)
def test_every_grain_equals_zoneinfo(name, week_start):
    zone = ZoneInfo(name)
    low, high = to_micros(FIRST), to_micros(LAST)
    span = offsets(zone, low, high)
    dice = random.Random(name)
    instants = [dice.randrange(low, high) for _ in range(300)]
    for second, _ in span.changes:
        for shift in (-3600 * MICROS, -1, 0, 1, 1800 * MICROS, 3600 * MICROS):
            instants.append(second * MICROS + shift)
    time = exp.column("_local")
    figures = [bucket(time, grain, week_start) for grain in GRAINS]
    query = (
        exp.select("t", *figures, weekday(time), hour_of_day(time))
        .from_(exp.select("t", local(exp.column("t"), span).as_("_local")).from_("x").subquery("y"))
        .sql("duckdb")
    )
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE x AS SELECT unnest($1) AS t", [instants])
        answered = connection.execute(query).fetchall()
    assert len(answered) == len(instants)
    for t, *numbers, day_of_week, hour in answered:
        labels = [
            label(number, grain, week_start) for number, grain in zip(numbers, GRAINS, strict=True)
        ]
        assert (*labels, day_of_week, hour) == expected(t, zone, week_start)


def test_a_narrow_range_names_only_its_own_transitions():
    zone = ZoneInfo("Europe/Berlin")
    winter = (
        to_micros(datetime(2025, 1, 1, tzinfo=UTC)),
        to_micros(datetime(2025, 2, 1, tzinfo=UTC)),
    )
    assert offsets(zone, *winter).changes == ()
    year = to_micros(datetime(2025, 1, 1, tzinfo=UTC)), to_micros(datetime(2026, 1, 1, tzinfo=UTC))
    assert offsets(zone, *year).changes == (
        (int(datetime(2025, 3, 30, 1, tzinfo=UTC).timestamp()), 7200),
        (int(datetime(2025, 10, 26, 1, tzinfo=UTC).timestamp()), 3600),
    )


@pytest.mark.parametrize("year", [1, 1899, 1969, 2300, 9999])
def test_absurd_years_have_days_too(year):
    instant = datetime(year, 6, 15, 12, tzinfo=UTC)
    assert day_of(to_micros(instant), ZoneInfo("UTC")) == instant.date().toordinal()
    assert day_of(to_micros(datetime.max.replace(tzinfo=UTC)), ZoneInfo("Asia/Tokyo")) > 0
    assert label(date.max.toordinal() + 1, "day", 0) == "9999-12-31"


def test_python_and_sql_number_buckets_alike():
    days = [date(2024, 2, 29), date(2025, 1, 1), date(2023, 12, 31), date(2026, 6, 1)]
    for day in days:
        for grain in GRAINS:
            number = bucket_of(day.toordinal(), grain, 0)
            assert first_day(number, grain, 0) <= day.toordinal()
            assert bucket_of(first_day(number, grain, 0), grain, 0) == number


def hours(day: date, zone: str) -> list[str]:
    number = day.toordinal()
    return [label(b, "hour", 0) for b in between(number, number, "hour", 0, ZoneInfo(zone))]


def test_hours_that_no_clock_shows_are_no_buckets():
    spring = hours(date(2025, 3, 30), "Europe/Berlin")
    assert len(spring) == 23
    assert "2025-03-30T02:00" not in spring
    assert len(hours(date(2025, 10, 26), "Europe/Berlin")) == 24  # 02:00 is two hours long
    assert len(hours(date(2025, 10, 5), "Australia/Lord_Howe")) == 24  # 02:30 to 02:59 are shown


def test_a_day_that_a_zone_left_out_is_no_bucket():
    first, last = date(2011, 12, 29).toordinal(), date(2011, 12, 31).toordinal()
    days = [label(b, "day", 0) for b in between(first, last, "day", 0, ZoneInfo("Pacific/Apia"))]
    assert days == ["2011-12-29", "2011-12-31"]
