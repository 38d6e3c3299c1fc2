"""`deskpulse sync`: read what is new."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING, Annotated

import typer

from deskpulse.app.shell import errors, out, print_json, shell_of

if TYPE_CHECKING:
    from deskpulse.app.workspace import Workspace
    from deskpulse.sync.report import StreamReport, SyncReport


def sync(
    context: typer.Context,
    source: Annotated[list[str] | None, typer.Argument(help="Only these sources.")] = None,
    stream: Annotated[list[str] | None, typer.Option(help="Only these streams.")] = None,
    again: Annotated[
        bool, typer.Option("--again", help="Read from the beginning; nothing stored is deleted.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="The run report as JSON.")] = False,
) -> None:
    """Read what is new from every source."""
    with shell_of(context).workspace() as workspace:
        # the first signal ends the sync after its page, so that nothing is left half done
        signal.signal(signal.SIGTERM, lambda *_: workspace.stop.set())
        report = run_sync(workspace, source or (), stream or (), again=again)
        if as_json:
            print_json(report.to_json())
        else:
            show(report)
        raise typer.Exit(report.exit_code)


def run_sync(
    workspace: Workspace,
    names: tuple[str, ...] | list[str] = (),
    streams: tuple[str, ...] | list[str] = (),
    *,
    again: bool = False,
) -> SyncReport:
    """Sync with progress bars."""
    from deskpulse.app.progress import Bars
    from deskpulse.sync import SyncEngine

    sources = workspace.sources(names)
    for connector in sources:
        for warning in connector.warnings():
            errors().print(f"[yellow]{connector.source}[/]: {warning}", highlight=False)
        if again:
            for stream in connector.streams():
                if not streams or stream.name in streams:
                    workspace.store.forget_cursor(connector.source, stream.name)
    with Bars(errors()) as bars:
        engine = SyncEngine(workspace.store, workspace.clock, bars, workspace.stop)
        limits = {name: table.streams for name, table in workspace.config.sources.items()}
        return engine.run(sources, streams=streams, limits=limits)


def show(report: SyncReport) -> None:
    """The run report as a table, then what went wrong in words."""
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for heading in ("source", "stream", "outcome"):
        table.add_column(heading)
    for heading in ("new", "changed", "unchanged", "rejected", "requests", "waited"):
        table.add_column(heading, justify="right")
    table.add_column("data complete to")
    for item in report.streams:
        table.add_row(*_cells(item))
    out().print(table)
    for item in report.streams:
        if item.error or item.first_error:
            name = f"{item.source} {item.stream}".strip()
            out().print(f"{name}: {item.error or item.first_error}", markup=False)
            if item.hint:
                out().print(f"  {item.hint}", style="dim", markup=False)


def _cells(item: StreamReport) -> list[str]:
    colours = {"ok": "green", "skipped": "dim", "failed": "red", "paused": "red"}
    colour = colours.get(item.outcome, "yellow")
    complete = "" if item.complete_to is None else f"{item.complete_to:%Y-%m-%d %H:%M} UTC"
    return [
        item.source,
        item.stream,
        f"[{colour}]{item.outcome}[/]",
        f"{item.rows.new:,}",
        f"{item.rows.changed:,}",
        f"{item.rows.unchanged:,}",
        f"{item.rejected:,}",
        f"{item.requests:,}",
        f"{item.waited_s:.0f} s",
        complete,
    ]
