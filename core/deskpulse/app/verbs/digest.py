"""`deskpulse digest NAME`: show a digest, or send it now."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from deskpulse.app.dates import read_day
from deskpulse.app.shell import Exit, out, print_json, shell_of
from deskpulse.config import nearest
from deskpulse.errors import ConfigError

if TYPE_CHECKING:
    from deskpulse.app.workspace import Workspace
    from deskpulse.message import Message


def digest(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="The digest, as in [digests.NAME].")],
    day: Annotated[str | None, typer.Option(help="The local day it tells of; yesterday.")] = None,
    preview: Annotated[
        str | None, typer.Option(help="Print exactly what this notifier would send.")
    ] = None,
    dry_run: Annotated[bool, typer.Option(help="Print for every notifier, send nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="The message or outcome.")] = False,
) -> None:
    """Send a digest to its notifiers now, or show it."""
    with shell_of(context).workspace() as workspace:
        if name not in workspace.config.digests:
            raise ConfigError(f"no digest {name!r}; {nearest(name, workspace.config.digests)}")
        from deskpulse.app import digests
        from deskpulse.app.answers import today

        told = read_day("--day", day) or today(workspace) - timedelta(days=1)
        message = digests.compose(workspace, workspace.engine, name, told)
        if message is None:
            out().print(f"Nothing happened on {told}; this digest is set to keep silent then.")
            return
        if preview or dry_run:
            targets = [preview] if preview else workspace.config.digests[name].to
            _preview(workspace, message, targets, as_json=as_json)
            return
        _send(workspace, name, message, as_json=as_json)


def _preview(workspace: Workspace, message: Message, targets: list[str], *, as_json: bool) -> None:
    texts = {target: workspace.notifier(target).preview(message) for target in targets}
    if as_json:
        print_json(texts)
        return
    for target, shown in texts.items():
        if len(texts) > 1:
            out().rule(target)
        out().print(shown, markup=False, highlight=False)


def _send(workspace: Workspace, name: str, message: Message, *, as_json: bool) -> None:
    """By hand means once more: the key says so, the scheduled digest still goes out on its own."""
    from dataclasses import replace

    from deskpulse import outbox

    now = workspace.clock.now()
    again = replace(message, key=f"{message.key}/by-hand/{now.isoformat()}")
    with workspace.store.writing() as connection:
        outbox.enqueue(connection, again, workspace.config.digests[name].to, now)
    sender = outbox.Sender(workspace.store, workspace.clock, workspace.notifier)
    done = [sent for sent in sender.run() if sent.key == again.key]
    if as_json:
        print_json([{"notifier": s.notifier, "state": s.state, "error": s.error} for s in done])
    else:
        for sent in done:
            out().print(f"{sent.notifier}: {sent.state} {sent.error}".rstrip(), markup=False)
    states = {sent.state for sent in done}
    if states == {"sent"}:
        return
    raise typer.Exit(Exit.PARTIAL if "sent" in states else Exit.FAILED)
