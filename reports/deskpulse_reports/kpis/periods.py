"""Which stretch of time a bucket covers, and which one it is compared with.

Stretches are in local microseconds, as `buckets.local` counts them.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from deskpulse.errors import ConfigError
from deskpulse_reports.kpis.buckets import DAY, exists, local_of, start_of, to_date
from deskpulse_reports.kpis.question import WITHIN, Question

_WEEKS_A_YEAR = 52


class Stretch(NamedTuple):
    """From `lo` up to `hi`, which is not in it."""

    lo: int
    hi: int


def whole(question: Question, bucket: int) -> Stretch:
    """The bucket's own time; without `every`, that of the window."""
    if question.every is None:
        return Stretch(question.first * DAY, (question.last + 1) * DAY)
    start, stop = (
        start_of(number, question.every, question.week_start) for number in (bucket, bucket + 1)
    )
    return Stretch(start, stop)


def covered(question: Question, bucket: int) -> Stretch:
    """The part of a bucket that lies within the window."""
    lo, hi = whole(question, bucket)
    return Stretch(max(lo, question.first * DAY), min(hi, (question.last + 1) * DAY))


def elapsed(question: Question, bucket: int) -> Stretch:
    """The part of a bucket that lies within the window and is known; empty for the future."""
    lo, hi = covered(question, bucket)
    return Stretch(lo, max(lo, min(hi, local_of(question.known_to, question.zone))))


def counterpart(question: Question, bucket: int, versus: str) -> int | None:
    """The number of the bucket to compare with; None where local clocks never showed it.

    A year before an hour, day or week are 52 weeks, so that weekdays meet; before a month it is the
    same month. Raises ConfigError for months by weekday.
    """
    every = question.every
    if every is None:
        return WITHIN
    if versus == "previous":
        return question.prior(bucket)
    if every == "month":
        if versus == "weekday":
            raise ConfigError(
                "a month has no weekday to compare by", hint="Ask --versus previous or year."
            )
        return bucket - 12
    weeks = 1 if versus == "weekday" else _WEEKS_A_YEAR
    found = bucket - weeks * {"hour": 7 * 24, "day": 7, "week": 1}[every]
    return found if exists(found, every, question.zone) else None


def shifted(question: Question, versus: str) -> Stretch:
    """The window to compare with: as long, just before; on the same weekdays; or a year earlier."""
    days = question.last - question.first + 1
    if versus == "year":
        lo, hi = (_year_before(to_date(day)) for day in (question.first, question.last))
        return Stretch(lo * DAY, (hi + 1) * DAY)
    back = days if versus == "previous" else -(-days // 7) * 7
    return Stretch((question.first - back) * DAY, (question.last + 1 - back) * DAY)


def _year_before(day: date) -> int:
    if (day.month, day.day) == (2, 29):
        day = day.replace(day=28)
    return day.replace(year=max(day.year - 1, 1)).toordinal()
