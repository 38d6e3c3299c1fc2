"""`deskpulse plugins`: what is installed, and why one is broken."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from deskpulse.app.screen import out, plain, print_json
from deskpulse.app.shell import Exit, shell_of

if TYPE_CHECKING:
    from deskpulse.plugins import Plugin


def plugins(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="The plugins as JSON.")] = False,
) -> None:
    """List the plugins that are installed and, with a configuration, allowed by it."""
    from deskpulse.config import load as load_config
    from deskpulse.plugins import load

    path = shell_of(context).config
    registry = load(only=load_config(path).plugins if path.exists() else ())
    if as_json:
        print_json([asdict(plugin) for plugin in registry.plugins])
    else:
        for plugin in registry.plugins:
            _show(plugin)
    raise typer.Exit(Exit.PARTIAL if registry.broken else Exit.OK)


def _show(plugin: Plugin) -> None:
    head = f"[bold]{plain(plugin.name)}[/]  [dim]{plain(plugin.distribution)}[/]"
    if plugin.broken:
        out().print(f"{head}  [red]BROKEN[/] {plain(plugin.broken)}")
        return
    given = "; ".join(f"{hook}: {', '.join(names)}" for hook, names in plugin.contributes.items())
    out().print(f"{head}  {plain(given)}")
