"""The heartbeat: somebody else's clock notices when ours stands still."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx

from deskpulse.config.secrets import resolve
from deskpulse.errors import ConfigError

if TYPE_CHECKING:
    from deskpulse.app.workspace import Workspace

TIMEOUT_S = 10.0


def address(workspace: Workspace) -> str:
    """The address of `[schedule] heartbeat`, "" if there is none; raises `ConfigError`."""
    config = workspace.config
    where, found = config.document.where("schedule", "heartbeat"), config.schedule.heartbeat
    if found is None:
        return ""
    if not isinstance(found, str):
        found = resolve(found, where=where, base=config.base, environ=config.environ)
        workspace.redactor.add(found)
    if not found.startswith(("https://", "http://")):
        raise ConfigError(
            f"{where} is no web address",
            hint='Write heartbeat = { env = "HEARTBEAT_URL" }, or the address itself.',
        )
    return str(found)


def ping(workspace: Workspace) -> str:
    """Ask for the address; what went wrong in words, "" if nothing did (or there is none)."""
    url = address(workspace)
    if not url:
        return ""
    try:
        status = httpx.get(url, timeout=TIMEOUT_S).status_code
    except httpx.HTTPError as problem:  # its text may hold the address, which may be a secret
        return f"the heartbeat could not be sent: {type(problem).__name__}"
    return "" if status < 400 else f"the heartbeat was answered with status {status}"
