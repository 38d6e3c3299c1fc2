"""SLA policies and opening hours."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from deskpulse.errors import RecordRejected
from deskpulse.records import Schedule, SlaPolicy
from deskpulse_connectors.rails_zones import iana_zone
from deskpulse_connectors.raw import need, text_id

DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
"""Zendesk's week begins on Sunday."""

DAY_MIN = 24 * 60
WEEK_MIN = 7 * DAY_MIN
LONGEST_HOLIDAY = 366


def to_policy(raw: Any) -> SlaPolicy:
    """An SLA policy; a target is in seconds, by the business or the calendar clock."""
    policy_id = text_id(need(raw, "id", "SLA policy"))
    metrics = need(raw, "policy_metrics", "SLA policy")
    return SlaPolicy.read(
        {
            "id": policy_id,
            "name": raw.get("title"),
            "position": raw.get("position"),
            "filter": raw.get("filter") or {},
            "targets": [_target(metric) for metric in metrics],
        }
    )


def _target(metric: Mapping[str, Any]) -> dict[str, Any]:
    seconds = metric.get("target_in_seconds")
    if seconds is None:
        seconds = need(metric, "target", "SLA target") * 60
    return {
        "metric": need(metric, "metric", "SLA target"),
        "priority": metric.get("priority"),
        "target_s": seconds,
        "clock": "business" if metric.get("business_hours") else "calendar",
    }


def to_schedule(raw: Any) -> Schedule:
    """Opening hours: minutes since Sunday 00:00 in the schedule's zone, as hours of each day.

    `holidays` (joined by the stream) hold both ends; Zendesk names zones as Rails does.
    """
    schedule_id = text_id(need(raw, "id", "schedule"))
    return Schedule.read(
        {
            "id": schedule_id,
            "name": raw.get("name"),
            "tz": iana_zone(need(raw, "time_zone", "schedule")),
            "weekly": weekly(need(raw, "intervals", "schedule")),
            "holidays": sorted({day for each in raw.get("holidays") or () for day in _days(each)}),
        }
    )


def weekly(intervals: Iterable[Mapping[str, Any]]) -> dict[str, list[tuple[str, str]]]:
    """Spans of the week, in minutes since Sunday, as shifts of each day; one over midnight is two.

    A span that ends after Saturday's midnight goes on on Sunday.
    """
    shifts: dict[str, list[tuple[int, int]]] = {}
    for interval in intervals:
        start = need(interval, "start_time", "interval")
        end = need(interval, "end_time", "interval")
        if not (isinstance(start, int) and isinstance(end, int) and start < end <= 2 * WEEK_MIN):
            raise RecordRejected(f"interval {start!r}-{end!r} is not a span of the week in minutes")
        while start < end:
            day_end = min(end, (start // DAY_MIN + 1) * DAY_MIN)
            day = DAYS[start // DAY_MIN % len(DAYS)]
            opens = start % DAY_MIN
            shifts.setdefault(day, []).append((opens, opens + day_end - start))
            start = day_end
    return {
        day: [(_clock(opens), _clock(closes)) for opens, closes in sorted(shifts[day])]
        for day in DAYS
        if day in shifts
    }


def _clock(minute: int) -> str:
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _days(holiday: Mapping[str, Any]) -> Iterator[date]:
    """Every day of a holiday; the end date is included."""
    try:
        first = date.fromisoformat(need(holiday, "start_date", "holiday"))
        last = date.fromisoformat(need(holiday, "end_date", "holiday"))
    except (TypeError, ValueError):
        raise RecordRejected(f"holiday {holiday.get('id')}: a date is not YYYY-MM-DD") from None
    length = (last - first).days + 1
    if not 1 <= length <= LONGEST_HOLIDAY:
        raise RecordRejected(f"holiday {holiday.get('id')}: {first} to {last} is {length} days")
    for offset in range(length):
        yield first + timedelta(days=offset)
