"""`deskpulse reconcile SOURCE`: our numbers beside the vendor's own, and why they differ."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from deskpulse.app.screen import errors, out, print_json, tell
from deskpulse.app.shell import Exit, shell_of
from deskpulse.config import nearest
from deskpulse.errors import ConfigError

if TYPE_CHECKING:
    from deskpulse.app.workspace import Workspace
    from deskpulse_reports.reconcile import Reconciliation

SHOWN = 20
"""Disagreements on the screen unless `--limit` says otherwise."""


def reconcile(
    context: typer.Context,
    source: Annotated[str, typer.Argument(help="The source to compare.")],
    metric: Annotated[
        list[str] | None,
        typer.Option(help="Only this metric: first_reply for both clocks, first_reply_s for one."),
    ] = None,
    limit: Annotated[
        int | None,
        typer.Option(min=0, help="List so many disagreements; 0: all. The screen has 20."),
    ] = None,
    tickets: Annotated[
        bool, typer.Option("--tickets", help="List the tickets concerned, with links.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Everything as JSON.")] = False,
) -> None:
    """Compare a source's numbers with the vendor's own."""
    from deskpulse_reports.reconcile import chosen

    facts = chosen(metric or ())
    most = limit if limit is not None else 0 if as_json else SHOWN
    with shell_of(context).workspace() as workspace:
        found = compared(workspace, source, facts)
        listed = _by_ticket(workspace, found, most or None) if tickets else None
        if as_json:
            print_json(found.to_json(most or None, listed))
        else:
            from deskpulse_reports.reconcile.terminal import renderable

            out().print(renderable(found, most or None, listed))
    if not found.agreements:
        tell(
            f"The store has no numbers of the vendor for {source!r}, so nothing was compared. "
            "A source of `zendesk` reads them with `metrics = true`."
        )
        raise typer.Exit(Exit.PARTIAL)


def compared(workspace: Workspace, source: str, facts: tuple[str, ...]) -> Reconciliation:
    """Compare with a progress bar; raises `ConfigError` for a source that is not configured."""
    from deskpulse.app.progress import Bars
    from deskpulse_reports.reconcile import Reconcile

    known = workspace.config.sources
    if source not in known:
        raise ConfigError(f"there is no source {source!r}; {nearest(source, known)}")
    work = Reconcile(
        workspace.store,
        workspace.config.mart_path(),
        workspace.manifest,
        workspace.settings,
    )
    with Bars(errors()) as bars:
        return work.run(
            source, facts, watch=lambda done, total: bars.tickets("compared", done, total)
        )


def _by_ticket(
    workspace: Workspace, found: Reconciliation, most: int | None
) -> list[dict[str, Any]]:
    """Each ticket with the page that an agent opens."""
    listed = found.by_ticket()[:most]
    stored = workspace.store.get("ticket", found.source, [each["ticket_id"] for each in listed])
    return [{**each, "url": getattr(stored.get(each["ticket_id"]), "url", None)} for each in listed]
