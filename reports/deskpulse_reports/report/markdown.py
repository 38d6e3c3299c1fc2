"""The report as Markdown (GitHub flavour), for a wiki, an issue or a chat that understands it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from deskpulse_reports.charts import sparkline
from deskpulse_reports.report.grid import Grid
from deskpulse_reports.report.model import Report
from deskpulse_reports.report.view import Chapter, Tile, lay_out
from deskpulse_reports.safe import clean

_MARKUP = re.compile(r"([\\`*_\[\]<>#|~&!])")
_ADDRESS = re.compile(r"(?<=[a-z])(://)|(?<=www)(\.)", re.IGNORECASE)


def escape(text: str, limit: int = 200) -> str:
    """Foreign text as one inert line: no markup, no link, no HTML, no mention of a person."""
    marked = _MARKUP.sub(r"\\\1", clean(text, limit))
    unlinked = _ADDRESS.sub(lambda found: "\\" + found.group(0), marked)
    return unlinked.replace("@", "@\u2060")  # a word joiner: looks the same and calls nobody


def table(grid: Grid) -> str:
    """One grid as a table with its numbers to the right."""
    head = "| " + " | ".join(escape(column.label) or " " for column in grid.columns) + " |"
    rule = "|" + "|".join("---:" if column.numeric else "---" for column in grid.columns) + "|"
    rows = [
        "| " + " | ".join(escape(f"{cell.text} {cell.note}") for cell in row) + " |"
        for row in grid.rows
    ]
    return "\n".join([head, rule, *rows])


def render(report: Report) -> str:
    """Return the whole report."""
    view = lay_out(report)
    parts = [
        f"# {escape(view.title)}: {escape(view.desk)}",
        f"{view.period} · {view.zone} · {view.freshness}",
        *(f"> **Old data.** {escape(warning, 400)}." for warning in view.warnings),
        view.sentence,
    ]
    if view.empty:
        parts.append("No data in this period.")
    if view.tiles:
        parts.append(_tiles(view.tiles, view.versus))
    for chapter in view.chapters:
        parts += _chapter(chapter)
    if view.definitions:
        parts.append("## How this is measured")
    for known in view.definitions:
        facts = [f"- {escape(name)}: {escape(text, 2000)}" for name, text in known.facts if text]
        title = f"### {escape(known.title)} ({escape(known.kpi)})"
        parts += [title, escape(known.text, 2000), "\n".join(facts)]
    parts.append(f"Made by deskpulse for {view.as_of}.")
    return "\n\n".join(part for part in parts if part) + "\n"


def _tiles(tiles: tuple[Tile, ...], versus: str) -> str:
    rows = [f"| | Value | vs {escape(versus)} | Course | |", "|---|---:|---:|---|---|"]
    for tile in tiles:
        change = tile.change.short if tile.change else ""
        course = sparkline(tile.course)
        rows.append(
            f"| {escape(tile.title)} | **{tile.value}** | {change} | {course} | {tile.note} |"
        )
    return "\n".join(rows)


def _chapter(chapter: Chapter) -> Iterator[str]:
    yield f"## {escape(chapter.title)}"
    yield escape(chapter.lead, 400)
    for picture in chapter.pictures:
        yield f"### {escape(picture.title)}"
        yield table(picture.numbers) if picture.numbers else "No data in this period."
    for grid in chapter.tables:
        yield f"### {escape(grid.title)}"
        yield table(grid)
