"""A sheet as XLSX: one page with the rows, one that says what they are.

Text is written as text: a cell that begins with = is no formula, an address no link.
"""

from __future__ import annotations

import io
from datetime import datetime
from typing import TYPE_CHECKING, Any

from deskpulse.errors import ConfigError
from deskpulse.untrusted import Untrusted
from deskpulse_reports.sheets.sheet import Cell, Sheet, harmless

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

MOST_ROWS = 1_048_575
"""Rows below the heading that a spreadsheet can hold."""
_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
_FORMATS = {"ratio": "0.0%", "seconds": "#,##0", "count": "#,##0.##"}
_WIDEST = 60


def render(sheet: Sheet) -> bytes:
    """The file. Raises ConfigError without the extra `xlsx`, or for too many rows."""
    try:
        from xlsxwriter import Workbook
    except ModuleNotFoundError:
        raise ConfigError(
            "writing XLSX needs an extra", hint="pip install 'deskpulse[xlsx]'"
        ) from None
    if len(sheet.rows) > MOST_ROWS:
        raise ConfigError(
            f"{len(sheet.rows):,} rows are more than a spreadsheet holds ({MOST_ROWS:,})",
            hint="Write a .csv or .parquet file, or ask for less.",
        )
    file = io.BytesIO()
    with Workbook(file, _OPTIONS) as book:
        bold = book.add_format({"bold": True})
        formats = {
            unit: book.add_format({"num_format": pattern}) for unit, pattern in _FORMATS.items()
        }
        page = book.add_worksheet("Values")
        for column, name in enumerate(sheet.columns):
            unit = sheet.units.get(name, "")
            label = f"{name} (s)" if unit == "seconds" else name
            page.write_string(0, column, harmless(label), bold)
            for number, row in enumerate(sheet.rows, 1):
                _write(page, number, column, row[column], formats.get(unit))
        page.freeze_panes(1, 0)
        page.autofit(max_width=_WIDEST * 7)
        about = book.add_worksheet("About")
        for number, (label, text) in enumerate(sheet.frame.items()):
            about.write_string(number, 0, label, bold)
            about.write_string(number, 1, harmless(text))
        about.autofit()
    return file.getvalue()


def _write(page: Worksheet, row: int, column: int, cell: Cell, form: Any) -> None:
    match cell:
        case None:
            return
        case bool():
            page.write_boolean(row, column, cell)
        case int() | float():
            page.write_number(row, column, cell, form)
        case datetime():
            page.write_string(row, column, cell.isoformat())
        case str() | Untrusted():
            page.write_string(row, column, harmless(cell))
