"""CSV that reads back as it was written and that no spreadsheet takes for a formula.

RFC 4180: CRLF, a header, quotes doubled; written as UTF-8. Numbers are plain (seconds, 0-1), an
undefined value is an empty cell. A text cell that a spreadsheet would run gets a leading `'`
(OWASP ASVS 1.2.10); negative numbers stay numbers.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from deskpulse_reports.kpis.result import Dim, KpiResult, KpiRow
from deskpulse_reports.report.answers import dims
from deskpulse_reports.report.model import Report

_STATISTICS = ("value", "n", "mean", "median", "p25", "p75", "p90", "low", "high", "previous")
_HEAD = ("kpi", "title", "unit", "clock", "time_basis", "zone", "from", "to", "every", "bucket")
_STARTERS = frozenset("=+-@\t\r\n\0＝＋－＠")  # noqa: RUF001  the wide forms run in spreadsheets, too
_LONGEST = 32_766  # a spreadsheet cell holds one more

Cell = Dim


def guard(text: str) -> str:
    """Text that stays text in a spreadsheet.

    Lone surrogates, which UTF-8 cannot hold, become ?; what no cell can hold is cut off.
    """
    safe = text[:_LONGEST].encode("utf-8", "replace").decode()
    return f"'{safe}" if safe[:1] in _STARTERS else safe


def write(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """Any table as CSV. Numbers are written as they are, None as nothing, text guarded."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([guard(column) for column in columns])
    for row in rows:
        writer.writerow([guard(cell) if isinstance(cell, str) else cell for cell in row])
    return out.getvalue()


def render_result(result: KpiResult, every: str | None = None) -> str:
    """One answer, a line a row: what `deskpulse kpi` shows."""
    return _long([(result, every)])


def render(report: Report) -> str:
    """Every row behind a report, one line each (long form: one column a dimension)."""
    return _long([(answer, ask.every) for ask, answer in report.answers.items()])


def _long(answers: Sequence[tuple[KpiResult, str | None]]) -> str:
    names = tuple(dict.fromkeys(dim for answer, _ in answers for dim in dims(answer)))
    rows = (
        (*_head(answer, every, row), *(row.dims.get(dim) for dim in names), *_statistics(row))
        for answer, every in answers
        for row in answer.rows
    )
    return write((*_HEAD, *names, *_STATISTICS), rows)


def _head(answer: KpiResult, every: str | None, row: KpiRow) -> tuple[Cell, ...]:
    return (
        answer.kpi,
        answer.title,
        answer.unit,
        answer.clock,
        answer.time_basis,
        answer.zone,
        answer.first.isoformat(),
        answer.last.isoformat(),
        every,
        row.bucket,
    )


def _statistics(row: KpiRow) -> Iterator[float | None]:
    return (getattr(row, name) for name in _STATISTICS)
