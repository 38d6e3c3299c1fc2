"""`deskpulse plugins`: what is installed, why one is broken, and how good a connector is."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from deskpulse.app.screen import out, plain, print_json, tell
from deskpulse.app.shell import Exit, shell_of
from deskpulse.errors import ConfigError

if TYPE_CHECKING:
    from deskpulse.plugins import Plugin, Registry
    from deskpulse.quality import Card

COLOURS = {"yes": "green", "no": "red", "exempt": "yellow", "unknown": "dim"}


def plugins(
    context: typer.Context,
    names: Annotated[
        list[str] | None, typer.Argument(help="With --quality: these connectors; else all.")
    ] = None,
    quality: Annotated[
        bool,
        typer.Option("--quality", help="Check connectors: ten rows each, contract tests are run."),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="The plugins as JSON.")] = False,
) -> None:
    """List the plugins that are installed and, with a configuration, allowed by it."""
    from deskpulse.config import load as load_config
    from deskpulse.plugins import load

    if names and not quality:
        raise ConfigError(f"{names[0]!r} is one too many", hint="Names belong to --quality.")
    path = shell_of(context).config
    registry = load(only=load_config(path).plugins if path.exists() else ())
    if quality:
        raise typer.Exit(_quality(registry, names or list(registry.connectors), as_json=as_json))
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


def _quality(registry: Registry, names: list[str], *, as_json: bool) -> Exit:
    from deskpulse.config import nearest
    from deskpulse.quality import card_of

    cards = []
    for name in names:
        if name not in registry.connectors:
            known = nearest(name, registry.connectors)
            raise ConfigError(f"there is no connector {name!r}; {known}")
    for name in names:
        tell(f"{name}: its contract is run, if it has one", style="dim")
        cards.append(card_of(registry.connectors[name]))
        if not as_json:
            _show_card(cards[-1])
    if as_json:
        print_json([asdict(card) for card in cards])
    return Exit.OK if all(card.good for card in cards) else Exit.PARTIAL


def _show_card(card: Card) -> None:
    out().print(f"[bold]{plain(card.connector)}[/]")
    for row in card.rows:
        colour, text = COLOURS[row.answer], row.text
        if row.answer == "no":
            text = f"{row.question} {text}"
        out().print(f"  [{colour}]{row.answer:8}[/]{row.name:10}{plain(text)}")
