"""SLA policies and opening hours."""

import zoneinfo
from datetime import date

import pytest

from deskpulse.errors import RecordRejected
from deskpulse_connectors.rails_zones import ZONES, iana_zone
from deskpulse_connectors.zendesk.policies import to_policy, to_schedule, weekly


def test_targets_are_in_seconds_by_their_clock():
    got = to_policy(
        {
            "id": 9001,
            "title": "VIP",
            "position": 1,
            "filter": {"all": [{"field": "priority", "operator": "is", "value": "high"}]},
            "policy_metrics": [
                {
                    "priority": "high",
                    "metric": "first_reply_time",
                    "target": 30,
                    "business_hours": True,
                },
                {
                    "priority": None,
                    "metric": "requester_wait_time",
                    "target": 1,
                    "target_in_seconds": 45,
                    "business_hours": False,
                },
            ],
        }
    )
    assert got.targets == [
        {
            "metric": "first_reply_time",
            "priority": "high",
            "target_s": 1800,
            "clock": "business",
        },
        {
            "metric": "requester_wait_time",
            "priority": None,
            "target_s": 45,
            "clock": "calendar",
        },
    ]
    assert (got.name, got.position) == ("VIP", 1)


def span(start, end):
    return {"start_time": start, "end_time": end}


def test_minutes_of_the_week_begin_on_sunday():
    assert weekly([span(0, 60), span(1440 + 540, 1440 + 1080)]) == {
        "sun": [("00:00", "01:00")],
        "mon": [("09:00", "18:00")],
    }


def test_several_shifts_a_day_in_order():
    assert weekly([span(1440 + 780, 1440 + 1020), span(1440 + 540, 1440 + 720)]) == {
        "mon": [("09:00", "12:00"), ("13:00", "17:00")]
    }


def test_a_shift_over_midnight_is_two_and_saturdays_goes_on_on_sunday():
    assert weekly([span(6 * 1440 + 1320, 7 * 1440 + 360)]) == {
        "sun": [("00:00", "06:00")],
        "sat": [("22:00", "24:00")],
    }


def test_always_open():
    week = weekly([span(0, 7 * 1440)])
    assert len(week) == 7
    assert set(map(tuple, week.values())) == {(("00:00", "24:00"),)}


@pytest.mark.parametrize(
    "interval", [span(60, 60), span(60, 30), span("9", 10), span(0, 99999), {"start_time": 0}]
)
def test_a_span_that_is_none_is_refused(interval):
    with pytest.raises(RecordRejected, match="interval"):
        weekly([interval])


def schedule(**fields):
    return {"id": 8, "name": "Support", "time_zone": "Berlin", "intervals": [], **fields}


def test_the_end_of_a_holiday_is_included():
    days = [
        {"id": 1, "start_date": "2025-12-24", "end_date": "2025-12-26"},
        {"id": 2, "start_date": "2026-01-01", "end_date": "2026-01-01"},
    ]
    got = to_schedule(schedule(holidays=days))
    assert got.holidays == [
        date(2025, 12, 24),
        date(2025, 12, 25),
        date(2025, 12, 26),
        date(2026, 1, 1),
    ]
    assert got.tz == "Europe/Berlin"


@pytest.mark.parametrize(
    ("first", "last"), [("2026-01-02", "2026-01-01"), ("x", "y"), ("2026-01-01", "2030-01-01")]
)
def test_an_impossible_holiday_is_refused(first, last):
    with pytest.raises(RecordRejected, match="holiday 1"):
        to_schedule(schedule(holidays=[{"id": 1, "start_date": first, "end_date": last}]))


def test_every_zone_of_zendesk_is_a_zone():
    assert set(ZONES.values()) <= zoneinfo.available_timezones()
    assert len(ZONES) > 140


@pytest.mark.parametrize(
    ("vendor", "ours"),
    [
        ("Pacific Time (US & Canada)", "America/Los_Angeles"),
        ("Ljubljana", "Europe/Ljubljana"),
        ("Europe/Berlin", "Europe/Berlin"),
        ("UTC", "Etc/UTC"),
    ],
)
def test_zones_are_named_as_rails_does(vendor, ours):
    assert iana_zone(vendor) == ours


def test_an_unknown_zone_is_refused():
    with pytest.raises(RecordRejected, match="'Atlantis'"):
        to_schedule(schedule(time_zone="Atlantis"))
