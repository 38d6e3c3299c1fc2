"""Another SQL engine that holds the mart's tables, asked in its own dialect."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import Any

from sqlglot import exp, parse_one

from deskpulse_reports.kpis.dialects import portable

Run = Callable[[str], Iterable[Sequence[Any]]]
"""Executes one query and gives its rows."""


class Elsewhere:
    """Stands in for `Session` in `KpiEngine(..., reader=...)`: nothing but the engine differs.

    `run` executes a query on a connection whose default schema has the fact tables by their names;
    what it raises is passed on. Raises ConfigError for a dialect that is not known, and for a
    question that it cannot say.
    """

    def __init__(self, dialect: str, run: Run) -> None:
        self.dialect = dialect
        self._run = run

    def rows(self, sql: str, place: str) -> list[tuple[Any, ...]]:  # noqa: ARG002  as `Session`
        """What a query of ours answers there, with plain numbers and lists."""
        query = parse_one(sql, dialect="duckdb")
        assert isinstance(query, exp.Query)
        found = self._run(portable(query, self.dialect))
        return [tuple(_plain(value) for value in row) for row in found]


def _plain(value: Any) -> Any:
    """Engines that count in decimals count in whole numbers or doubles here."""
    match value:
        case Decimal():
            whole = value.is_finite() and value == value.to_integral_value()
            return int(value) if whole else float(value)
        case list() | tuple():
            return [_plain(each) for each in value]
        case _:
            return value
