"""`deskpulse run`: keep everything up to date until stopped."""

from __future__ import annotations

import os
from typing import Annotated

import typer

from deskpulse.app.screen import errors, plain, print_json_line, reserved_output
from deskpulse.app.shell import Exit, shell_of
from deskpulse.app.signals import awake, stopping


def run(
    context: typer.Context,
    once: Annotated[
        bool, typer.Option("--once", help="Do everything that is due once, then end.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON line an event.")] = False,
) -> None:
    """Sync, derive, alert, snapshot KPIs, write digests and send them, on schedule.

    A database that does not answer yet is waited for; not so with --once.
    """
    with (
        shell_of(context).workspace() as workspace,
        stopping(workspace.stop),
        reserved_output(for_json=as_json) as output,
    ):
        from deskpulse.app import scheduler
        from deskpulse.app.jobs import Jobs
        from deskpulse.app.validation import validate, validate_plugins
        from deskpulse.app.waiting import until_it_answers

        def said(text: str) -> None:
            moment = workspace.clock.now()
            if as_json:
                print_json_line({"at": moment, "event": text}, output)
            else:
                errors().print(f"[dim]{moment:%H:%M:%S}[/] {plain(text)}")

        def ready() -> None:
            validate(workspace)
            validate_plugins(workspace)

        if once:
            ready()
        elif not until_it_answers(ready, workspace.stop, said):
            said("stopped")
            return
        jobs = Jobs(workspace, said)
        if once:
            raise typer.Exit(awake(jobs.once).exit_code)
        said(f"running: sync every {workspace.config.schedule.sync}; Ctrl-C stops")
        ended = scheduler.run(workspace, jobs)
        said("stopped" if ended else "stopped; a request that hung was left behind")
        if not ended:
            os._exit(Exit.OK)  # its thread would keep the process alive
