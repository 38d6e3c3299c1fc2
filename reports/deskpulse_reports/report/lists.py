"""Cases and analyses as grids, for the terminal."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from deskpulse.untrusted import Untrusted, opened
from deskpulse_reports import words
from deskpulse_reports.kpis.cases import Case, Cases
from deskpulse_reports.kpis.spec import Table
from deskpulse_reports.report.grid import Cell, Column, Grid
from deskpulse_reports.report.names import UNNAMED, Names
from deskpulse_reports.safe import clean
from deskpulse_reports.sheets.sheet import Details, dims_of, key, placed


def of_cases(cases: Cases, details: Details, zone: str, named: Names = UNNAMED) -> Grid:
    """The cases, with subject and link of their tickets; instants in the desk's zone."""
    names = tuple(dict.fromkeys(name for case in cases.rows for name in case.dims))
    valued = any(case.value is not None for case in cases.rows)
    bucketed = any(case.bucket is not None for case in cases.rows)
    columns = (
        Column("ticket", numeric=False, whole=True),
        Column("when", numeric=False),
        *((Column("value"),) if valued else ()),
        *((Column("bucket", numeric=False),) if bucketed else ()),
        *(Column(name, numeric=False) for name in names),
        Column("subject", numeric=False),
        Column("link", numeric=False),
    )
    rows = tuple(
        (
            Cell(_reference(case)),
            Cell(f"{case.at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"),
            *((Cell(_value(case.value, cases.unit)),) if valued else ()),
            *((Cell(case.bucket or ""),) if bucketed else ()),
            *(Cell(_said(named.shown(placed(case), name))) for name in names),
            *(Cell(clean(opened(text))) for text in details.get(key(case), ("", ""))),
        )
        for case in cases.rows
    )
    shown = f"{cases.title}: {len(rows):,} of {cases.total:,} cases" if rows else cases.title
    return Grid(shown, columns, rows, "no cases")


def of_table(title: str, table: Table, named: Names = UNNAMED) -> Grid:
    """The table of an analysis."""
    numbers = [
        all(isinstance(row[index], int | float | None) for row in table.rows)
        for index in range(len(table.columns))
    ]
    columns = tuple(
        Column(name.replace("_", " "), numeric=numeric)
        for name, numeric in zip(table.columns, numbers, strict=True)
    )
    rows = tuple(
        tuple(
            Cell(_cell(named.of(dims, name) or value, table.units.get(name, "")))
            for name, value in zip(table.columns, row, strict=True)
        )
        for row in table.rows
        for dims in [dims_of(table, row)]
    )
    return Grid(title, columns, rows, "nothing found")


def _reference(case: Case) -> str:
    if case.ticket_id is None:
        return f"{case.source} {case.record_id or ''}".rstrip()
    own = f" ({case.record_id})" if case.record_id else ""
    return f"{case.source}/{case.ticket_id}{own}"


def _value(value: float | None, unit: str) -> str:
    if unit == "holds" and value is not None:
        return "yes" if value else "no"
    return words.value(value, unit) if value is not None else ""


def _cell(value: object, unit: str) -> str:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return words.value(value, unit)
    return _said(value)


def _said(value: object) -> str:
    if value is None or value == "":
        return "none"
    text = opened(value) if isinstance(value, Untrusted) else str(value)
    return clean(text) or "?"
