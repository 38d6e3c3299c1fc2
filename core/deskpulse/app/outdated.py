"""Facts that were derived with other settings than those of today."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deskpulse.app.screen import tell

if TYPE_CHECKING:
    from deskpulse.app.workspace import Workspace


def warn(workspace: Workspace) -> None:
    """Say so on standard error: figures would mix hours that were with hours that are.

    Raises `StoreError` if nothing was derived yet.
    """
    from deskpulse_reports.mart.identity import fingerprint

    known, settings = workspace.manifest, workspace.settings
    changed = {
        "calendars, rules or custom fields": (
            known.settings,
            fingerprint(settings, workspace.config.mart.custom),
        ),
        "SLA policies": (known.promises, workspace.promises(settings).fingerprint()),
    }
    parts = [what for what, (then, now) in changed.items() if then != now]
    if parts:
        tell(
            f"The {' and the '.join(parts)} changed since the facts were derived: these figures "
            "are still by the old ones. Run `deskpulse derive`.",
            style="yellow",
        )
