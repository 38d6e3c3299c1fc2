"""`deskpulse report`: the built-in report in one of five forms."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from deskpulse.app.dates import read_day
from deskpulse.app.screen import out, tell
from deskpulse.app.shell import shell_of
from deskpulse.app.verbs.kpi import ClockName

if TYPE_CHECKING:
    from deskpulse_reports.report.model import Report


class Form(StrEnum):
    """How a report is written."""

    terminal = "terminal"
    markdown = "markdown"
    html = "html"
    json = "json"
    csv = "csv"


def report(
    context: typer.Context,
    form: Annotated[Form, typer.Option("--format", help="How it is written.")] = Form.terminal,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="The file to write; else standard output.")
    ] = None,
    start: Annotated[str | None, typer.Option("--from", help="First local day.")] = None,
    end: Annotated[str | None, typer.Option("--to", help="Last local day.")] = None,
    clock: Annotated[ClockName, typer.Option(help="Clock of durations.")] = "calendar",
    as_json: Annotated[bool, typer.Option("--json", help="The same as --format json.")] = False,
) -> None:
    """Write a report over the last 28 complete days, or the days given."""
    first, last = read_day("--from", start), read_day("--to", end)
    with shell_of(context).workspace() as workspace:
        from deskpulse.app import outdated
        from deskpulse.app.answers import report_of

        outdated.warn(workspace)
        made = report_of(workspace, first, last, clock)
    chosen = Form.json if as_json else form
    if chosen is Form.terminal and output is None:
        from deskpulse_reports.report.terminal import renderable

        out().print(renderable(made))
        return
    text = _text(made, chosen)
    if output is None:
        sys.stdout.write(text)
    else:
        output.write_text(text, encoding="utf-8", newline="")
        tell(f"Written to {output}")


def _text(made: Report, form: Form) -> str:
    from deskpulse_reports.report import csv_sheet, html_page, json_data, markdown, terminal

    ways = {
        Form.terminal: terminal.render,
        Form.markdown: markdown.render,
        Form.html: html_page.render,
        Form.json: json_data.render,
        Form.csv: csv_sheet.render,
    }
    return ways[form](made)
