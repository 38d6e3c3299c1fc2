"""What the data must have for a figure to mean anything."""

from __future__ import annotations

from deskpulse.errors import ConfigError
from deskpulse_reports.kpis import sql
from deskpulse_reports.kpis.columns import Customs
from deskpulse_reports.kpis.question import Question
from deskpulse_reports.kpis.session import Reader
from deskpulse_reports.kpis.spec import Measure, Stock
from deskpulse_reports.kpis.tables import TABLES

NO_CURRENCY = "money of no currency"
_CURRENCY = ("currency", "unit")
"""Columns that say what money is counted in."""


class Checks:
    """Looks at the data once per spec, as a snapshot never changes."""

    def __init__(self, session: Reader, customs: Customs) -> None:
        self._session = session
        self._customs = customs
        self._calendars: dict[str, set[str]] = {}
        self._currencies: dict[str, list[str]] = {}

    def calendars(self, spec: Measure, question: Question) -> None:
        """Raise ConfigError where running spans need a business calendar that nobody configured."""
        if not spec.running or question.clock != "business":
            return
        if spec.table not in self._calendars:
            query = sql.calendars(spec.table).sql("duckdb")
            found = self._session.rows(query, f"[kpis.{spec.id}]")
            self._calendars[spec.table] = {name for (name,) in found if name}
        missing = self._calendars[spec.table] - set(question.open_before)
        if missing:
            raise ConfigError(
                f"[kpis.{spec.id}] needs the calendar {min(missing)!r}, which is not configured",
                hint="Add it under [calendars], or run `deskpulse derive --all` without it.",
            )

    def currencies(self, spec: Measure | Stock, question: Question) -> str:
        """Why there is no figure, where money of several currencies would be added up; else empty.

        Nothing is raised: the other figures of a report are none the worse for it.
        """
        column = next((name for name in _CURRENCY if name in TABLES[spec.table]), None)
        if spec.unit != "money" or column is None or column in question.by:
            return ""
        if spec.id not in self._currencies:
            query = sql.currencies(spec, self._customs, column).sql("duckdb")
            found = self._session.rows(query, f"[kpis.{spec.id}]")
            self._currencies[spec.id] = sorted(name or NO_CURRENCY for (name,) in found)
        names = self._currencies[spec.id]
        if len(names) < 2:
            return ""
        return (
            f"{spec.id} would add up {', '.join(names[:-1])} and {names[-1]}: ask --by {column}, "
            f"or give a KPI of your own a filter such as \"{column} = 'EUR'\"."
        )
