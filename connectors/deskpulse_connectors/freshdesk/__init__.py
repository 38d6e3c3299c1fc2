"""The Freshdesk connector. Set-up, mapping and limits: docs/connectors/freshdesk.md."""

from __future__ import annotations

from deskpulse.hookspecs import hookimpl
from deskpulse_connectors.freshdesk.connector import Freshdesk


@hookimpl
def connectors() -> list[type[Freshdesk]]:
    """Contribute the connector `freshdesk`."""
    return [Freshdesk]
