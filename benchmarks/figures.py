"""One measured figure beside its limit, and the table of them."""

from __future__ import annotations

import os
import platform
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

FORMS = {"s": "{:.2f} s", "x": "{:.2f} x", "MB": "{:,.0f} MB", "us": "{:.1f} us", "": "{:,.0f}"}
HEADINGS = ("", "figure", "measured", "limit", "", "beside it")


@dataclass(frozen=True, slots=True)
class Figure:
    """`measured` in `unit` (s, x for a ratio, MB, us); it is right at or below `limit`.

    Without a limit it is only told. `beside` says what it was made of.
    """

    what: str
    measured: float
    unit: str = ""
    limit: float | None = None
    beside: str = ""

    @property
    def kept(self) -> bool:
        """Whether the limit is kept; true where there is none."""
        return self.limit is None or self.measured <= self.limit

    def cells(self, name: str) -> tuple[str, ...]:
        """The figure as a row of the table."""
        form = FORMS[self.unit]
        limit = "" if self.limit is None else form.format(self.limit)
        verdict = "" if self.limit is None else ("ok" if self.kept else "NOT ok")
        return (name, self.what, form.format(self.measured), limit, verdict, self.beside)


def table(found: Iterable[tuple[str, Figure]]) -> str:
    """The figures with their benchmark's name, in aligned columns."""
    rows = [HEADINGS, *(figure.cells(name) for name, figure in found)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADINGS))]
    lines = []
    for row in rows:
        cells = [
            cell.rjust(width) if column in (2, 3) else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(cells).rstrip())
    lines.insert(1, "-" * max(map(len, lines)))
    return "\n".join(lines)


def machine() -> str:
    """What the figures were measured on."""
    cores, load = len(os.sched_getaffinity(0)), os.getloadavg()[0]
    return (
        f"{platform.machine()}, {cores} cores (load {load:.1f}), "
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}"
    )
