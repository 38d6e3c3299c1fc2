"""`deskpulse kpi`: compute one KPI, or list and explain them."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from deskpulse.app.dates import read_day
from deskpulse.app.shell import out, print_json, shell_of

if TYPE_CHECKING:
    from deskpulse.app.workspace import Workspace


class Every(StrEnum):
    """The length of a bucket."""

    hour = "hour"
    day = "day"
    week = "week"
    month = "month"


class ClockName(StrEnum):
    """Which time a duration counts."""

    calendar = "calendar"
    business = "business"


class Basis(StrEnum):
    """Which instant puts a value into a period."""

    event = "event"
    created = "created"


def kpi(
    context: typer.Context,
    name: Annotated[str | None, typer.Argument(help="The KPI's id.")] = None,
    by: Annotated[list[str] | None, typer.Option(help="Split by this dimension.")] = None,
    every: Annotated[Every | None, typer.Option(help="One row per period.")] = None,
    start: Annotated[str | None, typer.Option("--from", help="First local day.")] = None,
    end: Annotated[str | None, typer.Option("--to", help="Last local day.")] = None,
    clock: Annotated[ClockName, typer.Option(help="Clock of durations.")] = ClockName.calendar,
    attribution: Annotated[
        Basis, typer.Option(help="Count by the event's time or the ticket's creation.")
    ] = Basis.event,
    listed: Annotated[bool, typer.Option("--list", help="List every KPI.")] = False,
    explain: Annotated[bool, typer.Option("--explain", help="How it is defined.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="The values as JSON.")] = False,
) -> None:
    """Compute a KPI."""
    with shell_of(context).workspace() as workspace:
        if listed or name is None:
            _list(workspace, as_json=as_json)
            return
        if explain:
            _explain(workspace, name, as_json=as_json)
            return
        result = workspace.engine.compute(
            name,
            by or (),
            every=None if every is None else every.value,
            start=read_day("--from", start),
            end=read_day("--to", end),
            clock=clock.value,
            attribution=attribution.value,
        )
        if as_json:
            print_json(result.to_json())
        else:
            from deskpulse_reports.report.terminal import renderable_result

            out().print(renderable_result(result, None if every is None else every.value))


def _list(workspace: Workspace, *, as_json: bool) -> None:
    from rich.table import Table

    specs = sorted(workspace.catalog, key=lambda spec: spec.id)
    if as_json:
        print_json([{"kpi": s.id, "title": s.title, "unit": s.unit} for s in specs])
        return
    table = Table(box=None, pad_edge=False)
    for heading in ("id", "title", "unit"):
        table.add_column(heading)
    for spec in specs:
        table.add_row(spec.id, spec.title, spec.unit)
    out().print(table)


def _explain(workspace: Workspace, name: str, *, as_json: bool) -> None:
    from rich.markup import escape

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
    out().print(f"[bold]{escape(found.title)}[/]\n{escape(found.text)}", highlight=False)
    for label, text in facts.items():
        out().print(f"  [bold]{label}[/]: {escape(text)}", highlight=False)
