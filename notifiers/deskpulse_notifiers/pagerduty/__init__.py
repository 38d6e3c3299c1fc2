"""Notifier `pagerduty`: opens, acknowledges and resolves PagerDuty incidents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deskpulse.hookspecs import hookimpl
from deskpulse_notifiers.pagerduty.notifier import PagerDuty

if TYPE_CHECKING:
    from deskpulse.notifier import Notifier

__all__ = ["PagerDuty"]


@hookimpl
def notifiers() -> list[type[Notifier]]:
    """What this plugin contributes."""
    return [PagerDuty]
