"""`deskpulse demo`: see it work on a simulated desk."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Annotated

import typer

from deskpulse.app.screen import out
from deskpulse.app.shell import shell_of
from deskpulse.clock import SystemClock
from deskpulse.errors import ConfigError

MARK = ".deskpulse-demo"


def demo(
    context: typer.Context,
    output: Annotated[
        Path, typer.Option("-o", "--output", help="Folder for the demo's store and report.")
    ] = Path("demo-out"),
    tickets: Annotated[int, typer.Option(help="Tickets in the eight weeks.", min=1)] = 1500,
    seed: Annotated[int, typer.Option(help="Another seed is another desk.")] = 7,
    every: Annotated[
        bool,
        typer.Option("--all", help="Zendesk, Freshdesk, Gmail and Shopify at once."),
    ] = False,
) -> None:
    """Show deskpulse at work on a simulated desk; needs no credentials."""
    from deskpulse.app import demo as one
    from deskpulse.app import demo_all
    from deskpulse.app.logs import quiet_logs

    quiet_logs(shell_of(context).redactor)
    _make_room(output)
    play = demo_all.play if every else one.play
    play(out(), output, tickets=tickets, seed=seed, now=SystemClock().now())


def _make_room(output: Path) -> None:
    """An empty folder that says it is a demo's; raises `ConfigError` for anything else there."""
    if output.exists():
        if not output.is_dir() or (not (output / MARK).exists() and any(output.iterdir())):
            raise ConfigError(
                f"{output} is not empty and no earlier demo", hint="Give another --output."
            )
        shutil.rmtree(output)
    output.mkdir(parents=True)
    (output / MARK).touch()
