"""`deskpulse check`: can every source and sink be reached with these settings?"""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from deskpulse.app.checkup import Finding, look
from deskpulse.app.screen import out, plain, print_json
from deskpulse.app.shell import Exit, shell_of
from deskpulse.app.signals import awake, stopping


def check(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="The findings as JSON.")] = False,
) -> None:
    """Say per source and stream whether it can be read, and per notifier whether it can send."""
    with shell_of(context).workspace() as workspace, stopping(workspace.stop):
        findings = awake(lambda: look(workspace))
        if as_json:
            print_json([asdict(finding) for finding in findings])
        else:
            show(findings)
        raise typer.Exit(exit_code(findings))


def exit_code(findings: list[Finding]) -> Exit:
    """0 all is well, 1 something is not, 3 nothing works."""
    bad = [finding for finding in findings if not finding.ok and finding.essential]
    if not bad:
        return Exit.OK
    well = [finding for finding in findings if finding.ok and finding.kind != "configuration"]
    return Exit.PARTIAL if well else Exit.FAILED


def show(findings: list[Finding]) -> None:
    """A line each."""
    for finding in findings:
        mark = "[green]✓[/]" if finding.ok else "[red]✗[/]" if finding.essential else "[yellow]![/]"
        name = " ".join(part for part in (finding.kind, finding.name, finding.stream) if part)
        out().print(f"{mark} [bold]{plain(name)}[/]  {plain(finding.text)}")
        if finding.hint:
            out().print(f"    {plain(finding.hint)}", style="dim")
