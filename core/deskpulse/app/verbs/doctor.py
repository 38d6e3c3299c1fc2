"""`deskpulse doctor`: what is wrong with the data, how often, where, and what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from deskpulse.app.screen import out, print_json
from deskpulse.app.shell import Exit, shell_of

if TYPE_CHECKING:
    from deskpulse.app.workspace import Workspace
    from deskpulse_reports.doctor import Finding


def doctor(
    context: typer.Context,
    as_json: Annotated[bool, typer.Option("--json", help="The findings as JSON.")] = False,
) -> None:
    """Look for what is wrong with the data."""
    with shell_of(context).workspace() as workspace:
        findings = examined(workspace)
    if as_json:
        print_json([finding.to_json() for finding in findings])
    else:
        from deskpulse_reports.doctor import CHECKS
        from deskpulse_reports.doctor.terminal import renderable

        out().print(renderable(findings, len(CHECKS)))
    bad = any(finding.severity == "error" for finding in findings)
    raise typer.Exit(Exit.PARTIAL if bad else Exit.OK)


def examined(workspace: Workspace) -> list[Finding]:
    """Every finding about the store and the mart of this configuration."""
    from deskpulse_reports.doctor import examine, patient
    from deskpulse_reports.freshness import Freshness

    config = workspace.config
    sources = [
        Freshness(name, None, None if source.use == "files" else source.stale_after)
        for name, source in config.sources.items()
    ]
    with patient(
        workspace.store,
        config.mart_path(),
        settings=workspace.settings,
        sources=sources,
        desk_calendar=config.calendar,
        now=workspace.clock.now(),
        not_judged=[
            (policy.key.partition("/")[0], policy.key.partition("/")[2], "; ".join(policy.unjudged))
            for policy in workspace.promises().policies
            if policy.unjudged
        ],
    ) as opened:
        return examine(opened)
