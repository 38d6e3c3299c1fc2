"""The command line: which verbs there are. What they do is in `verbs/`."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from deskpulse.app.shell import DEBUG, Exit, Shell
from deskpulse.app.verb import Verb

VERBS = {
    "init": "Write a first configuration by asking a few questions.",
    "check": "Say per source and stream whether it can be read.",
    "sync": "Read what is new from every source into the store.",
    "derive": "Work out the facts of tickets that changed.",
    "kpi": "Compute a KPI, by any dimension and period.",
    "report": "Write a report: terminal, Markdown, HTML, JSON or CSV.",
    "digest": "Show or send a digest.",
    "alerts": "Show alerts and why they were told; acknowledge, snooze, silence.",
    "ticket": "Explain one ticket: its timeline, its facts, and what made each.",
    "sla": "Show which SLA clocks run, are due next, paused or breached.",
    "reconcile": "Compare a source's numbers with the vendor's own, and say why they differ.",
    "doctor": "Look for what is wrong with the data, and say what to do.",
    "run": "Keep everything up to date until stopped.",
    "status": "Say whether everything is well; exits with 1 if it is not.",
    "plugins": "List the plugins, and why one is broken.",
    "record": "Write a tape of a source, without secrets and people.",
    "new": "Write a plugin to begin with: connector, kpi, notifier or rule.",
    "erase": "Forget a person: store, mart, tapes and messages, and every sync to come.",
    "privacy": "Bring what is stored in line with the privacy settings.",
    "db": "Look after the store.",
    "demo": "Show deskpulse at work on a simulated desk.",
}


class Program(TyperGroup):
    """All verbs, and the one place where an error becomes a sentence and an exit code."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.commands = {name: Verb(name, help=text) for name, text in VERBS.items()}

    def main(self, *args: Any, **options: Any) -> Any:
        """Run; whatever goes wrong ends in a message, never in a traceback."""
        shell = Shell()
        try:
            return super().main(*args, obj=shell, **options)
        except Exception as problem:
            if os.environ.get(DEBUG):
                raise
            from deskpulse.app.fault import as_error
            from deskpulse.app.screen import tell_error
            from deskpulse.errors import ConfigError

            tell_error(as_error(problem, shell.redactor))
            sys.exit(Exit.CONFIG if isinstance(problem, ConfigError) else Exit.FAILED)


app = typer.Typer(
    name="deskpulse",
    cls=Program,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Every desk in one store you own; KPIs computed right; alerts before an SLA breaks.",
)


def _version(*, asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        typer.echo(version("deskpulse"))
        raise typer.Exit


@app.callback()
def options(
    context: typer.Context,
    config: Annotated[Path, typer.Option("-c", "--config", help="The configuration file.")] = Path(
        "config.toml"
    ),
    as_of: Annotated[
        str | None, typer.Option(help="Answer as if it were this instant (ISO 8601).")
    ] = None,
    _version_asked: Annotated[
        bool,
        typer.Option(
            "--version", callback=lambda v: _version(asked=v), is_eager=True, help="The version."
        ),
    ] = False,
) -> None:
    """Options that come before the verb."""
    shell = context.find_root().obj
    assert isinstance(shell, Shell)
    shell.config, shell.as_of = config, as_of


def main() -> None:
    """The entry point of the program `deskpulse`."""
    app()
