"""`deskpulse privacy`: bring what is stored in line with the settings."""

from __future__ import annotations

from typing import Annotated

import typer

from deskpulse.app.screen import out, print_json, tell
from deskpulse.app.shell import Exit, shell_of
from deskpulse.app.signals import awake

group = typer.Typer(no_args_is_help=True, add_completion=False)


@group.callback()
def _one_of_several() -> None:
    """A verb of its own for each thing to do."""


@group.command()
def apply(
    context: typer.Context,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only count what would change.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="What was done, as JSON.")] = False,
) -> None:
    """Apply bodies, subjects, addresses and retention to what is stored already."""
    from deskpulse.app import keeping

    with shell_of(context).workspace() as workspace:
        counts = keeping.look(workspace)
        if counts and not dry_run:
            if not yes:
                tell(f"{sum(counts.values()):,} rows would change. This cannot be undone.")
                if not typer.confirm("Apply?", err=True):
                    raise typer.Exit(Exit.PARTIAL)
            counts = awake(lambda: keeping.apply(workspace))
    if as_json:
        print_json({"counts": counts, "applied": not dry_run})
        return
    for kind, count in counts.items():
        out().print(f"{count:>12,} {kind}")
    if not counts:
        out().print("Everything that is stored is as the settings want it.")
    elif dry_run:
        out().print("These rows would be changed.")
