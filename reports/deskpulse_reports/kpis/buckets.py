"""Local time without zone casts: which hour, day, week or month an instant falls into.

A zone's offset is a CASE over its transitions within the queried range, so the arithmetic is whole
numbers in any SQL engine and the engine's own time zone setting does not matter. Days are numbered
as Python does (`date.toordinal`, 0001-01-01 is 1): all numbers are positive, so whole division
rounds down everywhere, and 0001-01-01 is a Monday, so weeks need no table.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from sqlglot import exp

from deskpulse.clock import EPOCH

Grain = Literal["hour", "day", "week", "month"]
GRAINS: tuple[Grain, ...] = ("hour", "day", "week", "month")

MICROS = 1_000_000
HOUR = 3600 * MICROS
DAY = 24 * HOUR
EPOCH_DAY = date(1970, 1, 1).toordinal()
_SHIFT = EPOCH_DAY * DAY
_LAST_DAY = date.max.toordinal()
# No zone database says anything useful outside these years; records dated there are mistakes.
_RULES_FROM = int(datetime(1800, 1, 1, tzinfo=UTC).timestamp())
_RULES_TO = int(datetime(2200, 1, 1, tzinfo=UTC).timestamp())


@dataclass(frozen=True, slots=True)
class Offsets:
    """A zone's offset from UTC in seconds: `first`, and from each instant (epoch seconds) on."""

    first: int
    changes: tuple[tuple[int, int], ...]


