"""`deskpulse kpi`: compute one KPI, or list and explain them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from deskpulse.app.dates import read_day
from deskpulse.app.screen import out, plain, print_json
from deskpulse.app.shell import shell_of

if TYPE_CHECKING:
    from deskpulse.app.workspace import Workspace
    from deskpulse_reports.kpis.spec import Table as AnalysisTable


Every = Literal["hour", "day", "week", "month"]


ClockName = Literal["calendar", "business"]


def kpi(
    context: typer.Context,
    name: Annotated[str | None, typer.Argument(help="The KPI's id.")] = None,
    by: Annotated[
        list[str] | None, typer.Option(help="Split by this dimension; may be repeated.")
    ] = None,
    every: Annotated[Every | None, typer.Option(help="One row per period.")] = None,
    start: Annotated[str | None, typer.Option("--from", help="First local day.")] = None,
    end: Annotated[str | None, typer.Option("--to", help="Last local day.")] = None,
    clock: Annotated[ClockName, typer.Option(help="Clock of durations.")] = "calendar",
    attribution: Annotated[
        Literal["event", "created"],
        typer.Option(help="Count by the event's time or the ticket's creation."),
    ] = "event",
    listed: Annotated[bool, typer.Option("--list", help="List every KPI.")] = False,
    explain: Annotated[bool, typer.Option("--explain", help="How it is defined.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="The values as JSON.")] = False,
) -> None:
    """Compute a KPI."""
    first, last = read_day("--from", start), read_day("--to", end)
    with shell_of(context).workspace() as workspace:
        from deskpulse_reports.kpis.spec import Analysis

        if listed or name is None:
            _list(workspace, as_json=as_json)
        elif explain:
            _explain(workspace, name, as_json=as_json)
        elif isinstance(workspace.catalog[name], Analysis):
            _show_analysis(name, workspace.engine.analyse(name), as_json=as_json)
        else:
            result = workspace.engine.compute(
                name,
                by or (),
                every=every,
                start=first,
                end=last,
                clock=clock,
                attribution=attribution,
            )
            if as_json:
                print_json(result.to_json())
            else:
                from deskpulse_reports.report.terminal import renderable_result

                out().print(renderable_result(result, every))


def _list(workspace: Workspace, *, as_json: bool) -> None:
    specs = sorted(workspace.catalog, key=lambda spec: spec.id)
    if as_json:
        print_json([{"kpi": s.id, "title": s.title, "unit": s.unit} for s in specs])
    else:
        _show_table(("id", "title", "unit"), [(s.id, s.title, s.unit) for s in specs])


def _explain(workspace: Workspace, name: str, *, as_json: bool) -> None:
    from deskpulse_reports.report.define import define

    found = define(
        workspace.catalog[name],
        workspace.catalog,
        zone=workspace.config.zone,
        calendar=workspace.config.calendar,
    )
    facts = {label: text for label, text in found.facts if text}
    if as_json:
        print_json({"kpi": name, "title": found.title, "definition": found.text, **facts})
        return
    out().print(f"[bold]{plain(found.title)}[/]\n{plain(found.text)}")
    for label, text in facts.items():
        out().print(f"  [bold]{plain(label)}[/]: {plain(text)}")


def _show_analysis(name: str, found: AnalysisTable, *, as_json: bool) -> None:
    if as_json:
        print_json({"kpi": name, "columns": found.columns, "rows": found.rows})
    else:
        _show_table(found.columns, found.rows)


def _show_table(columns: tuple[str, ...], rows: object) -> None:
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for column in columns:
        table.add_column(plain(column))
    assert isinstance(rows, list | tuple)
    for row in rows:
        table.add_row(*(plain(cell) for cell in row))
    out().print(table)
