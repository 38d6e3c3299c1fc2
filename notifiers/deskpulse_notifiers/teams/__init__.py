"""Notifier `teams`: posts a card to a Microsoft Teams channel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deskpulse.hookspecs import hookimpl
from deskpulse_notifiers.teams.notifier import Teams

if TYPE_CHECKING:
    from deskpulse.notifier import Notifier

__all__ = ["Teams"]


@hookimpl
def notifiers() -> list[type[Notifier]]:
    """What this plugin contributes."""
    return [Teams]
