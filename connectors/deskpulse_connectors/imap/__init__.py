"""The IMAP connector. Set-up, mapping and limits: docs/connectors/imap.md."""

from __future__ import annotations

from deskpulse.hookspecs import hookimpl
from deskpulse_connectors.imap.connector import Imap


@hookimpl
def connectors() -> list[type[Imap]]:
    """Contribute the connector `imap`."""
    return [Imap]
