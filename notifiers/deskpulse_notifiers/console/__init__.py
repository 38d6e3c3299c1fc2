"""Notifier `console`: prints messages where deskpulse runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deskpulse.hookspecs import hookimpl
from deskpulse_notifiers.console.notifier import Console

if TYPE_CHECKING:
    from deskpulse.notifier import Notifier

__all__ = ["Console"]


@hookimpl
def notifiers() -> list[type[Notifier]]:
    """What this plugin contributes."""
    return [Console]
