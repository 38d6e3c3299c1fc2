"""The connector keeps the contract; `tests/tapes/record_request_tracker.py` recorded the tape."""

from datetime import UTC, datetime
from pathlib import Path

from deskpulse.testing import ConnectorContract
from deskpulse_connectors.request_tracker.connector import RequestTracker


class TestRequestTracker(ConnectorContract):
    connector = RequestTracker
    config = {
        "url": "https://rt.example.com",
        "token": "1-27-an-invented-token",
        "per_page": 12,
        "requests_per_minute": 100_000,
        "fields": {"Reason": "reason"},
        "texts": True,
    }
    tape = Path(__file__).parents[1] / "tapes" / "request-tracker.json"
    ties = "The cursors are ids, which no two tickets and no two transactions share."
    now = datetime(2026, 11, 20, 9, tzinfo=UTC)
    overlap = 8  # the people of a page come again after a restart, since they are told once a run
