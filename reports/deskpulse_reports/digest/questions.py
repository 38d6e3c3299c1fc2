"""What a daily digest asks the KPI engine, before anything is computed."""

from __future__ import annotations

from datetime import date, timedelta

from deskpulse_reports.report.book import Ask

KPIS = (
    "submissions",
    "resolutions",
    "backlog",
    "first_reply_time",
    "full_resolution_time",
    "csat",
)
"""The lines of a digest, in order, unless its configuration names others."""

COURSE = timedelta(days=13)
"""Fourteen days up to the day reported: a sparkline, with the same weekday last week in it."""


def asks(kpis: tuple[str, ...] = KPIS) -> tuple[Ask, ...]:
    """One question a line, by day."""
    return tuple(Ask(kpi, every="day") for kpi in kpis)


def window(day: date) -> tuple[date, date]:
    """The local days that the questions are asked over, both included."""
    return day - COURSE, day
