"""New tickets by local hour or day, as the spike reading wants them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from deskpulse_reports.analysis.spikes import Bucket, History, Series
from deskpulse_reports.rules.desk import Desk

Every = Literal["hour", "day"]


def bucket_of(moment: datetime, desk: Desk, every: Every) -> Bucket:
    """The local hour or day of an instant."""
    local = moment.astimezone(ZoneInfo(desk.zone))
    return Bucket(local.date(), local.hour if every == "hour" else None)


def before(moment: datetime, desk: Desk, every: Every) -> Bucket:
    """The last hour or day that is over."""
    if every == "hour":
        return bucket_of(moment - timedelta(hours=1), desk, every)
    return Bucket(bucket_of(moment, desk, every).day - timedelta(days=1))


def start_of(bucket: Bucket, desk: Desk) -> datetime:
    """When a bucket begins; aware UTC."""
    local = datetime.combine(bucket.day, time(bucket.hour or 0), ZoneInfo(desk.zone))
    return local.astimezone(UTC)


def history(desk: Desk, by: str | None, every: Every, weeks: int) -> History:
    """The counts of the last `weeks` weeks and of today.

    Holidays of the desk's calendar, and hours that the clocks repeat, say nothing of what is usual.
    """
    zone = ZoneInfo(desk.zone)
    today = desk.now.astimezone(zone).date()
    first = today - timedelta(weeks=weeks, days=1)
    found = desk.kpi("submissions", (by,) if by else (), every=every, start=first, end=today)
    counts: dict[tuple[Series, Bucket], float] = {}
    for row in found.rows:
        series = row.dims.get(by) if by else None
        if row.value and row.bucket:
            counts[None if series is None else str(series), _read(row.bucket, every)] = row.value
    return History(
        counts,
        since=min((bucket.day for _, bucket in counts), default=today),
        holidays=_holidays(desk, {first.year, today.year}),
        stale=frozenset(_repeated(first, today, zone)) if every == "hour" else frozenset(),
    )


def _read(label: str, every: Every) -> Bucket:
    """`2026-11-22T09:00` or `2026-11-22`."""
    day, _, hour = label.partition("T")
    return Bucket(date.fromisoformat(day), int(hour[:2]) if every == "hour" else None)


def _holidays(desk: Desk, years: Iterable[int]) -> frozenset[date]:
    for calendar in desk.calendars.calendars:
        if calendar.name == desk.calendar:
            return calendar.days_off(years)
    return frozenset()


def _repeated(first: date, last: date, zone: ZoneInfo) -> Iterable[Bucket]:
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        midnight = datetime.combine(day, time(), zone)
        if midnight.utcoffset() == datetime.combine(day, time(23, 59), zone).utcoffset():
            continue
        for hour in range(24):
            shown = datetime.combine(day, time(hour), zone)
            if shown.utcoffset() != shown.replace(fold=1).utcoffset():
                yield Bucket(day, hour)
