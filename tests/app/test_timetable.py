"""When digests are due, also where clocks change, and which are caught up."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from deskpulse.app.timetable import LOOKBACK, periods, to_send
from deskpulse.config.tables import DigestTable
from deskpulse_reports.digest.period import Period

BERLIN = "Europe/Berlin"


def digest(**settings):
    return DigestTable.model_validate({"to": ["screen"]} | settings)


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def due_of(day, settings, zone=BERLIN):
    """The due instant of the period that is due on this local day."""
    noon_after = utc(f"{day}T12:00") + timedelta(days=1)
    found = [
        item
        for item in periods("d", digest(**settings), zone, noon_after)
        if item.tells_of.first == date.fromisoformat(day) - timedelta(days=1)
    ]
    return found[0] if found else None


def test_a_digest_tells_of_the_day_before():
    due = due_of("2026-11-22", {"at": "08:00"})
    assert (due.tells_of.first, due.period) == (date(2026, 11, 21), "2026-11-21")
    assert due.due_at == utc("2026-11-22T07:00")
    assert due.day_over == utc("2026-11-21T23:00")


@pytest.mark.parametrize(
    ("day", "at", "due"),
    [
        ("2026-03-28", "08:00", "2026-03-28T07:00"),
        ("2026-03-29", "08:00", "2026-03-29T06:00"),  # the clocks went forward that night
        ("2026-03-29", "02:30", "2026-03-29T01:30"),  # there is no 02:30: it is 03:30 then
        ("2026-03-29", "03:00", "2026-03-29T01:00"),
        ("2026-10-25", "08:00", "2026-10-25T07:00"),  # and back
        ("2026-10-25", "02:30", "2026-10-25T00:30"),  # the first of two
        ("2026-10-25", "00:00", "2026-10-24T22:00"),
        ("2026-10-26", "00:00", "2026-10-25T23:00"),
    ],
)
def test_clock_changes(day, at, due):
    assert due_of(day, {"at": at}).due_at == utc(due)


def test_each_local_day_falls_due_once_over_both_changes():
    for now in ("2026-04-10T12:00", "2026-11-10T12:00"):
        for at in ("00:00", "02:00", "02:30", "03:00", "23:59"):
            found = periods("d", digest(at=at), BERLIN, utc(now))
            days = [item.tells_of.first for item in found]
            assert len(days) == len(set(days)) >= LOOKBACK.days
            assert days == sorted(days)
            dues = [item.due_at for item in found]
            assert dues == sorted(set(dues))
            assert all(item.day_over <= item.due_at <= utc(now) for item in found)


def test_only_on_its_days_and_in_its_own_zone():
    found = periods("d", digest(days=["mon"], zone="Asia/Tokyo"), BERLIN, utc("2026-11-23T00:00"))
    assert [item.tells_of.first.weekday() for item in found] == [6] * len(found)
    assert found[-1].due_at == utc("2026-11-22T23:00")  # 08:00 in Tokyo on Monday
    assert periods("d", digest(days=[]), BERLIN, utc("2026-11-23T00:00")) == []


def test_not_before_it_is_due():
    before = periods("d", digest(at="08:00"), BERLIN, utc("2026-11-22T06:59:59"))
    then = periods("d", digest(at="08:00"), BERLIN, utc("2026-11-22T07:00"))
    assert len(then) == len(before) + 1
    assert then[-1].tells_of.first == date(2026, 11, 21)


@pytest.mark.parametrize(
    ("catch_up", "now", "days"),
    [
        ("latest", "2026-11-22T12:00", ["2026-11-21"]),
        ("all", "2026-11-22T12:00", ["2026-11-19", "2026-11-20", "2026-11-21"]),
        ("skip", "2026-11-22T12:00", []),
        ("skip", "2026-11-22T07:30", ["2026-11-21"]),  # half an hour late is not missed
        ("skip", "2026-11-22T06:00", []),
    ],
)
def test_catching_up_after_a_standstill(catch_up, now, days):
    table = digest(at="08:00", catch_up=catch_up)
    fell_due = periods("d", table, BERLIN, utc(now))
    found = to_send(table, fell_due, "2026-11-18", utc(now))
    assert [item.period for item in found] == days


def test_what_was_told_is_not_told_again():
    table = digest(at="08:00", catch_up="all")
    now = utc("2026-11-22T12:00")
    fell_due = periods("d", table, BERLIN, now)
    assert to_send(table, fell_due, "2026-11-21", now) == []


def test_a_week_is_told_of_on_monday_once_and_from_monday_to_sunday():
    found = periods("d", digest(period="week"), BERLIN, utc("2026-11-23T12:00"))
    assert found[-1].tells_of == Period(date(2026, 11, 16), date(2026, 11, 22))
    assert found[-1].period == "2026-11-16"
    assert found[-1].due_at == utc("2026-11-23T07:00")
    assert found[-1].day_over == utc("2026-11-22T23:00")
    assert [item.due_at.weekday() for item in found] == [0] * len(found)


def test_a_week_that_is_told_of_on_several_days_is_told_of_once():
    both = digest(period="week", days=["tue", "thu"])
    found = periods("d", both, BERLIN, utc("2026-11-27T12:00"))
    assert [item.period for item in found][-2:] == ["2026-11-09", "2026-11-16"]
    assert found[-1].due_at == utc("2026-11-24T07:00")
    assert len({item.period for item in found}) == len(found)
