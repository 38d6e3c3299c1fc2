"""Notifier `webhook`: posts signed JSON to an address of your own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deskpulse.hookspecs import hookimpl
from deskpulse_notifiers.webhook.notifier import Webhook

if TYPE_CHECKING:
    from deskpulse.notifier import Notifier

__all__ = ["Webhook"]


@hookimpl
def notifiers() -> list[type[Notifier]]:
    """What this plugin contributes."""
    return [Webhook]
