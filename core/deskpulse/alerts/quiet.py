"""Quiet hours, in the zone of those who sleep. Pure, and exact over changes of the clock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from deskpulse.calendars.zones import closing_instant, opening_instant
from deskpulse.clock import from_micros, to_micros

DAY = 24 * 60
"""Minutes."""


@dataclass(frozen=True, slots=True)
class QuietHours:
    """`weekly`: for each weekday (0 = Monday) the quiet spans [from, to) in minutes of the day."""

    zone: ZoneInfo
    weekly: Mapping[int, Sequence[tuple[int, int]]]

    def until(self, now: datetime) -> datetime | None:
        """When the quiet that `now` (aware) lies in ends; None if it is not quiet now."""
        moment, end = to_micros(now), None
        first = now.astimezone(self.zone).date() - timedelta(days=1)
        for ahead in range(10):  # a week, and what touches it
            for begins, ends in self._spans(first + timedelta(days=ahead)):
                if begins <= (moment if end is None else end) < ends:
                    end = ends
        return None if end is None else from_micros(end)

    def _spans(self, day: date) -> list[tuple[int, int]]:
        """The quiet spans of a local day as UTC microseconds, in order."""
        return [
            (opening_instant(self.zone, day, begins), self._end(day, ends))
            for begins, ends in self.weekly.get(day.weekday(), ())
        ]

    def _end(self, day: date, minutes: int) -> int:
        if minutes == DAY:  # the next day begins where this one ends, whatever the clocks do
            return opening_instant(self.zone, day + timedelta(days=1), 0)
        return closing_instant(self.zone, day, minutes)
