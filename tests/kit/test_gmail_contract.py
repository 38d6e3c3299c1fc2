"""The Gmail connector keeps the contract; `tests/tapes/record_gmail.py` recorded the tape."""

from datetime import UTC, datetime
from pathlib import Path

from deskpulse.testing import ConnectorContract
from deskpulse.testing.mutations import without_each_key
from deskpulse_connectors.gmail.connector import Gmail

TAPES = Path(__file__).parents[1] / "tapes"


class TestGmail(ConnectorContract):
    connector = Gmail
    config = {
        "access_token": "an-invented-access-token",
        "per_page": 4,
        "team": {"anna@acme.example": "Anna Berg", "ben@acme.example": "Ben Kaya"},
    }
    tape = TAPES / "gmail.json"
    ties = "Gmail's cursors are numbers of changes and tokens of pages, which no time can tie."
    now = datetime(2026, 1, 19, tzinfo=UTC)

    def test_no_key_is_quietly_optional(self):
        """All but one: that a page is the last one, Gmail says only by leaving out nextPageToken."""

        def without(exchange):
            return [each for each in without_each_key(exchange) if "'nextPageToken'" not in each[0]]

        self._demand_loud(without, keeps_cursor=True)
