"""What every verb shares: the configuration, the output, and exit codes that mean something."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from deskpulse.errors import ConfigError, DeskpulseError

if TYPE_CHECKING:
    from rich.console import Console

    from deskpulse.app.workspace import Workspace


class Exit(IntEnum):
    """What the exit code says."""

    OK = 0
    PARTIAL = 1
    CONFIG = 2
    FAILED = 3


@dataclass
class Shell:
    """The options that come before the verb."""

    config: Path
    as_of: str | None

    @contextmanager
    def workspace(self) -> Iterator[Workspace]:
        """The opened configuration; errors end the program with their text and exit code."""
        from deskpulse.app.workspace import Workspace, clock_at

        with explained():
            opened = Workspace.open(self.config)
            opened.clock = clock_at(self.as_of, opened.config.zone)
            quiet_logs(opened)
            with opened:
                yield opened


def shell_of(context: typer.Context) -> Shell:
    """The shell that the main callback made."""
    shell = context.find_root().obj
    assert isinstance(shell, Shell)
    return shell


@contextmanager
def explained() -> Iterator[None]:
    """Print an error as a sentence with its hint, and end with its exit code."""
    try:
        yield
    except ConfigError as problem:
        say_error(problem)
        raise typer.Exit(Exit.CONFIG) from None
    except DeskpulseError as problem:
        say_error(problem)
        raise typer.Exit(Exit.FAILED) from None


def say_error(problem: DeskpulseError) -> None:
    """The error's text and hint on standard error."""
    errors().print(f"[bold red]error[/]: {_plain(problem.message)}", highlight=False)
    if problem.hint:
        errors().print(f"  {_plain(problem.hint)}", style="dim", highlight=False)


def out() -> Console:
    """Standard output."""
    from rich.console import Console

    return Console(soft_wrap=not sys.stdout.isatty())


def errors() -> Console:
    """Standard error: progress, warnings and errors, never data."""
    from rich.console import Console

    return Console(stderr=True, soft_wrap=not sys.stderr.isatty())


def print_json(value: Any) -> None:
    """Data for programs: JSON with sorted instants as text, on standard output."""
    import orjson

    text = orjson.dumps(value, option=orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS, default=str)
    sys.stdout.write(text.decode() + "\n")


def quiet_logs(workspace: Workspace) -> None:
    """Log warnings to standard error, secrets masked; libraries that log URLs stay quiet."""
    import logging

    from deskpulse.http.logs import guard_logs

    logging.basicConfig(level=logging.WARNING, format="%(name)s: %(message)s")
    guard_logs(workspace.redactor)


def _plain(text: str) -> str:
    from rich.markup import escape

    return escape(text)
