"""The shifts of a calendar as intervals of UTC, day by day through its zone's clock changes."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from deskpulse.calendars.zones import (
    closing_instant,
    exists,
    offset_at_midnight,
    opening_instant,
)

if TYPE_CHECKING:
    from deskpulse.calendars.calendar import Calendar

Instants = npt.NDArray[np.int64]

_MINUTE = 60_000_000
_DAY = 1440 * _MINUTE
_EPOCH = date(1970, 1, 1)
_THURSDAY = 3


def openings(calendar: Calendar, first: date, last: date) -> tuple[Instants, Instants]:
    """When the calendar opens and closes on the local days `first` .. `last`, in microseconds.

    Both arrays rise; intervals that touch or overlap are one. An opening that the clocks repeat
    counts from its first time, a closing to its last, so a day of 25 hours really has more time.
    """
    number = np.arange((first - _EPOCH).days, (last - _EPOCH).days + 1)
    days = [first + timedelta(days=i) for i in range(len(number))]
    offset = np.array(
        [offset_at_midnight(calendar.zone, day) for day in [*days, last + timedelta(days=1)]]
    )
    changes = offset[1:] != offset[:-1]
    closed = np.isin(number, [(day - _EPOCH).days for day in calendar.days_off(_years(days))])
    weekday = (number + _THURSDAY) % 7

    starts: list[Instants] = []
    ends: list[Instants] = []
    for day_of_week, shifts in enumerate(calendar.week):
        steady = (weekday == day_of_week) & ~closed & ~changes
        midnight = number[steady] * _DAY - offset[:-1][steady]
        for opens, closes in shifts:
            starts.append(midnight + opens * _MINUTE)
            ends.append(midnight + closes * _MINUTE)
    for i in np.flatnonzero(changes & ~closed):
        if exists(calendar.zone, days[i]):
            shifts = calendar.week[weekday[i]]
            starts.append(_each(opening_instant(calendar.zone, days[i], s[0]) for s in shifts))
            ends.append(_each(closing_instant(calendar.zone, days[i], s[1]) for s in shifts))
    return _merged(np.concatenate(starts), np.concatenate(ends))


def _years(days: list[date]) -> range:
    return range(days[0].year, days[-1].year + 1)


def _each(instants: object) -> Instants:
    return np.fromiter(instants, dtype=np.int64)  # type: ignore[call-overload,no-any-return]


def _merged(starts: Instants, ends: Instants) -> tuple[Instants, Instants]:
    real = ends > starts
    starts, ends = starts[real], ends[real]
    order = np.argsort(starts, kind="stable")
    starts, ends = starts[order], np.maximum.accumulate(ends[order])
    apart = starts[1:] > ends[:-1]
    return starts[np.r_[True, apart][: len(starts)]], ends[np.r_[apart, True][: len(ends)]]
