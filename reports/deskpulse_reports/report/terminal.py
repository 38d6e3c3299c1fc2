"""The report on a terminal, by rich. Foreign text is never read as markup or control sequence."""

from __future__ import annotations

import io

from rich import box
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from deskpulse_reports.charts import Chart, sparkline
from deskpulse_reports.kpis.result import KpiResult
from deskpulse_reports.report import grid as grids
from deskpulse_reports.report.grid import Grid
from deskpulse_reports.report.model import Report
from deskpulse_reports.report.view import Chapter, Picture, Tile, lay_out
from deskpulse_reports.safe import clean

_TONES = {"good": "green", "bad": "red", "neutral": "dim"}


def fitting(grid: Grid, width: int) -> RenderableType:
    """A table where its longest words fit side by side into so many characters, else a list."""
    needed = sum(_narrowest(grid, number) + 3 for number in range(len(grid.columns)))
    return table(grid) if grid.empty or needed <= width else _listed(grid)


def _narrowest(grid: Grid, number: int) -> int:
    column = grid.columns[number]
    texts = [column.label, *(f"{row[number].text} {row[number].note}" for row in grid.rows)]
    if column.whole or column.numeric:
        return max(len(text.rstrip()) for text in texts)
    words = (word for text in texts for word in text.split() if "://" not in word)
    return max(map(len, words), default=0)


def _listed(grid: Grid) -> RenderableType:
    """A row as a line that may be long: its first text, then each figure with its name."""
    lines = [Text(clean(grid.title), style="italic")]
    labels = [clean(column.label) for column in grid.columns]
    for first, *rest in grid.rows:
        line = Text("\n").append_text(_cell(first.text, first.note))
        line.stylize("bold")
        for label, cell in zip(labels[1:], rest, strict=True):
            line.append(", ").append(f"{label} ", style="dim")
            line.append_text(_cell(cell.text, cell.note))
        lines.append(line)
    return Group(*lines)


def table(grid: Grid) -> RenderableType:
    """One grid as a table, or a sentence when it has no row."""
    if grid.empty:
        return Text(f"{clean(grid.title)}: {grid.nothing}", style="dim")
    shown = Table(
        title=Text(clean(grid.title)), title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False
    )
    for column in grid.columns:
        shown.add_column(
            Text(clean(column.label)),
            justify="right" if column.numeric else "left",
            no_wrap=column.whole or column.numeric,
            overflow="fold",  # half an id or a link is of no use
        )
    for row in grid.rows:
        shown.add_row(*(_cell(cell.text, cell.note) for cell in row))
    return shown


def renderable_result(result: KpiResult, every: str | None = None) -> RenderableType:
    """One answer as `deskpulse kpi` prints it."""
    return table(grids.of_result(result, every))


def renderable(report: Report) -> RenderableType:
    """The whole report, to be printed by a rich console."""
    view = lay_out(report)
    heading = Text.assemble((clean(view.title), "bold"), "  ", (clean(view.desk), "bold cyan"))
    parts: list[RenderableType] = [
        heading,
        Text(f"{view.period} · {view.zone} · {view.freshness}", style="dim"),
        *(Text(f"Old data. {clean(warning, 400)}.", style="yellow") for warning in view.warnings),
        Text(f"\n{view.sentence}\n"),
    ]
    if view.empty:
        parts.append(Text("No data in this period.", style="dim"))
    if view.tiles:
        parts.append(_tiles(view.tiles, view.versus))
    for chapter in view.chapters:
        parts += _chapter(chapter)
    return Group(*parts)


def render(report: Report, width: int = 100, *, colour: bool = False) -> str:
    """The same as text, for a pipe or a file."""
    out = io.StringIO()
    console = Console(
        file=out,
        width=width,
        force_terminal=colour,
        color_system="standard" if colour else None,
        legacy_windows=False,
        emoji=False,
        markup=False,
        highlight=False,
    )
    console.print(renderable(report))
    return "\n".join(line.rstrip() for line in out.getvalue().splitlines()) + "\n"


def _tiles(tiles: tuple[Tile, ...], versus: str) -> Table:
    shown = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    shown.add_column("")
    shown.add_column("Value", justify="right")
    shown.add_column(f"vs {versus}", justify="right")
    shown.add_column("Course")
    shown.add_column("")
    for tile in tiles:
        change = tile.change
        shown.add_row(
            Text(clean(tile.title)),
            Text(tile.value, style="bold"),
            Text(change.short, style=_TONES[change.tone]) if change else Text(""),
            Text(sparkline(tile.course[-28:]), style="cyan", no_wrap=True),
            Text(tile.note, style="dim"),
        )
    return shown


def _chapter(chapter: Chapter) -> list[RenderableType]:
    """Tables in full; charts as a sparkline a line, because a terminal is no place for 28 rows."""
    parts: list[RenderableType] = [Text(f"\n{clean(chapter.title)}", style="bold")]
    parts += [_picture(picture) for picture in chapter.pictures]
    parts.append(Text(""))
    parts += [table(grid) for grid in chapter.tables]
    return parts


def _picture(picture: Picture) -> Text:
    shown = Text(f"{clean(picture.title)}: ")
    if picture.chart is None:
        return shown.append("no data in this period", style="dim")
    if not isinstance(picture.chart, Chart):
        return shown.append(clean(picture.chart.summary.split(": ", 1)[-1]), style="dim")
    alone = len(picture.chart.lines) == 1
    for line in picture.chart.lines:
        shown.append("" if alone else f"\n  {clean(line.name, 16):16} ", style="dim")
        if picture.kind == "ranked":
            said = (
                f"{clean(name)} {picture.chart.say(value)}"
                for name, value in zip(picture.chart.names, line.values, strict=True)
            )
            shown.append(", ".join(said))
        else:
            shown.append(sparkline(line.values), style="cyan")
    return shown


def _cell(text: str, note: str) -> Text:
    shown = Text(clean(text), style="dim" if text == "no data" else "")
    return shown.append(f" {note}", style="dim") if note else shown
