"""The Freshdesk connector keeps the contract; `tests/tapes/record_freshdesk.py` recorded the tapes."""

from datetime import UTC, datetime
from pathlib import Path

from deskpulse.testing import ConnectorContract
from deskpulse_connectors.freshdesk.connector import Freshdesk

TAPES = Path(__file__).parents[1] / "tapes"


class TestFreshdesk(ConnectorContract):
    connector = Freshdesk
    config = {
        "domain": "acme",
        "api_key": "an-invented-freshdesk-key",
        "requests_per_minute": 10_000,
        "lists_per_minute": 10_000,
        "per_page": 6,
        "activities": True,
        "start": "2026-03-01",
        "statuses": {"8": "on_hold"},
    }
    tape = TAPES / "freshdesk.json"
    ties = TAPES / "freshdesk-ties.json"
    now = datetime(2026, 3, 9, 1, 0, tzinfo=UTC)
    overlap = {
        "groups": 6,
        "agents": 6,
        "companies": 6,
        "sla_policies": 6,
        "business_hours": 6,
        "satisfaction_ratings": 6,
        "time_entries": 12,
    }
    """Lists that know no changes are read again: their first page, or what was made of late."""
