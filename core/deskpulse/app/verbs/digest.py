"""`deskpulse digest NAME`: show a digest, or send it now."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from deskpulse.app.dates import read_day
from deskpulse.app.screen import out, plain, print_json, reserved_output
from deskpulse.app.shell import Exit, shell_of

if TYPE_CHECKING:
    from deskpulse.app.workspace import Workspace
    from deskpulse.message import Message


def digest(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="The NAME of a digest in the configuration.")],
    day: Annotated[
        str | None, typer.Option(help="The local day it tells of; by default yesterday.")
    ] = None,
    preview: Annotated[
        str | None, typer.Option(help="Print exactly what this notifier would send.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print for every notifier, send nothing.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="The message or outcome.")] = False,
) -> None:
    """Send a digest to its notifiers now, or show it."""
    picked = read_day("--day", day)
    with shell_of(context).workspace() as workspace:
        from deskpulse.app import digests
        from deskpulse.app.answers import today
        from deskpulse.app.validation import check_digest

        check_digest(workspace, name)
        told = picked or today(workspace) - timedelta(days=1)
        message = digests.compose(workspace, name, told)
        if message is None:
            _say_nothing(f"Nothing happened on {told}; this digest keeps silent then.", as_json)
        elif preview or dry_run:
            targets = [preview] if preview else workspace.config.digests[name].to
            _preview(workspace, message, targets, as_json=as_json)
        else:
            raise typer.Exit(_send(workspace, name, message, as_json=as_json))


def _say_nothing(text: str, as_json: bool) -> None:
    if as_json:
        print_json({})
    else:
        out().print(text)


def _preview(workspace: Workspace, message: Message, targets: list[str], *, as_json: bool) -> None:
    texts = {target: workspace.notifier(target).preview(message) for target in targets}
    if as_json:
        print_json(texts)
        return
    for target, shown in texts.items():
        if len(texts) > 1:
            out().rule(plain(target))
        out().print(shown, markup=False)


def _send(workspace: Workspace, name: str, message: Message, *, as_json: bool) -> Exit:
    """By hand means once more: the key says so, the scheduled digest still goes out on its own."""
    from dataclasses import replace

    from deskpulse import outbox

    now, targets = workspace.clock.now(), workspace.config.digests[name].to
    again = replace(message, key=f"{message.key}/by-hand/{now.isoformat()}")
    with workspace.store.writing() as connection:
        outbox.enqueue(connection, again, targets, now)
    sender = outbox.Sender(workspace.store, workspace.clock, workspace.notifier)
    with reserved_output(for_json=as_json):
        done = {sent.notifier: sent for sent in sender.run() if sent.key == again.key}
    states = {target: done[target].state if target in done else "queued" for target in targets}
    if as_json:
        errors = {target: sent.error for target, sent in done.items()}
        print_json(
            [
                {"notifier": target, "state": state, "error": errors.get(target, "")}
                for target, state in states.items()
            ]
        )
    else:
        for target, state in states.items():
            error = done[target].error if target in done else "another process is sending it"
            out().print(f"{plain(target)}: {state} {plain(error)}".rstrip())
    if set(states.values()) <= {"sent"}:
        return Exit.OK
    return Exit.PARTIAL if "sent" in states.values() else Exit.FAILED
