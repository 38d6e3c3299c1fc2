"""Turn the answers of a chart's questions into the values to draw."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from deskpulse_reports import words
from deskpulse_reports.charts import Chart, Heat, Line
from deskpulse_reports.kpis.result import KpiResult
from deskpulse_reports.report import labels
from deskpulse_reports.report.answers import at, empty, statistic
from deskpulse_reports.report.book import Ask, ChartPlan
from deskpulse_reports.report.model import Report

_MOST_LAYERS = 6
_MOST_BARS = 8
_HOURS = tuple(f"{hour:02d}" for hour in range(24))


def plot(plan: ChartPlan, report: Report) -> Chart | Heat | None:
    """The chart, or None when no question of it has an answer with a value."""
    asked = [(ask, report.answers.get(ask)) for ask in plan.asks]
    known = [(ask, answer) for ask, answer in asked if answer is not None and not empty(answer)]
    return _PLOTS[plan.kind](plan, known, report) if known else None


Known = Sequence[tuple[Ask, KpiResult]]


def _lines(plan: ChartPlan, known: Known, _report: Report) -> Chart:
    buckets = _buckets([answer for _, answer in known])
    lines = tuple(
        Line(answer.title, tuple(at(answer, bucket).value for bucket in buckets))
        for _, answer in known
    )
    return _over_time(plan, known[0], buckets, lines)


def _spread(plan: ChartPlan, known: Known, _report: Report) -> Chart:
    answer = known[0][1]
    buckets = _buckets([answer])
    rows = [at(answer, bucket) for bucket in buckets]
    lines = (
        Line("median", tuple(row.value for row in rows), tuple(row.n for row in rows)),
        Line("90th percentile", tuple(row.p90 for row in rows)),
    )
    return _over_time(plan, known[0], buckets, lines)


def _stacked(plan: ChartPlan, known: Known, report: Report) -> Chart:
    ask, answer = known[0]
    dim = ask.by[0]
    buckets = _buckets([answer])
    amounts: dict[str, dict[str, float]] = {}
    for row in answer.rows:
        layer = amounts.setdefault(report.name(dim, row.dims.get(dim)), {})
        layer[row.bucket or ""] = layer.get(row.bucket or "", 0.0) + (row.value or 0.0)
    ranked = sorted(amounts, key=lambda name: (-sum(amounts[name].values()), name))
    named = ranked if len(ranked) <= _MOST_LAYERS else ranked[: _MOST_LAYERS - 1]
    lines = [Line(name, tuple(amounts[name].get(b, 0.0) for b in buckets)) for name in named]
    if rest := ranked[len(named) :]:
        other = tuple(sum(amounts[name].get(b, 0.0) for name in rest) for b in buckets)
        lines.append(Line(f"{len(rest)} others", other))
    return _over_time(plan, known[0], buckets, tuple(lines))


def _ranked(plan: ChartPlan, known: Known, report: Report) -> Chart:
    ask, answer = known[0]
    dim = ask.by[0]
    rows = [row for row in answer.rows if row.value is not None]
    rows.sort(key=lambda row: -(row.value or 0.0))
    names = tuple(report.name(dim, row.dims.get(dim)) for row in rows[:_MOST_BARS])
    values = tuple(row.value for row in rows[:_MOST_BARS])
    line = Line(statistic(rows[0]), values, tuple(row.n for row in rows[:_MOST_BARS]))
    return Chart(plan.title, names, names, (line,), answer.unit, answer.clock)


def _heatmap(plan: ChartPlan, known: Known, _report: Report) -> Heat:
    answer = known[0][1]
    nothing = 0.0 if words.is_count(answer.unit) else None
    cells: list[list[float | None]] = [[nothing] * 24 for _ in range(7)]
    for row in answer.rows:
        weekday = labels.weekday_index(row.dims.get("weekday"))
        hour = labels.hour_index(row.dims.get("hour_of_day"))
        if weekday is not None and hour is not None:
            cells[weekday][hour] = row.value
    days = tuple(words.weekday(index) for index in range(7))
    title = f"{plan.title} ({answer.zone})"
    return Heat(title, days, _HOURS, tuple(tuple(row) for row in cells), answer.unit)


_PLOTS: Mapping[str, Callable[[ChartPlan, Known, Report], Chart | Heat]] = {
    "line": _lines,
    "bar": _lines,
    "spread": _spread,
    "stacked": _stacked,
    "ranked": _ranked,
    "heatmap": _heatmap,
}


def _over_time(
    plan: ChartPlan, first: tuple[Ask, KpiResult], buckets: Sequence[str], lines: tuple[Line, ...]
) -> Chart:
    ask, answer = first
    return Chart(
        plan.title,
        tuple(labels.short(bucket, ask.every) for bucket in buckets),
        tuple(labels.long(bucket, ask.every) for bucket in buckets),
        lines,
        answer.unit,
        answer.clock,
    )


def _buckets(answers: Sequence[KpiResult]) -> list[str]:
    return sorted({row.bucket for answer in answers for row in answer.rows if row.bucket})
