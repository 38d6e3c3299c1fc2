"""`deskpulse status`: whether everything is well."""

from __future__ import annotations

from typing import Annotated

import typer

from deskpulse.app.screen import out, plain, print_json
from deskpulse.app.shell import Exit, shell_of


def status(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="The answer as JSON.")] = False,
) -> None:
    """Say whether everything is well."""
    from deskpulse.app.alert_words import moment
    from deskpulse.app.status import look

    with shell_of(context).workspace() as workspace:
        found = look(workspace)
    if as_json:
        print_json(found.to_json())
    else:
        for source in found.sources:
            out().print(plain(f"{source.source}: read {moment(source.caught_up_at) or 'never'}"))
        fires = ", ".join(f"{count:,} {state}" for state, count in sorted(found.alerts.items()))
        when = moment(found.evaluated_at) or "never"
        out().print(plain(f"alerts: {fires or 'none'}; evaluated {when}"))
        waiting = sum(item.messages for item in found.undelivered)
        out().print(f"outbox: {waiting:,} waiting, {found.dead_letters:,} failed")
        for problem in found.problems:
            out().print(plain(problem), style="red")
        if not found.problems:
            out().print("All is well.", style="green")
    raise typer.Exit(Exit.PARTIAL if found.problems else Exit.OK)
