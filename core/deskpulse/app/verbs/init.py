"""`deskpulse init`: write a first configuration, then check it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from deskpulse.app.first_config import Answers, write
from deskpulse.app.shell import Exit, errors, explained, out, print_json, shell_of
from deskpulse.errors import ConfigError


def init(
    context: typer.Context,
    name: Annotated[str | None, typer.Option(help="What your desk is called.")] = None,
    desk: Annotated[str | None, typer.Option(help="Where tickets are: zendesk or files.")] = None,
    address: Annotated[
        str | None, typer.Option(help="Zendesk subdomain or URL; for files a path.")
    ] = None,
    zone: Annotated[str | None, typer.Option(help="IANA time zone, like Europe/Berlin.")] = None,
    hours: Annotated[str | None, typer.Option(help="Opening hours, mon-fri 09:00-17:00.")] = None,
    channel: Annotated[
        str | None, typer.Option(help="A Slack channel id, a mail address, or console.")
    ] = None,
    force: Annotated[bool, typer.Option(help="Replace an existing file.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="What was written, as JSON.")] = False,
) -> None:
    """Ask a few questions, write the configuration with secrets by reference, and check it."""
    shell = shell_of(context)
    target: Path = shell.config
    with explained():
        if target.exists() and not force:
            raise ConfigError(f"{target} exists already", hint="Give --force to replace it.")
        kind = _ask(desk, "Where are your tickets? (zendesk, files)", "zendesk")
        what = "Zendesk subdomain" if kind == "zendesk" else "Path of the files"
        answers = Answers(
            name=_ask(name, "What is your desk called?", "Support"),
            desk=kind,
            address=_ask(address, what, "acme" if kind == "zendesk" else "data/*.ndjson"),
            zone=_ask(zone, "In which time zone do your days begin?", "UTC"),
            hours=_ask(hours, "When is it open?", "mon-fri 09:00-17:00"),
            channel=_ask(channel, "Where shall the digest go? (Slack channel, mail)", "console"),
        )
        secrets = write(target, answers)
    if as_json:
        print_json({"config": str(target), "secrets": secrets})
    else:
        out().print(f"Wrote {target}.", highlight=False)
        for variable, meaning in secrets.items():
            out().print(f"  set {variable}: {meaning}", markup=False, highlight=False)
    with shell.workspace() as workspace:
        from deskpulse.app.verbs.check import exit_code, look, show

        missing = [variable for variable in secrets if variable not in workspace.config.environ]
        if missing:
            errors().print(f"Set {', '.join(missing)}, then run `deskpulse check`.")
            raise typer.Exit(Exit.OK)
        findings = look(workspace)
        if not as_json:
            show(findings)
        raise typer.Exit(exit_code(findings))


def _ask(given: str | None, question: str, default: str) -> str:
    return given if given is not None else str(typer.prompt(question, default=default))