@lru_cache(maxsize=256)
def offsets(zone: ZoneInfo, since: int, until: int) -> Offsets:
    """The offsets that hold between two instants (epoch microseconds, both included)."""
    start = min(max(since // MICROS, _RULES_FROM), _RULES_TO)
    stop = min(max(until // MICROS, _RULES_FROM), _RULES_TO)
    current = first = _offset(zone, start)
    changes = []
    for lower in range(start, stop, 86_400):
        low, upper = lower, min(lower + 86_400, stop)
        while _offset(zone, upper) != current:
            high = upper
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (middle, high) if _offset(zone, middle) == current else (low, middle)
            current, low = _offset(zone, high), high
            changes.append((high, current))
    return Offsets(first, tuple(changes))


def _offset(zone: ZoneInfo, second: int) -> int:
    shift = (EPOCH + timedelta(seconds=second)).astimezone(zone).utcoffset()
    return int((shift or timedelta()).total_seconds())


def local(instant: exp.Expr, span: Offsets) -> exp.Expr:
    """SQL: an instant as microseconds of local time since the day before 0001-01-01."""
    return exp.paren(instant.copy() + _shift(instant, span.first, span.changes), copy=False)


def _shift(instant: exp.Expr, first: int, changes: Sequence[tuple[int, int]]) -> exp.Expr:
    if not changes:
        return exp.Literal.number(_SHIFT + first * MICROS)
    middle = len(changes) // 2  # halves, so that a century of transitions is eight comparisons
    at, offset = changes[middle]
    return exp.Case(
        ifs=[
            exp.If(
                this=instant.copy() < exp.Literal.number(at * MICROS),
                true=_shift(instant, first, changes[:middle]),
            )
        ],
        default=_shift(instant, offset, changes[middle + 1 :]),
    )


def day(local_time: exp.Expr) -> exp.Expr:
    """SQL: the number of the local day."""
    return local_time.copy() // DAY


def weekday(local_time: exp.Expr) -> exp.Expr:
    """SQL: 0 Monday .. 6 Sunday."""
    return exp.paren(day(local_time) - 1) % 7


def hour_of_day(local_time: exp.Expr) -> exp.Expr:
    """SQL: 0 .. 23."""
    return exp.paren(local_time.copy() // HOUR) % 24


def bucket(local_time: exp.Expr, grain: Grain, week_start: int) -> exp.Expr:
    """SQL: the number of the bucket. `week_start` is 0 for Monday .. 6 for Sunday."""
    match grain:
        case "hour":
            return local_time.copy() // HOUR
        case "day":
            return day(local_time)
        case "week":
            return exp.paren(day(local_time) - (1 + week_start)) // 7
        case "month":
            since_epoch = exp.cast(day(local_time) - EPOCH_DAY, "int")
            when = exp.paren(exp.cast(exp.Literal.string("1970-01-01"), "date") + since_epoch)
            year, month = exp.Year(this=when), exp.Month(this=when.copy())
            return year * 12 + month - 1


def bucket_of(number: int, grain: Grain, week_start: int) -> int:
    """The bucket that a day's first moment falls into; the same numbers as the SQL gives."""
    match grain:
        case "hour":
            return number * 24
        case "day":
            return number
        case "week":
            return (number - 1 - week_start) // 7
        case "month":
            when = to_date(number)
            return when.year * 12 + when.month - 1


def first_day(number: int, grain: Grain, week_start: int) -> int:
    """The number of the day on which a bucket begins."""
    match grain:
        case "hour":
            return number // 24
        case "day":
            return number
        case "week":
            return number * 7 + 1 + week_start
        case "month":
            return date(max(number // 12, 1), number % 12 + 1, 1).toordinal()


def label(number: int, grain: Grain, week_start: int) -> str:
    """How a bucket is written: its first local day, for hours with the hour."""
    text = to_date(first_day(number, grain, week_start)).isoformat()
    return f"{text}T{number % 24:02d}:00" if grain == "hour" else text


def between(first: int, last: int, grain: Grain, week_start: int, zone: ZoneInfo) -> Iterator[int]:
    """The buckets of the local days first..last that exist: no 02:00 where clocks go forward."""
    start = bucket_of(first, grain, week_start)
    stop = bucket_of(last, grain, week_start) + (23 if grain == "hour" else 0)
    for number in range(start, stop + 1):
        if exists(number, grain, zone):
            yield number


@lru_cache(maxsize=2**16)  # each KPI of a report asks of the same days
def exists(number: int, grain: Grain, zone: ZoneInfo) -> bool:
    """Whether local clocks ever show a bucket; zones skip hours every spring, and rarely a day."""
    if grain in ("week", "month"):
        return True
    first = to_date(first_day(number, grain, 0))
    if grain == "day":
        probes = [datetime(first.year, first.month, first.day, hour) for hour in (0, 12, 23)]  # noqa: DTZ001  a wall clock, on purpose
    else:
        start = datetime(first.year, first.month, first.day, number % 24)  # noqa: DTZ001  a wall clock, on purpose
        probes = [start, start.replace(minute=59)]
    return any(_shown(probe, zone) for probe in probes)


def _shown(wall: datetime, zone: ZoneInfo) -> bool:
    if not 2 < wall.toordinal() < _LAST_DAY - 1:
        return True  # the calendar ends here; conversions would overflow
    there = wall.replace(tzinfo=zone).astimezone(UTC).astimezone(zone)
    return there.replace(tzinfo=None) == wall


def day_of(micros: int, zone: ZoneInfo) -> int:
    """The number of the local day of an instant."""
    return local_of(micros, zone) // DAY


def local_of(micros: int, zone: ZoneInfo) -> int:
    """An instant as microseconds of local time, counted as `local` does."""
    return micros + _SHIFT + offsets(zone, micros, micros).first * MICROS


def instant_of(local_micros: int, zone: ZoneInfo) -> int:
    """The instant (epoch microseconds) at which local clocks show a time, the first one of two.

    A time that clocks skip is the instant at which they skip it, or as good.
    """
    number, rest = divmod(local_micros, DAY)
    wall = datetime.combine(to_date(number), datetime.min.time()) + timedelta(microseconds=rest)
    if not 2 < number < _LAST_DAY - 1:
        return local_micros - _SHIFT
    return (wall.replace(tzinfo=zone) - EPOCH) // timedelta(microseconds=1)


def changes_near(number: int, zone: ZoneInfo) -> bool:
    """Whether a zone's clocks change within hours of the midnight at which a local day begins."""
    start = midnight(number, zone)
    return bool(offsets(zone, start - 3 * HOUR, start + 3 * HOUR).changes)


def midnight(number: int, zone: ZoneInfo) -> int:
    """The instant at which a local day begins."""
    return instant_of(number * DAY, zone)


def start_of(number: int, grain: Grain, week_start: int) -> int:
    """The local microseconds at which a bucket begins; the next one's are its end."""
    return number * HOUR if grain == "hour" else first_day(number, grain, week_start) * DAY


def to_date(number: int) -> date:
    """A day's date; days outside Python's calendar become its first or last."""
    return date.fromordinal(min(max(number, 1), _LAST_DAY))
