"""Registers the connector `files`: NDJSON, CSV and Parquet, own records, tables, event logs."""

from __future__ import annotations

from deskpulse.connector import Connector
from deskpulse.hookspecs import hookimpl
from deskpulse_connectors.files.connector import FilesConnector


@hookimpl
def connectors() -> list[type[Connector]]:
    """The connectors of this plugin."""
    return [FilesConnector]


__all__ = ["FilesConnector", "connectors"]
