"""What goes into a daily digest: plain values, filled by the app."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from deskpulse.message import Link
from deskpulse.untrusted import Text
from deskpulse_reports import words
from deskpulse_reports.freshness import Freshness
from deskpulse_reports.kpis.result import KpiResult
from deskpulse_reports.report.answers import at, statistic

_WEEK = timedelta(days=7)

WhenEmpty = Literal["skip", "send"]
"""What to do on a day on which nothing happened."""


@dataclass(frozen=True, slots=True)
class KpiLine:
    """One number of the day, in seconds or 0-1 as in `KpiRow`.

    `before` is the same weekday a week earlier, `n` and `before_n` are the cases behind each, and
    `course` are the days up to it.
    """

    kpi: str
    label: str
    unit: str
    value: float | None
    n: int | None = None
    before: float | None = None
    before_n: int | None = None
    course: tuple[float | None, ...] = ()
    statistic: str = "value"
    clock: str = ""
    direction: words.Direction = "neutral"
    minimum: int = words.MINIMUM_SAMPLE

    @property
    def cases(self) -> int | None:
        """The smaller of the two samples; of a count, the smaller of the two counts."""
        if words.is_count(self.unit):
            return int(min(self.value or 0, self.before or 0))
        known = [n for n in (self.n, self.before_n) if n is not None]
        return min(known) if known else None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A ticket whose customer waits for an answer since `since` (aware)."""

    reference: str
    subject: Text
    since: datetime
    url: str | None = None
    team: str = ""


@dataclass(frozen=True, slots=True)
class DigestInput:
    """Everything a daily digest says. `day` is the local day of `zone` that it is about.

    `waiting` is the longest first; `waiting_total` counts those not listed, too.
    """

    name: str
    desk: str
    zone: str
    day: date
    as_of: datetime
    lines: tuple[KpiLine, ...]
    waiting: tuple[Waiting, ...] = ()
    waiting_total: int | None = None
    sources: tuple[Freshness, ...] = ()
    links: tuple[Link, ...] = ()
    when_empty: WhenEmpty = "send"

    def line(self, kpi: str) -> KpiLine | None:
        """The line of a KPI, if the digest has it."""
        return next((line for line in self.lines if line.kpi == kpi), None)


def line(
    answer: KpiResult,
    day: date,
    *,
    direction: words.Direction = "neutral",
    minimum: int = words.MINIMUM_SAMPLE,
) -> KpiLine:
    """The line of one KPI from its answer by day over `questions.window(day)`."""
    today, before = at(answer, day.isoformat()), at(answer, (day - _WEEK).isoformat())
    return KpiLine(
        kpi=answer.kpi,
        label=answer.title,
        unit=answer.unit,
        value=today.value,
        n=today.n,
        before=before.value,
        before_n=before.n,
        course=tuple(row.value for row in answer.rows),
        statistic=statistic(today),
        clock=answer.clock,
        direction=direction,
        minimum=minimum,
    )
