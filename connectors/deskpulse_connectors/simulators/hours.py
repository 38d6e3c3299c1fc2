"""Opening hours as a list of open spans, for arithmetic in open seconds."""

from __future__ import annotations

from bisect import bisect_right
from datetime import date, datetime, time, timedelta
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Berlin")
OPENS, CLOSES = time(9), time(18)
HOLIDAYS = (date(2026, 4, 3), date(2026, 4, 6), date(2026, 5, 1), date(2026, 5, 14))


class Hours:
    """Monday to Friday, 09:00-18:00 in Berlin, without the holidays; instants in epoch seconds.

    `first` is the first day covered; two years from it are.
    """

    def __init__(self, first: date, days: int = 731) -> None:
        self._begins: list[int] = []
        self._before: list[int] = []
        total = 0
        for number in range(days):
            day = first + timedelta(days=number)
            if day.weekday() >= 5 or day in HOLIDAYS:
                continue
            begin, end = _epoch(day, OPENS), _epoch(day, CLOSES)
            self._begins.append(begin)
            self._before.append(total)
            total += end - begin
        self._before.append(total)

    def open_seconds(self, begin: int, end: int) -> int:
        """Open seconds between two instants."""
        return self._elapsed(end) - self._elapsed(begin)

    def later(self, instant: int, seconds: float) -> int:
        """The instant at which so many open seconds have passed since `instant`."""
        target = self._elapsed(instant) + int(seconds)
        index = min(bisect_right(self._before, target) - 1, len(self._begins) - 1)
        return self._begins[index] + target - self._before[index]

    def is_open(self, instant: int) -> bool:
        """Whether somebody is at work."""
        return self._elapsed(instant + 1) > self._elapsed(instant)

    def _elapsed(self, instant: int) -> int:
        index = bisect_right(self._begins, instant) - 1
        if index < 0:
            return 0
        length = self._before[index + 1] - self._before[index]
        return self._before[index] + min(instant - self._begins[index], length)


def local(instant: int) -> datetime:
    """An epoch second as Berlin's wall clock shows it."""
    return datetime.fromtimestamp(instant, ZONE)


@lru_cache(maxsize=256)
def iso(instant: int) -> str:
    """An epoch second as the vendor writes it: UTC, Z, to the second."""
    day, second = divmod(instant, 86_400)
    minute, second = divmod(second, 60)
    return f"{_day(day)}T{minute // 60:02d}:{minute % 60:02d}:{second:02d}Z"


@cache
def _day(number: int) -> str:
    return (date(1970, 1, 1) + timedelta(days=number)).isoformat()


def _epoch(day: date, wall: time) -> int:
    return int(datetime.combine(day, wall, ZONE).timestamp())
