"""A sheet as CSV: formula-safe, the frame repeated on every line so that files can be joined."""

from __future__ import annotations

from datetime import datetime

from deskpulse.untrusted import Untrusted
from deskpulse_reports.kpis.result import Dim
from deskpulse_reports.report import csv_sheet
from deskpulse_reports.sheets.sheet import Cell, Sheet, framed


def render(sheet: Sheet) -> bytes:
    """The file, UTF-8."""
    columns, rows = framed(sheet)
    text = csv_sheet.write(columns, ([_plain(cell) for cell in row] for row in rows))
    return text.encode("utf-8")


def _plain(cell: Cell) -> Dim:
    if isinstance(cell, datetime):
        return cell.isoformat()
    return cell.open() if isinstance(cell, Untrusted) else cell
