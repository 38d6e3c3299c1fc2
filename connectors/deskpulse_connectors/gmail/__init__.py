"""The Gmail connector. Set-up, mapping and limits: docs/connectors/gmail.md."""

from __future__ import annotations

from deskpulse.hookspecs import hookimpl
from deskpulse_connectors.gmail.connector import Gmail


@hookimpl
def connectors() -> list[type[Gmail]]:
    """Contribute the connector `gmail`."""
    return [Gmail]
