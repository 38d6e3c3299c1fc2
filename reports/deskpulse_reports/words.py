"""Numbers and times as people say them: `38 min`, `2 h 05 min`, `63.4 %`, `n=12`, `no data`.

Nothing here depends on the machine's locale; English words, a comma between thousands.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from deskpulse.message import Tone

Direction = Literal["lower", "higher", "neutral"]
"""Which way is better."""

NO_DATA = "no data"
MINIMUM_SAMPLE = 20
"""Under this many cases a change in percent says more about chance than about the team."""

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_LONG_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class Change:
    """A difference in words. `short` is `-12 %`; `text` also says against what."""

    short: str
    text: str
    tone: Tone = "neutral"


def is_duration(unit: str) -> bool:
    """Whether values of this unit are seconds."""
    return unit == "seconds"


def is_rate(unit: str) -> bool:
    """Whether values of this unit are shares between 0 and 1."""
    return unit == "ratio"


def is_count(unit: str) -> bool:
    """Whether a missing value means that nothing happened, and the value is its own sample."""
    return unit == "count"


def duration(seconds: float, clock: str = "calendar") -> str:
    """Seconds as `45 s`, `38 min`, `2 h 05 min`, `3.2 d`.

    By the business clock a day has no fixed length, so hours go on: `53 h 20 min`.
    """
    if seconds < 0:
        return "-" + duration(-seconds, clock)
    if round(seconds) < 60:
        return f"{round(seconds)} s"
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"{minutes} min"
    if clock != "business" and minutes >= 48 * 60:
        return f"{seconds / 86400:,.1f} d"
    hours, rest = divmod(minutes, 60)
    return f"{hours:,} h {rest:02d} min" if rest else f"{hours:,} h"


def percent(rate: float, digits: int = 1) -> str:
    """A share between 0 and 1 as `63.4 %`."""
    return f"{rate * 100:.{digits}f} %"


def number(amount: float) -> str:
    """A count as `1,348`, anything else with up to two decimals: `3.25`."""
    if float(amount).is_integer():
        return f"{int(amount):,}"
    return f"{amount:,.2f}".rstrip("0").rstrip(".")


def value(amount: float | None, unit: str, clock: str = "calendar") -> str:
    """A KPI's value in its unit; `no data` for None, which is not the same as 0."""
    if amount is None:
        return NO_DATA
    if is_duration(unit):
        return duration(amount, clock)
    if is_rate(unit):
        return percent(amount)
    return number(amount)


def sample(n: int | None) -> str:
    """How many cases are behind a value: `n=12`; empty when that is not known."""
    return "" if n is None else f"n={n:,}"


def change(
    now: float | None,
    before: float | None,
    unit: str,
    *,
    versus: str,
    direction: Direction = "neutral",
    cases: int | None = None,
    minimum: int = MINIMUM_SAMPLE,
    clock: str = "calendar",
) -> Change | None:
    """The difference between two values; None when either is unknown.

    Rates change in points, everything else in percent; where `cases` (the smaller of the two
    samples) is below `minimum`, or the old value is 0, the plain difference is said instead.
    """
    if now is None or before is None:
        return None
    difference = now - before
    if is_rate(unit):
        short = f"{difference * 100:+.1f} points"
        same = abs(difference) < 0.0005
    elif before == 0 or (cases is not None and cases < minimum):
        sign = "+" if difference > 0 else ""
        short = sign + value(difference, unit, clock)
        same = value(abs(difference), unit, clock) == value(0, unit, clock)
    else:
        share = difference / abs(before) * 100
        short = f"{share:+,.0f} %"
        same = round(share) == 0
    if same:
        return Change("unchanged", f"same as {versus}")
    return Change(short, f"{short} vs {versus}", tone(difference, direction))


def tone(difference: float, direction: Direction) -> Tone:
    """Whether a difference is welcome."""
    if direction == "neutral" or difference == 0:
        return "neutral"
    return "good" if (difference < 0) == (direction == "lower") else "bad"


def day(when: date, *, year: bool = True) -> str:
    """`Mon 4 May 2026`, or without the year."""
    text = f"{_DAYS[when.weekday()]} {when.day} {_MONTHS[when.month - 1]}"
    return f"{text} {when.year}" if year else text


def weekday(index: int) -> str:
    """0 is Monday."""
    return _LONG_DAYS[index]


def span(first: date, last: date) -> str:
    """A period, both days included: `27 Apr to 24 May 2026`."""
    if first == last:
        return day(first)
    end = f"{last.day} {_MONTHS[last.month - 1]} {last.year}"
    start = f"{first.day} {_MONTHS[first.month - 1]}"
    return f"{start} to {end}" if first.year == last.year else f"{start} {first.year} to {end}"


def instant(moment: datetime, zone: str, *, today: date | None = None) -> str:
    """An aware instant in a zone: `Mon 4 May 2026 07:58 Europe/Berlin`; `today` the time alone."""
    local = moment.astimezone(ZoneInfo(zone))
    clock = f"{local:%H:%M} {zone}"
    return clock if local.date() == today else f"{day(local.date())} {clock}"


def time_of_day(moment: datetime, zone: str) -> str:
    """An aware instant as `07:58` of a zone."""
    return f"{moment.astimezone(ZoneInfo(zone)):%H:%M}"


def plural(amount: float, noun: str) -> str:
    """`1 ticket`, `42 tickets`."""
    return f"{number(amount)} {noun}" if amount == 1 else f"{number(amount)} {noun}s"
