"""The Shopify connector. Set-up, mapping and limits: docs/connectors/shopify.md."""

from __future__ import annotations

from deskpulse.hookspecs import hookimpl
from deskpulse_connectors.shopify.connector import Shopify


@hookimpl
def connectors() -> list[type[Shopify]]:
    """Contribute the connector `shopify`."""
    return [Shopify]
