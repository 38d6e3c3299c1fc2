"""What buckets and hours are called on axes and in tables."""

from __future__ import annotations

from datetime import date, datetime

from deskpulse_reports import words
from deskpulse_reports.safe import clean

_NUMBERS = tuple(str(number) for number in range(24))
_WEEKDAYS = {words.weekday(index).lower(): index for index in range(7)}


def short(bucket: str, every: str | None) -> str:
    """For an axis: `4 May`, `May 2026`, `13:00`."""
    start = _start(bucket)
    if start is None:
        return clean(bucket)
    if every == "hour":
        return f"{start:%H:%M}"
    said = words.day(start, year=False).split(" ", 1)[1]
    return f"{said.split(' ')[1]} {start.year}" if every == "month" else said


def long(bucket: str | None, every: str | None) -> str:
    """For tips and tables: `Mon 4 May 2026`, `week of 4 May 2026`, `May 2026`."""
    start = _start(bucket or "")
    if start is None:
        return clean(bucket or "")
    day = words.day(start)
    if every == "hour":
        return f"{day} {start:%H:%M}"
    if every == "week":
        return f"week of {day.split(' ', 1)[1]}"
    return day.split(" ", 2)[2] if every == "month" else day


def _start(bucket: str) -> datetime | None:
    """The first instant of a bucket; buckets are written as the date (and time) they begin."""
    try:
        return datetime.fromisoformat(bucket)
    except ValueError:
        pass
    try:
        first = date.fromisoformat(f"{bucket}-01")
    except ValueError:
        return None
    return datetime(first.year, first.month, first.day)  # noqa: DTZ001  a label has no zone


def weekday_index(value: object) -> int | None:
    """A weekday dimension as 0 (Monday) to 6, whether it came as a number or a name."""
    text = str(value).strip().lower()
    if text in _NUMBERS[:7]:
        return int(text)
    return next(
        (i for name, i in _WEEKDAYS.items() if len(text) > 2 and name.startswith(text)), None
    )


def hour_index(value: object) -> int | None:
    """An hour dimension as 0 to 23, from `9`, `09` or `09:00`."""
    text = str(value).split(":", maxsplit=1)[0].strip().removeprefix("0") or "0"
    return int(text) if text in _NUMBERS else None
