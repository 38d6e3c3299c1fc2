"""`deskpulse digest NAME`: show a digest, or send it now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from deskpulse.app.dates import read_day
from deskpulse.app.screen import out, plain, print_json, reserved_output
from deskpulse.app.shell import Exit, shell_of
from deskpulse.config import nearest
from deskpulse.errors import ConfigError

if TYPE_CHECKING:
    from deskpulse.app.workspace import Workspace
    from deskpulse.message import Message

TERMINAL = "console"
"""The plugin that prints on the terminal."""


def digest(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="The NAME of a digest in the configuration.")],
    day: Annotated[
        str | None,
        typer.Option(help="A local day of the period it tells of; by default the last one."),
    ] = None,
    preview: Annotated[
        str | None,
        typer.Option(
            metavar="NOTIFIER|slack|email|terminal",
            help="Print exactly what this notifier would send.",
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print for every notifier, send nothing.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="The message or outcome.")] = False,
) -> None:
    """Send a digest to its notifiers now, or show it."""
    picked = read_day("--day", day)
    with shell_of(context).workspace() as workspace:
        from deskpulse.app import digests, outdated
        from deskpulse.app.validation import check_digest
        from deskpulse_reports.digest.period import Period

        check_digest(workspace, name)
        table = workspace.config.digests[name]
        told = Period.of(table.period, picked) if picked else digests.last_period(workspace, name)
        outdated.warn(workspace)
        message = digests.compose(workspace, name, told)
        if message is None:
            said = f"Nothing happened on {told.title}; this digest keeps silent then."
            _say_nothing(said, as_json)
        elif preview or dry_run:
            notifiers = [_previewer(workspace, name, preview)] if preview else table.to
            _preview(workspace, message, notifiers, as_json=as_json)
        else:
            raise typer.Exit(_send(workspace, name, message, as_json=as_json))


def _say_nothing(text: str, as_json: bool) -> None:
    if as_json:
        print_json({})
    else:
        out().print(text)


def _previewer(workspace: Workspace, digest: str, wanted: str) -> str:
    """The configured notifier that is meant: by its name, or by what it uses.

    Of several that use the same plugin, one that receives the digest. Raises `ConfigError`.
    """
    config = workspace.config
    if wanted in config.notifiers:
        return wanted
    use = TERMINAL if wanted == "terminal" else wanted
    for name in (*config.digests[digest].to, *config.notifiers):
        if config.notifiers[name].use == use:
            return name
    if use == TERMINAL:
        return ""
    known = {"terminal", *config.notifiers, *(each.use for each in config.notifiers.values())}
    raise ConfigError(f"--preview {wanted}: no such notifier; {nearest(wanted, known)}")


def _preview(workspace: Workspace, message: Message, targets: list[str], *, as_json: bool) -> None:
    texts = {target or TERMINAL: _shown(workspace, message, target) for target in targets}
    if as_json:
        print_json(texts)
        return
    for target, shown in texts.items():
        if len(texts) > 1:
            out().rule(plain(target))
        out().print(shown, markup=False)


def _shown(workspace: Workspace, message: Message, target: str) -> str:
    if target:
        return workspace.notifier(target).preview(message)
    console = workspace.registry.notifiers[TERMINAL]
    return console(console.Config()).preview(message)


def _send(workspace: Workspace, name: str, message: Message, *, as_json: bool) -> Exit:
    """By hand means once more: the key says so, the scheduled digest still goes out on its own."""
    from dataclasses import replace

    from deskpulse import outbox
    from deskpulse.app.delivery import sender

    now, targets = workspace.clock.now(), workspace.config.digests[name].to
    again = replace(message, key=f"{message.key}/by-hand/{now.isoformat()}")
    with workspace.store.writing() as connection:
        outbox.enqueue(connection, again, targets, now)
    with reserved_output(for_json=as_json):
        sent_now = sender(workspace).run()
    done = {sent.notifier: sent for sent in sent_now if sent.key == again.key}
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
