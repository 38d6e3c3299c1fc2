"""The Zendesk Support connector. Set-up, mapping and limits: docs/connectors/zendesk.md."""

from __future__ import annotations

from deskpulse.hookspecs import hookimpl
from deskpulse_connectors.zendesk.connector import Zendesk


@hookimpl
def connectors() -> list[type[Zendesk]]:
    """Contribute the connector `zendesk`."""
    return [Zendesk]
