"""The Zendesk connector keeps the contract; `tests/tapes/record_zendesk.py` recorded the tapes."""

from datetime import UTC, datetime
from pathlib import Path

from deskpulse.testing import ConnectorContract
from deskpulse_connectors.zendesk.connector import Zendesk

TAPES = Path(__file__).parents[1] / "tapes"


class TestZendesk(ConnectorContract):
    connector = Zendesk
    config = {
        "url": "https://acme.zendesk.com",
        "access_token": "an-invented-access-token",
        "per_page": 8,
        "export_per_minute": 1000,
        "requests_per_minute": 10_000,
        "talk": True,
        "chat": True,
    }
    tape = TAPES / "zendesk.json"
    ties = TAPES / "zendesk-ties.json"
    now = datetime(2026, 3, 16, 0, 1, 1, tzinfo=UTC)
    overlap = {"satisfaction_ratings": 10}
