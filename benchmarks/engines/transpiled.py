"""The engines that nobody runs here: every question is written for them and parsed back."""

from __future__ import annotations

from collections.abc import Iterable

import sqlglot
from sqlglot.errors import SqlglotError

from benchmarks.engines.asking import Verdict, words
from deskpulse.errors import ConfigError
from deskpulse_reports.kpis.asked import Asked
from deskpulse_reports.kpis.dialects import DIALECTS, EXECUTED
from deskpulse_reports.kpis.engine import KpiEngine

ONLY_WRITTEN = tuple(name for name in DIALECTS if name not in EXECUTED)


def transpiled(engine: KpiEngine, asked: Iterable[Asked], dialect: str) -> list[Verdict]:
    """Whether each question can be said, and is SQL to a parser of that dialect."""
    return [_written(engine, one, dialect) for one in asked]


def _written(engine: KpiEngine, asked: Asked, dialect: str) -> Verdict:
    said = words(asked)
    try:
        for text in engine.sql(asked, dialect):
            sqlglot.parse_one(text, dialect=dialect)
    except ConfigError as problem:
        return Verdict(asked.kpi, said, str(problem), expressible=False)
    except SqlglotError as problem:
        return Verdict(asked.kpi, said, f"cannot be parsed back: {problem}")
    return Verdict(asked.kpi, said)
