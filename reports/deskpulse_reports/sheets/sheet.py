"""A table to write into a file: what is shown, as plain values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from deskpulse.untrusted import Untrusted, opened
from deskpulse_reports.kpis.cases import Case, Cases
from deskpulse_reports.kpis.result import Dim, KpiResult, KpiRow
from deskpulse_reports.kpis.spec import Table
from deskpulse_reports.report.answers import dims
from deskpulse_reports.report.names import UNNAMED, Names

Cell = str | int | float | bool | datetime | Untrusted | None
Details = Mapping[tuple[str, str], tuple[Untrusted | str, str]]
"""Subject and link of tickets, by source and id."""
_CHANGE = ("before", "n", "absolute", "percent", "low", "high", "verdict", "words")
_BAND = ("n", "p25", "median", "p75", "rank", "place")


@dataclass(frozen=True, slots=True)
class Sheet:
    """Named columns and their rows. `frame` says in words what the numbers are and of when.

    Numbers are plain: durations in seconds, rates 0 to 1. `units` names the unit of a column where
    it has one. Foreign text may stay `Untrusted`; writers open it and make it harmless.
    """

    title: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[Cell, ...]]
    frame: Mapping[str, str] = field(default_factory=dict)
    units: Mapping[str, str] = field(default_factory=dict)


def of_result(result: KpiResult, every: str | None = None, named: Names = UNNAMED) -> Sheet:
    """One answer, a line a row; a change, a benchmark and a target in columns of their own.

    Beside an id stands the name: `team`, `team_name`.
    """
    names = dims(result)
    extras = result.extras
    columns = (
        *((every,) if every else ()),
        *_with_names(names, named),
        "value",
        *result.statistics,
        *(("complete",) if "complete" in extras else ()),
        *((f"change_{name}" for name in _CHANGE) if "change" in extras else ()),
        *((f"benchmark_{name}" for name in _BAND) if "benchmark" in extras else ()),
        *(("goal", "status", "within") if "target" in extras else ()),
    )
    alike = {"value", "mean", "median", "p25", "p75", "p90", "low", "high", "previous", "goal"}
    alike |= {"change_before", "change_absolute"}
    alike |= {f"benchmark_{name}" for name in ("p25", "median", "p75")}
    return Sheet(
        result.title,
        columns,
        [tuple(_row(row, result, names, named, every)) for row in result.rows],
        {
            "kpi": result.kpi,
            "title": result.title,
            "unit": result.unit,
            "clock": result.clock,
            "time_basis": result.time_basis,
            "attribution": result.attribution,
            "zone": result.zone,
            "from": result.first.isoformat(),
            "to": result.last.isoformat(),
        },
        {name: result.unit for name in columns if name in alike},
    )


def of_cases(cases: Cases, details: Details, named: Names = UNNAMED) -> Sheet:
    """The cases behind a value, with what is known of their tickets."""
    names = tuple(dict.fromkeys(name for case in cases.rows for name in case.dims))
    bucketed = any(case.bucket is not None for case in cases.rows)
    columns = (
        *("source", "ticket", "record", "at", "value"),
        *(("bucket",) if bucketed else ()),
        *_with_names(names, named),
        *("subject", "link"),
    )
    rows = [
        (
            *(case.source, case.ticket_id, case.record_id, case.at, case.value),
            *((case.bucket,) if bucketed else ()),
            *_dims(names, placed(case), named),
            *details.get(key(case), (None, None)),
        )
        for case in cases.rows
    ]
    frame = {"kpi": cases.kpi, "title": cases.title, "cases": str(cases.total)}
    return Sheet(cases.title, columns, rows, frame, {"value": cases.unit})


def of_table(kpi: str, title: str, table: Table, named: Names = UNNAMED) -> Sheet:
    """The table of an analysis."""
    extra = named.columns(table.columns)
    rows = [(*row, *(named.of(dims_of(table, row), name) for name in extra)) for row in table.rows]
    columns = (*table.columns, *(f"{name}_name" for name in extra))
    return Sheet(title, columns, rows, {"kpi": kpi, "title": title}, table.units)


def framed(sheet: Sheet) -> tuple[tuple[str, ...], list[tuple[Cell, ...]]]:
    """Columns and rows with the frame in front of each; no two columns of one name."""
    own = tuple(f"{name}_" if name in sheet.frame else name for name in sheet.columns)
    front = tuple(sheet.frame.values())
    return (*sheet.frame, *own), [(*front, *row) for row in sheet.rows]


def key(case: Case) -> tuple[str, str]:
    """What names a case's ticket."""
    return case.source, case.ticket_id or ""


def harmless(text: str | Untrusted) -> str:
    """Text that any file can hold: lone surrogates become ?, what no cell can hold is cut off."""
    return opened(text)[:LONGEST].encode("utf-8", "replace").decode()


LONGEST = 32_766
"""A spreadsheet cell holds one character more."""


def placed(case: Case) -> dict[str, Dim]:
    """The dimensions of a case, and its source."""
    return {"source": case.source, **case.dims}


def dims_of(table: Table, row: Sequence[object]) -> dict[str, Dim]:
    """The texts of an analysis' row by column: what may be an id."""
    cells = zip(table.columns, row, strict=True)
    return {name: value for name, value in cells if isinstance(value, str)}


def _with_names(names: Sequence[str], named: Names) -> Iterator[str]:
    for name in names:
        yield name
        if name in named.columns(names):
            yield f"{name}_name"


def _dims(names: Sequence[str], values: Mapping[str, Dim], named: Names) -> Iterator[Cell]:
    for name in names:
        yield values.get(name)
        if name in named.columns(names):
            yield named.of(values, name)


def _row(
    row: KpiRow, result: KpiResult, names: Sequence[str], named: Names, every: str | None
) -> Iterator[Cell]:
    if every:
        yield row.bucket
    yield from _dims(names, row.dims, named)
    yield row.value
    yield from (getattr(row, name) for name in result.statistics)
    if "complete" in result.extras:
        yield row.complete
    if "change" in result.extras:
        yield from (getattr(row.change, name, None) for name in _CHANGE)
    if "benchmark" in result.extras:
        yield from (getattr(row.benchmark, name, None) for name in _BAND)
    if "target" in result.extras:
        yield from (getattr(row.target, name, None) for name in ("goal", "status", "within"))
