"""What every verb shares: the configuration, and exit codes that mean something."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from deskpulse.app.workspace import Workspace
    from deskpulse.http.redact import Redactor


DEBUG = "DESKPULSE_DEBUG"
"""The environment variable that shows tracebacks on the screen."""


class Exit(IntEnum):
    """What the exit code says."""

    OK = 0
    PARTIAL = 1
    CONFIG = 2
    FAILED = 3


@dataclass
class Shell:
    """The options that come before the verb, and what must never be shown."""

    config: Path = Path("config.toml")
    as_of: str | None = None

    @cached_property
    def redactor(self) -> Redactor:
        """Knows the secrets of every configuration that was opened."""
        from deskpulse.http.redact import Redactor

        return Redactor()

    @contextmanager
    def workspace(self) -> Iterator[Workspace]:
        """The opened configuration; raises `ConfigError`."""
        from deskpulse.app.logs import quiet_logs
        from deskpulse.app.workspace import Workspace, clock_at
        from deskpulse.config import load

        config = load(self.config)
        quiet_logs(self.redactor)
        with Workspace(config, clock_at(self.as_of, config.zone), self.redactor) as opened:
            yield opened


def shell_of(context: typer.Context) -> Shell:
    """The shell of this run."""
    shell = context.find_root().obj
    assert isinstance(shell, Shell)
    return shell
