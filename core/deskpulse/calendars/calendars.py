"""Many calendars compiled into one sorted array, so that one search answers for all of them."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from deskpulse.calendars.openings import Instants, openings
from deskpulse.clock import from_micros, to_micros
from deskpulse.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from deskpulse.calendars.calendar import Calendar

ALWAYS_OPEN = ""
"""The name of calendar 0: open 24 hours on 7 days."""

_ORIGIN_YEAR = 2020
_FIRST_YEAR = 1970
_LAST_YEAR = 2100
_APART = 2**52
"""Distance between the keys of two calendars; longer than 1970 .. 2100 in microseconds."""
_MOST = 2000

Ints = npt.NDArray[np.int64] | int


class Calendars:
    """Open time of many calendars, for whole arrays of instants.

    A calendar is addressed by its number: 0 is always open, then 1, 2, ... in the order given.
    Instants and open time are int64 microseconds, exact; open time is counted from the start of
    2020 (negative before), whatever the data, so that stored counts stay comparable. Years are
    worked out when an instant first falls into them; instants outside 1970 .. 2100 raise
    `ValueError`.
    """

    def __init__(self, calendars: Iterable[Calendar] = ()) -> None:
        self._calendars = tuple(calendars)
        self.names: tuple[str, ...] = (ALWAYS_OPEN, *(c.name for c in self._calendars))
        if len(set(self.names)) < len(self.names):
            raise ConfigError(f"two calendars of one name among {', '.join(self.names[1:])}")
        if len(self.names) > _MOST:
            raise ConfigError(f"{len(self._calendars)} calendars; at most {_MOST - 1} are allowed")
        self._table = _Table.build(self._calendars, _ORIGIN_YEAR, _ORIGIN_YEAR)

    @property
    def calendars(self) -> tuple[Calendar, ...]:
        """Those it was made of: numbers 1, 2, ..."""
        return self._calendars

    def number(self, name: str) -> int:
        """The number of a calendar; raises `ConfigError` with the nearest name."""
        try:
            return self.names.index(name)
        except ValueError:
            near = difflib.get_close_matches(name, self.names, n=1)
            advice = f"; did you mean {near[0]!r}?" if near else ""
            known = ", ".join(self.names[1:]) or "none"
            raise ConfigError(
                f"unknown calendar {name!r}{advice}", hint=f"Configured calendars: {known}."
            ) from None

    def open_before(self, numbers: Ints, instants: Ints) -> Instants:
        """Open microseconds from the start of 2020 to each instant, by its calendar."""
        t = np.asarray(instants, dtype=np.int64)
        return self._covering(t).open_before(np.asarray(numbers, dtype=np.int64), t)

    def between(self, numbers: Ints, start: Ints, end: Ints) -> Instants:
        """Open microseconds in [start, end); 0 where end is not after start."""
        passed = self.open_before(numbers, end) - self.open_before(numbers, start)
        return np.asarray(np.maximum(passed, 0))

    def add(self, numbers: Ints, instants: Ints, open_time: Ints) -> Instants:
        """The first instant, not before the given one, by which `open_time` micros have passed.

        Raises `ValueError` if that would be after 2100.
        """
        n = np.asarray(numbers, dtype=np.int64)
        t = np.asarray(instants, dtype=np.int64)
        target = self.open_before(n, t) + np.maximum(np.asarray(open_time, dtype=np.int64), 0)
        while True:
            table = self._table
            reached = np.maximum(table.when(n, target), t)
            if reached.size == 0 or int(reached.max()) < table.end:
                return reached
            self._extend(table.first_year, table.last_year + 1 + len(table.years) // 2)

    def open_seconds(self, name: str, start: datetime, end: datetime) -> float:
        """Open seconds of one calendar between two aware instants."""
        n = self.number(name)
        return float(self.between(n, to_micros(start), to_micros(end))) / 1e6

    def due(self, name: str, start: datetime, seconds: float) -> datetime:
        """When `seconds` of open time will have passed since `start` (aware); UTC."""
        n = self.number(name)
        return from_micros(int(self.add(n, to_micros(start), round(seconds * 1e6))))

    def _covering(self, t: Instants) -> _Table:
        table = self._table
        if t.size:
            low, high = int(t.min()), int(t.max())
            if low < table.start or high >= table.end:
                self._extend(_year(low), _year(high))
        return self._table

    def _extend(self, first_year: int, last_year: int) -> None:
        first_year = min(first_year, self._table.first_year)
        last_year = max(last_year, self._table.last_year)
        if self._table.last_year == _LAST_YEAR < last_year:
            raise ValueError("open time that ends after 2100")
        # one assignment: a thread that still reads the old table stays right
        self._table = _Table.build(self._calendars, first_year, min(last_year, _LAST_YEAR))


@dataclass(frozen=True)
class _Table:
    """All openings of some years. Rows of calendar n have keys shifted by n * _APART."""

    first_year: int
    last_year: int
    starts: Instants
    ends: Instants
    counts: Instants
    """Open time before each row."""
    start_keys: Instants
    count_keys: Instants
    first_rows: Instants

    @property
    def years(self) -> range:
        return range(self.first_year, self.last_year + 1)

    @property
    def start(self) -> int:
        return _new_year(self.first_year)

    @property
    def end(self) -> int:
        return _new_year(self.last_year + 1)

    @classmethod
    def build(cls, calendars: Iterable[Calendar], first_year: int, last_year: int) -> _Table:
        margin = timedelta(days=2)  # local days may begin a day off the UTC ones
        first, last = date(first_year, 1, 1) - margin, date(last_year, 12, 31) + margin
        floor, ceiling = _midnight(first - margin), _midnight(last + margin)
        origin = _new_year(_ORIGIN_YEAR)
        starts, ends, counts, sizes = [], [], [], []
        always = np.array([floor]), np.array([ceiling])
        for opens, closes in (always, *(openings(c, first, last) for c in calendars)):
            s = np.concatenate(([floor], opens))  # so that something begins before any instant
            e = np.concatenate(([floor], closes))
            before = np.concatenate(([0], np.cumsum(e - s)[:-1]))
            at_origin = int(np.searchsorted(s, origin, "right")) - 1
            zero = before[at_origin] + min(origin, e[at_origin]) - s[at_origin]
            starts.append(s)
            ends.append(e)
            counts.append(before - zero)
            sizes.append(len(s))
        shift = np.repeat(np.arange(len(sizes), dtype=np.int64) * _APART, sizes)
        all_starts, all_counts = np.concatenate(starts), np.concatenate(counts)
        return cls(
            first_year=first_year,
            last_year=last_year,
            starts=all_starts,
            ends=np.concatenate(ends),
            counts=all_counts,
            start_keys=all_starts + shift,
            count_keys=all_counts + shift,
            first_rows=np.concatenate(([0], np.cumsum(sizes)[:-1])),
        )

    def open_before(self, numbers: Instants, t: Instants) -> Instants:
        row = np.searchsorted(self.start_keys, t + numbers * _APART, "right") - 1
        return np.asarray(self.counts[row] + np.minimum(t, self.ends[row]) - self.starts[row])

    def when(self, numbers: Instants, target: Instants) -> Instants:
        """The first instant with `target` open time before it; past the table if there is none."""
        row = np.searchsorted(self.count_keys, target + numbers * _APART, "left") - 1
        row = np.maximum(row, self.first_rows[numbers])
        reached = self.starts[row] + (target - self.counts[row])
        return np.where(reached > self.ends[row], np.maximum(reached, self.end), reached)


def _year(instant: int) -> int:
    year = from_micros(instant).year
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        raise ValueError(
            f"{from_micros(instant).isoformat()} is outside the calendars' years"
            f" ({_FIRST_YEAR} to {_LAST_YEAR})"
        )
    return year


def _new_year(year: int) -> int:
    return _midnight(date(year, 1, 1))


def _midnight(day: date) -> int:
    return to_micros(datetime(day.year, day.month, day.day, tzinfo=UTC))
