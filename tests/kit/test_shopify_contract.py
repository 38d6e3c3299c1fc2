"""The Shopify connector keeps the contract; `tests/tapes/record_shopify.py` recorded the tapes."""

from datetime import UTC, datetime
from pathlib import Path

from deskpulse.testing import ConnectorContract
from deskpulse_connectors.shopify.connector import Shopify

TAPES = Path(__file__).parents[1] / "tapes"
CONFIG = {"url": "https://acme.myshopify.com", "access_token": "shpat_an_invented_token"}


class TestShopifyExport(ConnectorContract):
    connector = Shopify
    config = CONFIG
    tape = TAPES / "shopify-bulk.json"
    ties = "An export has no order, and pages have a cursor that names instant and number."
    harmless = {"bulkOperationRunQuery": "It runs a query and writes what it finds to a file."}
    now = datetime(2026, 3, 16, 0, 3, tzinfo=UTC)


class TestShopifyPages(ConnectorContract):
    connector = Shopify
    config = {**CONFIG, "backfill": "pages", "page_size": 6}
    tape = TAPES / "shopify-pages.json"
    ties = "The vendor's cursor names instant and number, so a page may end within one instant."
    now = datetime(2026, 3, 16, 0, 3, tzinfo=UTC)
    overlap = 2
