"""`deskpulse init`: write a first configuration, then check it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated

import typer

from deskpulse.app import first_config
from deskpulse.app.first_sources import DESKS
from deskpulse.app.opening_hours import read_hours
from deskpulse.app.screen import out, plain, print_json, tell, tell_error
from deskpulse.app.shell import Exit, Shell, shell_of
from deskpulse.errors import ConfigError

_DESKS = ", ".join(DESKS)


def init(
    context: typer.Context,
    name: Annotated[str | None, typer.Option(help="What your desk is called.")] = None,
    desk: Annotated[str | None, typer.Option(help=f"Where tickets are: {_DESKS}.")] = None,
    address: Annotated[
        str | None, typer.Option(help="Name or address of the account; for files a path.")
    ] = None,
    zone: Annotated[str | None, typer.Option(help="IANA time zone, like Europe/Berlin.")] = None,
    hours: Annotated[str | None, typer.Option(help="Opening hours, mon-fri 09:00-17:00.")] = None,
    channel: Annotated[
        str | None, typer.Option(help="A Slack channel id, a mail address, or console.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace an existing file.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="What was written, as JSON.")] = False,
) -> None:
    """Ask a few questions, write the configuration with secrets by reference, and check it."""
    shell = shell_of(context)
    if shell.config.exists() and not force:
        raise ConfigError(f"{shell.config} exists already", hint="Give --force to replace it.")
    kind = _ask(desk, f"Where are your tickets? ({_DESKS})", "zendesk", first_config.read_desk)
    asked = DESKS[kind]
    secrets = first_config.write(
        shell.config,
        first_config.Answers(
            name=_ask(name, "What is your desk called?", "Support", str),
            desk=kind,
            address=_ask(address, asked.question, asked.default, asked.read),
            zone=_ask(
                zone, "In which time zone do your days begin?", "UTC", first_config.read_zone
            ),
            hours=_ask(hours, "When is it open?", "mon-fri 09:00-17:00", read_hours),
            channel=_ask(
                channel,
                "Where shall the digest go? (Slack channel id, mail address, console)",
                "console",
                first_config.read_channel,
            ),
        ),
    )
    if not as_json:
        out().print(f"Wrote {plain(shell.config)}.")
        for variable, meaning in secrets.items():
            out().print(f"  set {variable}: {plain(meaning)}")
    raise typer.Exit(_check(shell, secrets, as_json=as_json))


def _ask(given: str | None, question: str, default: str, read: Callable[[str], str]) -> str:
    """What was given as an option, or what a person answers; asks again until it can be used."""
    if given is not None:
        return read(given)
    while True:
        answer = str(typer.prompt(question, default=default, err=True))
        try:
            return read(answer)
        except ConfigError as problem:
            if not sys.stdin.isatty():
                raise
            tell_error(problem)


def _check(shell: Shell, secrets: dict[str, str], *, as_json: bool) -> Exit:
    from deskpulse.app.checkup import look
    from deskpulse.app.verbs.check import exit_code, show

    with shell.workspace() as workspace:
        missing = [name for name in secrets if name not in workspace.config.environ]
        findings = [] if missing else look(workspace)
    if as_json:
        print_json(
            {
                "config": str(shell.config),
                "secrets": secrets,
                "missing": missing,
                "findings": [asdict(finding) for finding in findings],
            }
        )
    else:
        show(findings)
    if missing:
        tell(f"Set {', '.join(missing)}, then run `deskpulse -c {shell.config} check`.")
    return exit_code(findings)
