"""Notifier `slack`: posts to one channel with a bot token."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deskpulse.hookspecs import hookimpl
from deskpulse_notifiers.slack.notifier import Slack

if TYPE_CHECKING:
    from deskpulse.notifier import Notifier

__all__ = ["Slack"]


@hookimpl
def notifiers() -> list[type[Notifier]]:
    """What this plugin contributes."""
    return [Slack]
