"""`deskpulse demo`: see it work on a simulated desk."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Annotated

import typer

from deskpulse.app.shell import explained, out
from deskpulse.clock import SystemClock
from deskpulse.errors import ConfigError

MARK = ".deskpulse-demo"


def demo(
    output: Annotated[
        Path, typer.Option("-o", "--output", help="Folder for the demo's store and report.")
    ] = Path("demo-out"),
    tickets: Annotated[int, typer.Option(help="Tickets in the eight weeks.", min=1)] = 1500,
    seed: Annotated[int, typer.Option(help="Another seed is another desk.")] = 7,
) -> None:
    """Show deskpulse at work on a simulated desk; needs no credentials."""
    from deskpulse.app.demo import play

    with explained():
        if output.exists():
            if not (output / MARK).exists() and any(output.iterdir()):
                raise ConfigError(
                    f"{output} is not empty and no earlier demo", hint="Give another --output."
                )
            shutil.rmtree(output)
        output.mkdir(parents=True)
        (output / MARK).touch()
        play(out(), output, tickets=tickets, seed=seed, now=SystemClock().now())
