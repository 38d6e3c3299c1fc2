"""Which team a digest is about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from deskpulse.config import nearest
from deskpulse.errors import ConfigError

if TYPE_CHECKING:
    from deskpulse.app.workspace import Workspace
    from deskpulse_reports.kpis.result import Dim


def team_named(
    workspace: Workspace, digest: str, wanted: str, teams: Mapping[tuple[Dim, ...], str]
) -> tuple[Dim, ...]:
    """Source and id of the team that a digest names by id, SOURCE/ID or name.

    Raises `ConfigError` with the teams there are.
    """
    for key, name in teams.items():
        if wanted in (f"{key[0]}/{key[1]}", key[1]) or wanted.casefold() == name.casefold():
            return key
    where = workspace.config.document.where(f"digests.{digest}", "team")
    raise ConfigError(
        f"{where} is {wanted!r}; {nearest(wanted, teams.values())}",
        hint="Name a team of the sources; run `deskpulse sync` if it is new.",
    )
