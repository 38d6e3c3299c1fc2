"""`deskpulse run`: keep everything up to date until stopped."""

from __future__ import annotations

import signal
from types import FrameType
from typing import Annotated

import typer

from deskpulse.app.shell import errors, print_json, shell_of


def run(
    context: typer.Context,
    once: Annotated[bool, typer.Option(help="Do everything that is due once, then end.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON line per event.")] = False,
) -> None:
    """Sync, derive, snapshot KPIs, write digests and send them, on the configured schedule."""
    with shell_of(context).workspace() as workspace:
        from deskpulse.app import scheduler

        def said(text: str) -> None:
            moment = workspace.clock.now()
            if as_json:
                print_json({"at": moment, "event": text})
            else:
                errors().print(f"[dim]{moment:%H:%M:%S}[/] {text}", highlight=False)

        def stop(_signal: int, _frame: FrameType | None) -> None:
            said("stopping after the work at hand")
            workspace.stop.set()

        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, stop)
        jobs = scheduler.Jobs(workspace, said=said)
        if once:
            jobs.sync()
            jobs.digests()
            jobs.snapshots()
            jobs.deliver()
            return
        said(f"running: sync every {workspace.config.schedule.sync}")
        scheduler.run(workspace, jobs)
        said("stopped")
