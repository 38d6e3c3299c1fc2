"""The four hooks. They only contribute: each returns a list, the objects in it do the work."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pluggy

if TYPE_CHECKING:
    from deskpulse.connector import Connector
    from deskpulse.notifier import Notifier
    from deskpulse.rule import Rule

hookspec = pluggy.HookspecMarker("deskpulse")
hookimpl = pluggy.HookimplMarker("deskpulse")


@hookspec
def connectors() -> list[type[Connector]]:  # type: ignore[empty-body]
    """Return connector classes."""


@hookspec
def kpis() -> list[Any]:  # type: ignore[empty-body]
    """Return KPI specs."""


@hookspec
def rules() -> list[type[Rule]]:  # type: ignore[empty-body]
    """Return alert rule types."""


@hookspec
def notifiers() -> list[type[Notifier]]:  # type: ignore[empty-body]
    """Return notifier classes."""
