"""The KPI lines of a digest: value, change, target and course."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from deskpulse.message import Figure, Figures
from deskpulse_reports import words
from deskpulse_reports.charts import sparkline
from deskpulse_reports.digest.period import Period
from deskpulse_reports.kpis.asked import Asked
from deskpulse_reports.kpis.question import Clocking
from deskpulse_reports.kpis.result import Dim, KpiResult, KpiRow
from deskpulse_reports.kpis.target import Judgement
from deskpulse_reports.report.answers import statistic

MARKS: Mapping[str | None, str] = {"good": "✓", "warn": "!", "bad": "✗", None: "-"}


@dataclass(frozen=True, slots=True)
class KpiLine:
    """One number of the period, in seconds or 0-1 as in `KpiRow`.

    `before` is that of the period it is compared with, `n` and `before_n` are the cases behind
    each, and `course` are the periods up to it.
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
    target: Judgement | None = None

    @property
    def cases(self) -> int | None:
        """The smaller of the two samples; of a count, the smaller of the two counts."""
        if words.is_count(self.unit):
            return int(min(self.value or 0, self.before or 0))
        known = [n for n in (self.n, self.before_n) if n is not None]
        return min(known) if known else None


def asked(
    kpi: str, period: Period, clock: Clocking, by: Sequence[str] = (), *, now_only: bool = False
) -> Asked:
    """The question behind a line; what is known only for the present is asked without a period."""
    if now_only:
        return Asked(kpi, tuple(by), clock=clock, compare=False, targets=True)
    first, last = period.window
    every = period.grain
    return Asked(kpi, tuple(by), every, first, last, clock=clock, compare=False, targets=True)


def line(
    answer: KpiResult,
    period: Period,
    *,
    direction: words.Direction = "neutral",
    minimum: int = words.MINIMUM_SAMPLE,
    only: Callable[[Mapping[str, Dim]], bool] = lambda _dims: True,
) -> KpiLine:
    """The line of one KPI from its answer to `asked`; `only` picks rows by their dimensions."""
    rows = {row.bucket: row for row in answer.rows if only(row.dims)}
    now_only = answer_is_of_now(answer)
    nothing = KpiRow(None, value=0, n=0) if words.is_count(answer.unit) else KpiRow(None)
    now = rows.get(None if now_only else period.name, nothing)
    before = KpiRow(None) if now_only else rows.get(period.before.name, nothing)
    return KpiLine(
        kpi=answer.kpi,
        label=answer.title,
        unit=answer.unit,
        value=now.value,
        n=now.n,
        before=before.value,
        before_n=before.n,
        course=() if now_only else tuple(rows.get(name, nothing).value for name in period.course),
        statistic=statistic(now),
        clock=answer.clock,
        direction=direction,
        minimum=minimum,
        target=now.target,
    )


def answer_is_of_now(answer: KpiResult) -> bool:
    """Whether its rows have no buckets: a KPI that is known only for the present."""
    return all(row.bucket is None for row in answer.rows) and bool(answer.rows)


def part(lines: Sequence[KpiLine], period: Period) -> Figures:
    """The lines as a part of the message."""
    title = f"{period.short} against {period.versus}"
    return Figures(tuple(figure(each) for each in lines), title=title)


def figure(line: KpiLine) -> Figure:
    """A line as people read it."""
    changed = words.change(
        line.value,
        line.before,
        line.unit,
        versus="",
        direction=line.direction,
        cases=line.cases,
        minimum=line.minimum,
        clock=line.clock,
    )
    return Figure(
        label=line.label,
        value=words.value(line.value, line.unit, line.clock),
        delta=changed.short if changed else None,
        tone=changed.tone if changed else "neutral",
        sparkline=sparkline(line.course) or None,
        note=_note(line) or None,
    )


def _note(line: KpiLine) -> str:
    counted = line.n is not None and not words.is_count(line.unit)
    parts = (
        line.statistic if line.statistic != "value" else "",
        words.sample(line.n) if counted else "",
        "business hours" if line.clock == "business" else "",
        _goal(line),
    )
    return ", ".join(part for part in parts if part)


def _goal(line: KpiLine) -> str:
    """`✓ goal 2 h or less`: a mark that needs no colour."""
    if line.target is None:
        return ""
    goal = words.value(line.target.goal, line.unit, line.clock)
    side = "or less" if line.target.direction == "lower" else "or more"
    return f"{MARKS[line.target.status]} goal {goal} {side}"
