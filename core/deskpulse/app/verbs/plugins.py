"""`deskpulse plugins`: what is installed, and why one is broken."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from deskpulse.app.shell import Exit, out, print_json, shell_of


def plugins(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="The plugins as JSON.")] = False,
) -> None:
    """List the plugins."""
    from deskpulse.plugins import load

    shell = shell_of(context)
    only: tuple[str, ...] = ()
    if shell.config.exists():
        with shell.workspace() as workspace:
            only = workspace.config.plugins
    registry = load(only=only)
    if as_json:
        print_json([asdict(plugin) for plugin in registry.plugins])
    else:
        from rich.markup import escape
        from rich.table import Table

        table = Table(box=None, pad_edge=False)
        for heading in ("plugin", "from", "contributes"):
            table.add_column(heading)
        for plugin in registry.plugins:
            given = "; ".join(
                f"{hook}: {', '.join(names)}" for hook, names in plugin.contributes.items()
            )
            if plugin.broken:
                given = f"[red]BROKEN[/] {escape(plugin.broken)}"
            table.add_row(plugin.name, plugin.distribution, given)
        out().print(table)
    raise typer.Exit(Exit.PARTIAL if registry.broken else Exit.OK)
