"""A report before it has a form: a book, its answers, and the frame they are valid in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from deskpulse_reports import words
from deskpulse_reports.freshness import Freshness
from deskpulse_reports.kpis.result import KpiResult
from deskpulse_reports.report.book import Ask, Book
from deskpulse_reports.safe import clean

_OUR_WORDS = frozenset({"stage", "status"})
"""Dimensions whose values are our own vocabulary: `on_hold` reads `on hold`."""


@dataclass(frozen=True, slots=True)
class Definition:
    """How a KPI is measured, from its spec's metadata.

    `facts` are (name, text): formula, time basis, population, exclusions, zone, calendar, source;
    empty texts are not shown.
    """

    kpi: str
    title: str
    text: str
    direction: words.Direction = "neutral"
    minimum: int = words.MINIMUM_SAMPLE
    facts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """Everything a renderer needs; nothing in it is computed later.

    `first` and `last` are local days of `zone`, both included; `as_of` (aware) is the instant the
    questions were asked at. `versus` names the period of `previous` ("the 28 days before").
    """

    book: Book
    desk: str
    zone: str
    first: date
    last: date
    as_of: datetime
    answers: Mapping[Ask, KpiResult]
    definitions: tuple[Definition, ...] = ()
    sources: tuple[Freshness, ...] = ()
    versus: str = "the period before"
    names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """What people call the values of a dimension: {"team": {"17": "Billing"}}."""

    def definition(self, kpi: str) -> Definition | None:
        """The definition of a KPI, if it was given."""
        return next((known for known in self.definitions if known.kpi == kpi), None)

    def direction(self, kpi: str) -> words.Direction:
        """Which way is better for a KPI."""
        known = self.definition(kpi)
        return known.direction if known else "neutral"

    def name(self, dim: str, value: object) -> str:
        """The value of a dimension as people say it, made harmless to look at."""
        if value is None or value == "":
            return "none"
        known = self.names.get(dim, {}).get(str(value))
        ours = str(value).replace("_", " ") if dim in _OUR_WORDS else str(value)
        return clean(ours if known is None else known) or "?"

    @property
    def period(self) -> str:
        """`27 Apr to 24 May 2026`."""
        return words.span(self.first, self.last)

    @property
    def empty(self) -> bool:
        """Whether no question has an answer with a value other than 0."""
        return not any(row.value for answer in self.answers.values() for row in answer.rows)


def versus(days: int) -> str:
    """What `previous` compares with over a period of so many days."""
    return {1: "the day before", 7: "the week before"}.get(days, f"the {days} days before")
