"""Reads CSV and its relatives: quoted newlines, ragged rows and stray quotes included."""

from __future__ import annotations

import csv
from collections.abc import Iterator

from deskpulse_connectors.files.inputs import Unreadable
from deskpulse_connectors.files.lines import LONGEST, Lines
from deskpulse_connectors.files.rows import GROWING, Position, Row


class Delimited:
    """A CSV file: its columns, then its rows.

    `header` names the columns of a file without a header line. A repeated name gets a number:
    `category`, `category#2`. Raises `Unreadable` if the header cannot be read.
    """

    def __init__(self, lines: Lines, delimiter: str, header: list[str] | None) -> None:
        # a process-wide limit of the csv module; its own 128 KB would refuse a long message
        csv.field_size_limit(LONGEST)
        self._lines = lines
        self._reader = csv.reader(lines, delimiter=delimiter, strict=True)
        self.columns = numbered(header if header is not None else self._header())

    def _header(self) -> list[str]:
        try:
            names = next((cells for cells in self._reader if cells), [])
        except csv.Error as problem:
            if "\r" in self._lines.raw:
                raise Unreadable(
                    "its lines end with CR alone, as on old Macs; save it with LF or CRLF"
                ) from None
            raise Unreadable(f"the header is not CSV: {problem}") from None
        fault = self._lines.fault
        if not names:
            raise Unreadable("the file is empty; a CSV file begins with a line of column names")
        if any("\0" in name for name in names):
            fault = "the header holds NUL bytes; if this is UTF-16, set encoding"
        if fault:
            raise Unreadable(f"the header cannot be read: {fault}")
        self._lines.close()
        return [name.strip() for name in names]

    def rows(self, start: Position) -> Iterator[Row]:
        """The rows from `start` on; blank lines are passed over.

        When a record over several lines is not CSV or has the wrong number of cells, only its first
        line is refused and reading goes on with the second: a stray quote costs one row, not all
        rows up to the next quote.
        """
        lines, width = self._lines, len(self.columns)
        lines.seek(start.at, start.line)
        cut: Position | None = None  # where a record starts that the end of the file cut short
        while True:
            cells, fault = self._next()
            if cells is None:
                return
            if cells and len(cells) != width and not fault:
                fault = f"{len(cells)} cells where the header has {width}"
            line, raw = lines.line, lines.raw
            if not lines.ended:
                cut = cut or Position(lines.offset, line)
                fault = fault and fault + GROWING
            if fault:
                raw = raw.split("\n", 1)[0].rstrip("\r")
            lines.close(1 if fault else None)
            if cells or fault:
                yield Row(line, cells, cut or Position(lines.offset, lines.line), raw, fault)

    def _next(self) -> tuple[list[str] | None, str]:
        try:
            cells = next(self._reader, None)
        except csv.Error as problem:
            return [], self._lines.fault or f"not CSV: {problem}"
        return cells, self._lines.fault


def numbered(names: list[str]) -> list[str]:
    """Column names, the second of a name as `NAME#2`."""
    seen: dict[str, int] = {}
    unique = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        unique.append(name if seen[name] == 1 else f"{name}#{seen[name]}")
    return unique
