"""`deskpulse sync`: read what is new."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Annotated

import typer

from deskpulse.app.screen import errors, out, plain, print_json, tell
from deskpulse.app.shell import shell_of
from deskpulse.app.signals import awake, stopping

if TYPE_CHECKING:
    from deskpulse.app.workspace import Workspace
    from deskpulse.sync.report import StreamReport, SyncReport

COLOURS = {"ok": "green", "skipped": "dim", "failed": "red", "paused": "red"}


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
    with shell_of(context).workspace() as workspace, stopping(workspace.stop):
        report = awake(lambda: run_sync(workspace, source or (), stream or (), again=again))
        if as_json:
            print_json(report.to_json())
        else:
            show(report)
        raise typer.Exit(report.exit_code)


def run_sync(
    workspace: Workspace,
    names: Sequence[str] = (),
    streams: Sequence[str] = (),
    *,
    again: bool = False,
) -> SyncReport:
    """Sync with progress bars. Raises `ConfigError` for a name that is not configured."""
    from deskpulse.app.progress import Bars
    from deskpulse.app.selection import check_streams

    sources = workspace.sources(names)
    check_streams(sources, streams)
    for connector in sources:
        for warning in connector.warnings():
            tell(f"{connector.source}: {warning}", style="yellow")
        if again:
            for stream in connector.streams():
                if not streams or stream.name in streams:
                    workspace.store.forget_cursor(connector.source, stream.name)
    with Bars(errors()) as bars:
        return workspace.sync(names, streams, bars)


def show(report: SyncReport) -> None:
    """The run report as a table of 80 columns, then in words what went wrong or took long."""
    from rich.table import Table

    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("stream", no_wrap=True)
    table.add_column("outcome", no_wrap=True)
    for heading in ("new", "changed", "same", "requests"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("complete to (UTC)", no_wrap=True)
    for source, items in groupby(report.streams, key=lambda item: item.source):
        table.add_row(f"[bold]{plain(source)}[/]")
        for item in items:
            if item.stream:
                table.add_row(*_cells(item))
    out().print(table)
    for item in report.streams:
        for text, hint in _remarks(item):
            out().print(f"{plain(item.source)} {plain(item.stream)}: {plain(text)}")
            if hint:
                out().print(f"  {plain(hint)}", style="dim")


def _cells(item: StreamReport) -> list[str]:
    colour = COLOURS.get(item.outcome, "yellow")
    complete = "" if item.complete_to is None else f"{item.complete_to:%Y-%m-%d %H:%M}"
    return [
        f" {plain(item.stream)}",
        f"[{colour}]{item.outcome}[/]",
        f"{item.rows.new:,}",
        f"{item.rows.changed:,}",
        f"{item.rows.unchanged:,}",
        f"{item.requests:,}",
        complete,
    ]


def _remarks(item: StreamReport) -> list[tuple[str, str]]:
    """(text, hint) of what the table does not say."""
    found = []
    if item.error:
        found.append((item.error, "" if item.rejected else item.hint))
    if item.rejected:
        first = f"{item.rejected:,} rejected, the first: {item.first_error}"
        found.append((first, "See `deskpulse db rejected`."))
    if item.waited_s >= 1:
        why = "as the source asked" if item.rate_limited else "between tries"
        found.append((f"waited {item.waited_s:.0f} s {why}", ""))
    return found
