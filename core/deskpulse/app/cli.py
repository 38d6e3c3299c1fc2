"""The command line: which verbs there are. What they do is in `verbs/`."""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

from deskpulse.app.shell import Shell

VERBS = {
    "init": "Write a first configuration by asking a few questions.",
    "check": "Say per source and stream whether it can be read.",
    "sync": "Read what is new from every source into the store.",
    "derive": "Work out the facts of tickets that changed.",
    "kpi": "Compute a KPI, by any dimension and period.",
    "report": "Write a report: terminal, Markdown, HTML, JSON or CSV.",
    "digest": "Show or send a digest.",
    "ticket": "Explain one ticket: its timeline, its facts, and what made each.",
    "run": "Keep everything up to date until stopped.",
    "plugins": "List the plugins, and why one is broken.",
    "db": "Look after the store.",
    "demo": "Show deskpulse at work on a simulated desk.",
}

app = typer.Typer(
    name="deskpulse",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="Every desk in one store you own; KPIs computed right; alerts before an SLA breaks.",
)


def _version(*, asked: bool) -> None:
    if asked:
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
        bool, typer.Option("--version", callback=lambda v: _version(asked=v), is_eager=True)
    ] = False,
) -> None:
    """Options that come before the verb."""
    context.obj = Shell(config, as_of)


for _verb, _help in VERBS.items():
    _module = import_module(f"deskpulse.app.verbs.{_verb}")
    if hasattr(_module, "group"):
        app.add_typer(_module.group, name=_verb, help=_help)
    else:
        app.command(_verb, help=_help)(getattr(_module, _verb))


def main() -> None:
    """The entry point of the program `deskpulse`."""
    app()
