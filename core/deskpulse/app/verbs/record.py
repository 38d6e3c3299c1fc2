"""`deskpulse record`: write a scrubbed tape of a source."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from deskpulse.app.screen import out, plain, print_json
from deskpulse.app.shell import Exit, shell_of
from deskpulse.app.signals import awake, stopping

if TYPE_CHECKING:
    from deskpulse.app.recording import Recorded


def record(
    context: typer.Context,
    source: Annotated[str, typer.Argument(help="The NAME of a source in the configuration.")],
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", help="The tape; else tapes/SOURCE.json by [privacy] tapes."),
    ] = None,
    pages: Annotated[int, typer.Option(min=1, help="Most pages of each stream.")] = 20,
    stream: Annotated[list[str] | None, typer.Option(help="Only these streams.")] = None,
    address: Annotated[
        str | None, typer.Option(help="What stands on the tape for the account's address.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="What is on the tape, as JSON.")] = False,
) -> None:
    """Write a tape of a source: what it was asked and answered, without secrets and people."""
    from deskpulse.app.recording import record as listen
    from deskpulse.app.selection import check_streams

    with shell_of(context).workspace() as workspace, stopping(workspace.stop):
        check_streams(workspace.sources([source]), stream or ())
        path = output or workspace.config.tapes_path() / f"{source}.json"
        found = awake(
            lambda: listen(workspace, source, most=pages, streams=stream or (), address=address)
        )
        path.parent.mkdir(parents=True, exist_ok=True)
        found.tape.save(path)
    if as_json:
        print_json(_as_json(found, path))
    else:
        _show(found, path)
    raise typer.Exit(Exit.PARTIAL if found.refused else Exit.OK)


def _as_json(found: Recorded, path: Path) -> dict[str, object]:
    return {
        "tape": str(path),
        "exchanges": len(found.tape.exchanges),
        "now": found.now,
        "address": found.address,
        "settings": found.settings,
        "pages": found.pages,
        "cut": found.cut,
        "refused": found.refused,
        "replaced": found.replaced,
    }


def _show(found: Recorded, path: Path) -> None:
    out().print(f"{plain(str(path))}: {len(found.tape.exchanges):,} requests and their answers")
    for name, count in found.pages.items():
        cut = ", and there is more: the contract needs a stream to its end"
        out().print(f"{count:>12,} pages of {plain(name)}{cut if name in found.cut else ''}")
    for name, why in found.refused.items():
        out().print(f"  {plain(name)} could not be read: {plain(why)}", style="yellow")
    total = sum(found.replaced.values())
    out().print(f"{total:>12,} values were replaced. Read the tape before you share it.")
    out().print(f"To play it: now = {found.now.isoformat()}, address {plain(found.address)}")
    for name, value in found.settings.items():
        out().print(f"  {plain(name)} = {plain(value)}")
