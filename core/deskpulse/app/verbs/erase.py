"""`deskpulse erase`: forget a person."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from deskpulse.app.screen import out, plain, print_json, tell
from deskpulse.app.shell import Exit, shell_of
from deskpulse.app.signals import awake

if TYPE_CHECKING:
    from deskpulse.app.erasing import Erasure


def erase(
    context: typer.Context,
    customer: Annotated[str, typer.Option(help="SOURCE/ID, or an e-mail address in every source.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only show what would go.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="What was done, as JSON.")] = False,
) -> None:
    """Remove a person from store, mart, tapes and messages, and keep them out."""
    from deskpulse.app.erasing import Eraser

    with shell_of(context).workspace() as workspace:
        eraser = Eraser(workspace, customer)
        found = eraser.look()
        if not dry_run and (found.people or found.before):
            if not yes:
                _show(found, "would be changed", to_screen=not as_json)
                tell("This cannot be undone.")
                if not typer.confirm("Erase?", err=True):
                    raise typer.Exit(Exit.PARTIAL)
            found = awake(eraser.erase)
    if as_json:
        print_json(_as_json(found, customer))
    else:
        _show(found, "were changed" if found.done else "would be changed")
    known = found.people or found.before
    raise typer.Exit(Exit.OK if known else Exit.PARTIAL)


def _as_json(found: Erasure, target: str) -> dict[str, object]:
    return {
        "customer": target,
        "people": [person.reference for person in found.people],
        "counts": found.rows,
        "files": found.files,
        "erased": found.done,
        "erased_before": found.before,
    }


def _show(found: Erasure, what: str, *, to_screen: bool = True) -> None:
    if not to_screen:
        return
    if not found.people:
        out().print(
            "They were erased before; store and mart hold nothing of them."
            if found.before
            else "Nobody is known by this: give SOURCE/ID, or the address as the desk has it."
        )
        return
    for person in found.people:
        out().print(f"{plain(person.reference)}  {plain(person.name or '')}".rstrip())
    for table, count in found.rows.items():
        out().print(f"{count:>12,} {table}")
    for name, count in found.files.items():
        out().print(f"{count:>12,} {plain(name)}")
    out().print(f"These rows {what}.")
    if found.done:
        out().print("Messages that were delivered stay where they are, and so do your backups.")
