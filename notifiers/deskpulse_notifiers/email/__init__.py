"""Notifier `email`: sends by SMTP, with verified encryption."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deskpulse.hookspecs import hookimpl
from deskpulse_notifiers.email.notifier import Email

if TYPE_CHECKING:
    from deskpulse.notifier import Notifier

__all__ = ["Email"]


@hookimpl
def notifiers() -> list[type[Notifier]]:
    """What this plugin contributes."""
    return [Email]
