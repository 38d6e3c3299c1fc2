"""The local days that a digest tells of, and what it compares them with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from deskpulse_reports import words

PeriodGrain = Literal["day", "week"]

_WEEK = timedelta(days=7)
_COURSE_DAYS, _COURSE_WEEKS = 14, 8


@dataclass(frozen=True, slots=True)
class Period:
    """One day, or a week from Monday to Sunday; both ends included."""

    first: date
    last: date

    @classmethod
    def of_day(cls, day: date) -> Period:
        """The day alone."""
        return cls(day, day)

    @classmethod
    def of_week(cls, day: date) -> Period:
        """The week in which a day lies."""
        monday = day - timedelta(days=day.weekday())
        return cls(monday, monday + timedelta(days=6))

    @classmethod
    def of(cls, grain: PeriodGrain, day: date) -> Period:
        """The day, or its week."""
        return cls.of_day(day) if grain == "day" else cls.of_week(day)

    @property
    def grain(self) -> PeriodGrain:
        """Which of the two it is."""
        return "day" if self.first == self.last else "week"

    @property
    def name(self) -> str:
        """Its name in the books and in keys: the day it begins."""
        return self.first.isoformat()

    @property
    def before(self) -> Period:
        """What it is compared with: the same weekday a week earlier, or the week before."""
        return Period(self.first - _WEEK, self.last - _WEEK)

    @property
    def window(self) -> tuple[date, date]:
        """The days of a sparkline that ends with it: fourteen days, or eight weeks."""
        back = timedelta(days=_COURSE_DAYS - 1) if self.grain == "day" else 7 * _WEEK
        return self.first - back, self.last

    @property
    def course(self) -> tuple[str, ...]:
        """The names of the periods of a sparkline, this one last."""
        step = timedelta(days=1) if self.grain == "day" else _WEEK
        first, last = self.window[0], self.first
        return tuple(
            (first + index * step).isoformat() for index in range((last - first) // step + 1)
        )

    @property
    def title(self) -> str:
        """`Mon 25 May 2026`, or `18 May to 24 May 2026`."""
        return words.span(self.first, self.last)

    @property
    def short(self) -> str:
        """`Mon 25 May`; a week as in `title`."""
        return words.day(self.first, year=False) if self.grain == "day" else self.title

    @property
    def versus(self) -> str:
        """`the Monday before`, `the week before`."""
        if self.grain == "week":
            return "the week before"
        return f"the {words.weekday(self.first.weekday())} before"

    def told_on(self, today: date) -> str:
        """How somebody says it on a day: `Yesterday`, `Last week`, `On Wed 20 May 2026`."""
        if self.grain == "week":
            monday = today - timedelta(days=today.weekday())
            named = {monday: "This week", monday - _WEEK: "Last week"}
            return named.get(self.first, f"In the week from {words.day(self.first)}")
        named = {today: "Today", today - timedelta(days=1): "Yesterday"}
        return named.get(self.first, f"On {words.day(self.first)}")
