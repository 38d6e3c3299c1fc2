"""Tables before they have a form: every renderer shows the same rows of the same cells."""

from __future__ import annotations

from dataclasses import dataclass

from deskpulse_reports import words
from deskpulse_reports.charts import Chart, Heat
from deskpulse_reports.kpis.result import KpiResult, KpiRow
from deskpulse_reports.report import answers, labels, remarks
from deskpulse_reports.report.book import Ask, TablePlan
from deskpulse_reports.report.model import Report
from deskpulse_reports.report.names import UNNAMED, Names
from deskpulse_reports.safe import clean

_IN_SHEETS = ("median", "p25", "p75")
_BESIDE = (*_IN_SHEETS, "mean", "p90", "low", "high", "previous")


@dataclass(frozen=True, slots=True)
class Column:
    """A column; numbers are aligned to the right. `whole`: its texts are never broken."""

    label: str
    numeric: bool = True
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """What is shown, and a smaller remark beside it (the sample size)."""

    text: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Grid:
    """A titled table. The first column names the row; `nothing` is said where there is none."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    nothing: str = "no data in this period"

    @property
    def empty(self) -> bool:
        """Whether there is no row."""
        return not self.rows


def of_result(result: KpiResult, every: str | None = None, names: Names = UNNAMED) -> Grid:
    """All rows of one answer: what `deskpulse kpi` prints; sheets and JSON have all statistics.

    Where the value is a median, that is its heading, and there is no second column of it. What is
    compared has the words of the comparison in place of other figures.
    """
    left_out = _BESIDE if {"change", "benchmark"} & set(result.extras) else _IN_SHEETS
    statistics = ("value", *(name for name in result.statistics if name not in left_out))
    headline = "median" if "median" in result.statistics else "value"
    extras = tuple(name for name in result.extras if remarks.COLUMNS[name])
    bucketed = any(row.bucket is not None for row in result.rows)
    columns = (
        *((Column(every or "bucket", numeric=False),) if bucketed else ()),
        *(Column(dim, numeric=False) for dim in answers.dims(result)),
        *(Column(headline if name == "value" else name) for name in statistics),
        *(Column(remarks.COLUMNS[name], numeric=False) for name in extras),
    )
    rows = tuple(
        (
            *((Cell(labels.long(row.bucket, every) + _mark(row)),) if bucketed else ()),
            *(Cell(_dim(row, dim, names)) for dim in answers.dims(result)),
            *(Cell(_statistic(row, name, result)) for name in statistics),
            *(Cell(remarks.remark(row, name, result)) for name in extras),
        )
        for row in result.rows
    )
    return Grid(result.title, columns, rows)


def _mark(row: KpiRow) -> str:
    return " *" if row.complete is False else ""


def _dim(row: KpiRow, dim: str, names: Names) -> str:
    value = names.shown(row.dims, dim)
    return "none" if value is None or value == "" else clean(str(value)) or "?"


def _statistic(row: KpiRow, name: str, result: KpiResult) -> str:
    value = getattr(row, name)
    if name == "n":
        return "" if value is None else words.number(value)
    if value is None and name != "value":
        return ""
    return words.value(value, result.unit, result.clock)


def of_table(plan: TablePlan, report: Report) -> Grid:
    """One row a value of the dimension, one column a KPI that was answered."""
    answered = [
        (result, {_key(row, plan.by): row for row in result.rows})
        for kpi in plan.kpis
        if (result := report.answers.get(Ask(kpi, by=(plan.by,)))) is not None
        and not answers.empty(result)
    ]
    keys = dict.fromkeys(key for _, rows in answered for key in rows)
    columns = (
        Column(plan.by.replace("_", " ").capitalize(), numeric=False),
        *(Column(result.title) for result, _ in answered),
    )
    rows = tuple(
        (
            Cell(report.name(plan.by, key)),
            *(_cell(result, rows.get(key)) for result, rows in answered),
        )
        for key in keys
    )
    return Grid(plan.title, columns, rows)


def _key(row: KpiRow, dim: str) -> str:
    value = row.dims.get(dim)
    return "" if value is None else str(value)


def _cell(result: KpiResult, row: KpiRow | None) -> Cell:
    """A missing row of a count is a 0 that the engine did not write; of anything else no data."""
    if row is None:
        return Cell("0" if words.is_count(result.unit) else words.NO_DATA)
    shown = words.value(row.value, result.unit, result.clock)
    counted = row.n is not None and row.n != row.value
    return Cell(shown, words.sample(row.n) if counted else "")


def of_chart(chart: Chart) -> Grid:
    """The numbers behind a chart."""
    columns = [Column("", numeric=False)]
    for line in chart.lines:
        columns += [Column(line.name), *([Column("n")] if line.cases else [])]
    rows = []
    for index, name in enumerate(chart.names):
        cells = [Cell(name)]
        for line in chart.lines:
            cells.append(Cell(chart.say(line.values[index])))
            if line.cases:
                n = line.cases[index]
                cells.append(Cell("" if n is None else words.number(n)))
        rows.append(tuple(cells))
    return Grid(chart.title, tuple(columns), tuple(rows))


def of_heat(heat: Heat) -> Grid:
    """The numbers behind a heatmap."""
    columns = (Column("", numeric=False), *(Column(name) for name in heat.columns))
    rows = tuple(
        (Cell(name), *(Cell(words.value(value, heat.unit)) for value in cells))
        for name, cells in zip(heat.rows, heat.cells, strict=True)
    )
    return Grid(heat.title, columns, rows)
