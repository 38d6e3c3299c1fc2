"""The table of days."""

from __future__ import annotations

from datetime import date, timedelta

from deskpulse_reports.facts import days, record_schema

EPOCH = date(1970, 1, 1)


def test_days_of_a_year_agree_with_the_calendar():
    table = days(date(2024, 2, 27), date(2025, 3, 2))
    assert dict(table.schema) == dict(record_schema.DAYS)
    assert len(table) == (date(2025, 3, 2) - date(2024, 2, 27)).days + 1
    for row in table.iter_rows(named=True):
        day = row["date"]
        assert row["day"] == (day - EPOCH).days
        assert row["weekday"] == day.weekday()
        assert row["week"] == (day - timedelta(days=day.weekday()) - EPOCH).days
        assert row["month"] == (day.replace(day=1) - EPOCH).days


def test_days_before_1970_and_none():
    assert days(date(1969, 12, 31), date(1970, 1, 1))["day"].to_list() == [-1, 0]
    assert days(date(2025, 1, 2), date(2025, 1, 1)).is_empty()
