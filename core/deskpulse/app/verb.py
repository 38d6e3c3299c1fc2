"""A verb of the command line whose module is imported only when it is called."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import typer
from typer.core import TyperCommand
from typer.main import get_command


class Verb(TyperCommand):
    """Stands for `deskpulse.app.verbs.NAME` in the list of verbs.

    The module holds a function of that name, or a `group` of further verbs.
    """

    def make_context(self, info_name: str | None, args: list[str], *rest: Any, **more: Any) -> Any:
        """The context of the verb itself: from here on it is the one that is run."""
        return self._load().make_context(info_name, args, *rest, **more)

    def _load(self) -> Any:
        module = import_module(f"deskpulse.app.verbs.{self.name}")
        if hasattr(module, "group"):
            command = get_command(module.group)
            command.help = self.help
            return command
        single = typer.Typer(add_completion=False)
        single.command(self.name, help=self.help)(getattr(module, str(self.name)))
        return get_command(single)
