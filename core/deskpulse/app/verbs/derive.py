"""`deskpulse derive`: work out the facts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from deskpulse.app.screen import errors, out, print_json
from deskpulse.app.shell import shell_of
from deskpulse.errors import ConfigError

if TYPE_CHECKING:
    from deskpulse.app.workspace import Workspace
    from deskpulse_reports.mart import DeriveReport


def derive(
    context: typer.Context,
    everything: Annotated[
        bool, typer.Option("--all", help="Derive every ticket anew from the store.")
    ] = False,
    new_verdicts: Annotated[
        bool,
        typer.Option(
            "--new-verdicts",
            help="With --all: judge SLA clocks that ended by the policies of today, too.",
        ),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="What was done, as JSON.")] = False,
) -> None:
    """Work out the facts of tickets that changed."""
    if new_verdicts and not everything:
        raise ConfigError("--new-verdicts judges every ticket anew", hint="Add --all.")
    with shell_of(context).workspace() as workspace:
        report = run_derive(workspace, everything=everything, forgive=new_verdicts)
    if as_json:
        print_json({"how": report.how, "tickets": report.tickets, "records": report.records})
    elif report.how == "nothing":
        out().print("Nothing changed.")
    else:
        from deskpulse_reports.words import plural

        done = plural(report.tickets, "ticket")
        others = f" and {plural(report.records, 'other record')}" if report.records else ""
        out().print(f"Derived {done}{others} ({report.how}).")


def run_derive(
    workspace: Workspace, *, everything: bool = False, forgive: bool = False
) -> DeriveReport:
    """Refresh the mart with a progress bar."""
    from deskpulse.app.progress import Bars

    with Bars(errors()) as bars:
        report = workspace.refresh.run(
            everything=everything,
            forgive=forgive,
            watch=lambda done, total: bars.tickets("facts", done, total),
        )
    workspace.renew()
    return report
