"""The Request Tracker connector. Set-up, mapping and limits: docs/connectors/request_tracker.md."""

from __future__ import annotations

from deskpulse.hookspecs import hookimpl
from deskpulse_connectors.request_tracker.connector import RequestTracker


@hookimpl
def connectors() -> list[type[RequestTracker]]:
    """Contribute the connector `request_tracker`."""
    return [RequestTracker]
