"""A report laid out but not yet written: the one view that HTML, Markdown and terminal share."""

from __future__ import annotations

from dataclasses import dataclass

from deskpulse_reports import freshness, headline, words
from deskpulse_reports.charts import Chart, Heat
from deskpulse_reports.kpis.result import KpiResult, KpiRow
from deskpulse_reports.report import grid
from deskpulse_reports.report.answers import statistic, total
from deskpulse_reports.report.book import Ask, ChartKind, Headline
from deskpulse_reports.report.grid import Grid
from deskpulse_reports.report.model import Definition, Report
from deskpulse_reports.report.plot import plot


@dataclass(frozen=True, slots=True)
class Tile:
    """A headline number; `note` says more of it: `median, n=42, before: 36 min`."""

    kpi: str
    title: str
    value: str
    note: str
    change: words.Change | None
    course: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """A chart with the numbers behind it; `chart` is None when there is no data."""

    title: str
    kind: ChartKind
    kpis: tuple[str, ...]
    chart: Chart | Heat | None
    numbers: Grid | None
    note: str


@dataclass(frozen=True, slots=True)
class Chapter:
    """A section with what could be filled of it."""

    title: str
    lead: str
    pictures: tuple[Picture, ...]
    tables: tuple[Grid, ...]


@dataclass(frozen=True, slots=True)
class View:
    """The whole page, in reading order."""

    title: str
    desk: str
    period: str
    zone: str
    sentence: str
    freshness: str
    sources: tuple[str, ...]
    warnings: tuple[str, ...]
    tiles: tuple[Tile, ...]
    chapters: tuple[Chapter, ...]
    definitions: tuple[Definition, ...]
    as_of: str
    versus: str
    empty: bool


def lay_out(report: Report) -> View:
    """Fill the book with the answers. Charts and tables nobody answered are left out."""
    return View(
        title=report.book.title,
        desk=report.desk,
        period=report.period,
        zone=report.zone,
        sentence=_sentence(report),
        freshness=freshness.line(report.sources, report.as_of, report.zone),
        sources=tuple(source.said(report.as_of, report.zone) for source in report.sources),
        warnings=freshness.warnings(report.sources, report.as_of, report.zone),
        tiles=tuple(
            tile
            for planned in report.book.headlines
            if (tile := _tile(planned, report)) is not None
        ),
        chapters=_chapters(report),
        definitions=report.definitions,
        as_of=words.instant(report.as_of, report.zone),
        versus=report.versus,
        empty=report.empty,
    )


def _tile(planned: Headline, report: Report) -> Tile | None:
    answer = report.answers.get(planned.total)
    if answer is None:
        return None
    row = total(answer)
    course = report.answers.get(planned.course) if planned.course else None
    return Tile(
        answer.kpi,
        answer.title,
        words.value(row.value, answer.unit, answer.clock),
        _note(answer, row),
        _change(answer, row, report),
        tuple(step.value for step in course.rows) if course else (),
    )


def _note(answer: KpiResult, row: KpiRow) -> str:
    parts = [statistic(row) if words.is_duration(answer.unit) and row.value is not None else ""]
    if row.low is not None and row.high is not None and row.n:
        parts.append(f"{row.low * 100:.0f} to {row.high * 100:.0f} %")
    if row.n is not None and row.n != row.value:
        parts.append(words.sample(row.n))
    if answer.clock == "business":
        parts.append("business hours")
    if row.previous is not None:
        parts.append(f"before: {words.value(row.previous, answer.unit, answer.clock)}")
    return ", ".join(part for part in parts if part)


def _change(answer: KpiResult, row: KpiRow, report: Report) -> words.Change | None:
    known = report.definition(answer.kpi)
    smaller = min(abs(row.value or 0), abs(row.previous or 0))
    return words.change(
        row.value,
        row.previous,
        answer.unit,
        versus=report.versus,
        direction=report.direction(answer.kpi),
        cases=int(smaller) if words.is_count(answer.unit) else row.n,
        minimum=known.minimum if known else words.MINIMUM_SAMPLE,
        clock=answer.clock,
    )


def _chapters(report: Report) -> tuple[Chapter, ...]:
    chapters = []
    for section in report.book.sections:
        pictures = []
        for plan in section.charts:
            answers = [report.answers[ask] for ask in plan.asks if ask in report.answers]
            if not answers:
                continue
            chart = plot(plan, report)
            numbers = None
            if chart is not None:
                numbers = grid.of_heat(chart) if isinstance(chart, Heat) else grid.of_chart(chart)
            note = "business hours" if answers[0].clock == "business" else ""
            kpis = tuple(dict.fromkeys(ask.kpi for ask in plan.asks))
            title = plan.title if chart is None else chart.title
            pictures.append(Picture(title, plan.kind, kpis, chart, numbers, note))
        tables = [grid.of_table(plan, report) for plan in section.tables]
        filled = tuple(table for table in tables if not table.empty)
        if pictures or filled:
            chapters.append(Chapter(section.title, section.lead, tuple(pictures), filled))
    return tuple(chapters)


def _sentence(report: Report) -> str:
    def whole(kpi: str) -> KpiRow:
        answer = report.answers.get(Ask(kpi, compare=True))
        return total(answer) if answer else KpiRow(None)

    answer = report.answers.get(Ask("first_reply_time", compare=True))
    reply = whole("first_reply_time")
    known = report.definition("first_reply_time")
    return headline.sentence(
        f"From {report.period}," if report.first != report.last else f"On {report.period},",
        whole("submissions").value,
        whole("resolutions").value,
        headline.Pace(
            reply.value,
            reply.previous,
            reply.n,
            statistic(reply),
            known.minimum if known else words.MINIMUM_SAMPLE,
            answer.clock if answer else "calendar",
        ),
        f"in {report.versus}",
    )
