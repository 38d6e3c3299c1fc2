"""The command line as it is declared, and whether a command could be run."""

import shlex
from typing import Any

import typer

from deskpulse.app.cli import app


def command(verb: str = "") -> Any:
    """What is declared for `db upgrade`, `kpi`, ...; without a verb, for the program itself."""
    found: Any = typer.main.get_command(app)
    for step in verb.split():
        # verbs are loaded when a context is made for them, and the context holds the real one
        found = found.commands[step].make_context(step, [], resilient_parsing=True).command
    return found


def understood(line: str) -> None:
    """Raise what the program would say of `deskpulse VERB --option`; nothing is run."""
    words = shlex.split(line, comments=True)
    context = command().make_context("deskpulse", words[1:], obj=None, resilient_parsing=True)
    rest, verb = [*context._protected_args, *context.args], ""
    while rest and rest[0] in getattr(command(verb), "commands", {}):
        verb = f"{verb} {rest.pop(0)}".strip()
    assert verb, f"{line!r} has no verb"
    command(verb).make_context(verb, rest)
