"""Which KPIs stand in which section: a plan, before anything is computed.

A renderer never asks for a number. The book lists the questions (`asks`), the app answers them with
the KPI engine, and a `Report` holds the answers. A new book is a new value, not new code.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Grain = Literal["day", "week", "month"]
ChartKind = Literal["line", "bar", "spread", "stacked", "ranked", "heatmap"]


@dataclass(frozen=True, slots=True)
class Ask:
    """One question to the KPI engine, over the report's period and clock.

    `compare` asks for the value of the period before, too.
    """

    kpi: str
    by: tuple[str, ...] = ()
    every: Grain | None = None
    compare: bool = False


@dataclass(frozen=True, slots=True)
class Headline:
    """A number at the top: its total with the previous one, and its course.

    Without `every` it has no course: a KPI that is known only for the present.
    """

    kpi: str
    every: Grain | None = "day"

    @property
    def total(self) -> Ask:
        """The number itself."""
        return Ask(self.kpi, compare=True)

    @property
    def course(self) -> Ask | None:
        """What the sparkline draws."""
        return Ask(self.kpi, every=self.every) if self.every else None


@dataclass(frozen=True, slots=True)
class ChartPlan:
    """A chart. `spread` draws median and 90th percentile; `heatmap` weekday by hour."""

    kind: ChartKind
    title: str
    asks: tuple[Ask, ...]


@dataclass(frozen=True, slots=True)
class TablePlan:
    """A table: one row a value of the dimension `by`, one column a KPI."""

    title: str
    by: str
    kpis: tuple[str, ...]

    @property
    def asks(self) -> tuple[Ask, ...]:
        """One question a column."""
        return tuple(Ask(kpi, by=(self.by,)) for kpi in self.kpis)


@dataclass(frozen=True, slots=True)
class Section:
    """A chapter of a report."""

    title: str
    lead: str
    charts: tuple[ChartPlan, ...] = ()
    tables: tuple[TablePlan, ...] = ()


@dataclass(frozen=True, slots=True)
class Book:
    """A whole report, planned."""

    title: str
    headlines: tuple[Headline, ...]
    sections: tuple[Section, ...]


def asks(book: Book) -> tuple[Ask, ...]:
    """Every question of a book, once, in order."""
    return tuple(dict.fromkeys(_asks(book)))


def _asks(book: Book) -> Iterator[Ask]:
    for headline in book.headlines:
        yield headline.total
        if headline.course is not None:
            yield headline.course
    for section in book.sections:
        for chart in section.charts:
            yield from chart.asks
        for table in section.tables:
            yield from table.asks


def grain(days: int) -> Grain:
    """The bucket that keeps a chart readable over so many days."""
    if days <= 62:
        return "day"
    return "week" if days <= 400 else "month"
