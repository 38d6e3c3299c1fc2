"""Time zones by their IANA names, and local wall time turned into UTC."""

from __future__ import annotations

import difflib
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from deskpulse.clock import to_micros
from deskpulse.errors import ConfigError


def read_zone(where: str, name: str) -> ZoneInfo:
    """The zone called `name`; raises `ConfigError` with the nearest valid names."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        known = sorted(available_timezones())
        by_lower = {zone.lower(): zone for zone in known}
        by_city = {zone.rpartition("/")[2].lower(): zone for zone in known}
        wanted = name.lower().replace(" ", "_")
        near = [by_lower[key] for key in difflib.get_close_matches(wanted, by_lower, n=3)]
        near += [by_city[key] for key in difflib.get_close_matches(wanted, by_city, n=3)]
        advice = ", ".join(dict.fromkeys(near)) or "a name such as Europe/Berlin"
        raise ConfigError(
            f"{where}: unknown time zone {name!r}; nearest: {advice}",
            hint="Use a name of the IANA time zone database, such as America/New_York.",
        ) from None


def opening_instant(zone: ZoneInfo, day: date, minutes: int) -> int:
    """When a local time is first reached, in UTC microseconds.

    A time the clocks skip moves on by as much as they skip.
    """
    return to_micros(_wall(day, minutes).replace(tzinfo=zone))


def closing_instant(zone: ZoneInfo, day: date, minutes: int) -> int:
    """When a local time is over for the last time that day, in UTC microseconds."""
    wall = _wall(day, minutes).replace(tzinfo=zone)
    return max(to_micros(wall), to_micros(wall.replace(fold=1)))


def offset_at_midnight(zone: ZoneInfo, day: date) -> int:
    """The zone's offset from UTC when `day` begins, in microseconds."""
    offset = datetime.combine(day, time(), zone).utcoffset() or timedelta()
    return offset // timedelta(microseconds=1)


def exists(zone: ZoneInfo, day: date) -> bool:
    """Whether the zone has this date: Samoa skipped 30 December 2011."""
    begins = datetime.combine(day, time(), zone).astimezone(UTC)
    return begins.astimezone(zone).date() == day


def _wall(day: date, minutes: int) -> datetime:
    return datetime.combine(day, time()) + timedelta(minutes=minutes)
