"""What a calendar may say, and what it is told when it may not."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from deskpulse.calendars import Calendar, Calendars
from deskpulse.errors import ConfigError

OFFICE = {day: [("09:00", "17:00")] for day in ("mon", "tue", "wed", "thu", "fri")}


def desk(**more):
    return Calendar(**{"name": "desk", "tz": "UTC", "weekly": OFFICE, **more})


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"tz": "Europe/Berln"}, "unknown time zone 'Europe/Berln'; nearest: Europe/Berlin"),
        ({"tz": "new york"}, "nearest: America/New_York"),
        ({"tz": "../etc/passwd"}, "unknown time zone"),
        ({"tz": ""}, "unknown time zone"),
        ({"weekly": {}}, "no opening hours at all"),
        ({"weekly": {"mon": []}}, "no opening hours at all"),
        ({"weekly": {"monday": [("09:00", "17:00")]}}, "unknown day 'monday'; allowed: mon, tue"),
        ({"weekly": {"mon": [("9am", "17:00")]}}, "weekly.mon: '9am' is not a time HH:MM"),
        ({"weekly": {"mon": [("09:00", "24:01")]}}, "'24:01' is not a time"),
        ({"weekly": {"mon": [("09:60", "17:00")]}}, "'09:60' is not a time"),
        ({"weekly": {"mon": [(9, 17)]}}, "9 is not a time"),
        ({"weekly": {"mon": ["09:00-17:00"]}}, "is not a pair"),
        ({"weekly": {"mon": [("24:00", "02:00")]}}, "cannot open at 24:00"),
        ({"weekly": {"mon": [("09:00", "09:00")]}}, "opens and closes at the same time"),
        (
            {"weekly": {"mon": [("13:00", "18:00"), ("09:00", "14:00")]}},
            "opens at 13:00 while another is open until 14:00",
        ),
        (
            {"weekly": {"mon": [("22:00", "06:00")], "tue": [("05:00", "09:00")]}},
            "weekly.tue: a shift opens at 05:00 while another is open until 06:00",
        ),
        ({"holidays": ["2025-13-01"]}, "holidays: '2025-13-01' is not a date"),
        ({"holidays": [datetime(2025, 1, 1)]}, "is not a date"),
        ({"holiday_country": "Germany"}, "no holidays are known for country 'Germany'"),
        ({"holiday_country": "DE", "holiday_region": "XX"}, "region 'XX' of DE; allowed: BB, BE"),
        ({"holiday_region": "BY"}, "holiday_region 'BY' without a holiday_country"),
        ({"name": ""}, "a calendar without a name"),
    ],
)
def test_what_is_wrong_is_named(more, message):
    with pytest.raises(ConfigError) as caught:
        desk(**more)
    assert message in caught.value.message
    assert caught.value.hint
    assert more.get("name") == "" or "calendars.desk" in caught.value.message


def open_hours(calendar, start, end):
    return Calendars([calendar]).open_seconds(calendar.name, start, end) / 3600


def test_a_shift_may_run_over_midnight():
    nights = desk(weekly={"fri": [("22:00", "06:00")], "sun": [("20:00", "00:00")]})
    friday, saturday, monday = (datetime(2025, 6, day, tzinfo=UTC) for day in (6, 7, 9))
    assert open_hours(nights, friday, saturday) == 2
    assert open_hours(nights, saturday, monday) == 6 + 4


def test_a_holiday_is_closed_all_day_even_after_a_night_shift():
    nights = desk(weekly={"fri": [("22:00", "06:00")]}, holidays=["2025-06-07"])
    friday, sunday = (datetime(2025, 6, day, tzinfo=UTC) for day in (6, 8))
    assert open_hours(nights, friday, sunday) == 2


def test_a_day_may_close_at_24_and_shifts_may_touch():
    always = desk(weekly={"mon": [("00:00", "12:00"), ("12:00", "24:00")]})
    monday, tuesday = (datetime(2025, 6, day, tzinfo=UTC) for day in (2, 3))
    assert open_hours(always, monday, tuesday) == 24


def test_holidays_of_a_country_and_a_region():
    epiphany, labour_day = date(2025, 1, 6), date(2025, 5, 1)
    bavaria = desk(holiday_country="DE", holiday_region="BY", holidays=["2025-06-02"])
    germany = desk(holiday_country="DE")
    assert bavaria.days_off([2025]) >= {epiphany, labour_day, date(2025, 6, 2)}
    assert epiphany not in germany.days_off([2025])
    day = datetime(2025, 5, 1, tzinfo=UTC), datetime(2025, 5, 2, tzinfo=UTC)
    assert open_hours(germany, *day) == 0
    assert open_hours(desk(), *day) == 8


def test_holidays_reach_every_year_that_is_asked_for():
    germany = desk(holiday_country="DE")
    for year in (2008, 2014, 2025, 2036):
        christmas = datetime(year, 12, 25, tzinfo=UTC), datetime(year, 12, 26, tzinfo=UTC)
        assert open_hours(germany, *christmas) == 0


def test_calendars_are_found_by_name():
    calendars = Calendars([desk(), desk(name="night")])
    assert calendars.names == ("", "desk", "night")
    assert [calendars.number(name) for name in calendars.names] == [0, 1, 2]
    with pytest.raises(
        ConfigError, match="unknown calendar 'nihgt'; did you mean 'night'"
    ) as caught:
        calendars.number("nihgt")
    assert "desk, night" in caught.value.hint


def test_two_calendars_of_one_name_are_refused():
    with pytest.raises(ConfigError, match="two calendars of one name"):
        Calendars([desk(), desk()])
