"""A row as a reader hands it on, and where it stands in its file."""

from __future__ import annotations

from typing import Any, NamedTuple

GROWING = " (the file ends within this row; it is read again when the file grows)"


class Position(NamedTuple):
    """Where the next record starts: bytes (Parquet: rows) already used, and its line."""

    at: int = 0
    line: int = 1


class Row(NamedTuple):
    """One row: its cells in the order of the reader's columns, or why it could not be read.

    `after` is where reading goes on once this row is stored. A last line without newline may
    still be growing, so there `after` is its own start and it will be read again.
    """

    line: int
    cells: Any
    after: Position
    raw: Any = None
    fault: str = ""
