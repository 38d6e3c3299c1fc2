"""The sender of a workspace, which keeps each notifier's pace."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deskpulse.outbox import Sender

if TYPE_CHECKING:
    from deskpulse.app.workspace import Workspace


def sender(workspace: Workspace) -> Sender:
    """Sends what is in the outbox; ends after the message at hand when the workspace stops."""
    return Sender(
        workspace.store,
        workspace.clock,
        workspace.notifier,
        workspace.stop,
        lambda name: spacing_s(workspace, name),
    )


def spacing_s(workspace: Workspace, name: str) -> float:
    """Seconds between two messages to a notifier: what it asks for, or its slowest route does."""
    config = workspace.config
    plugged = config.notifiers.get(name)
    kind = workspace.registry.notifiers.get(plugged.use) if plugged else None
    own = kind.spacing_s if kind else 0.0
    asked = [60 / route.per_minute for route in config.routes.values() if name in route.to]
    return max([own, *asked])
