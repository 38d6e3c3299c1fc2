from datetime import UTC, datetime
from pathlib import Path

from deskpulse_roundup import Roundup

from deskpulse.testing import ConnectorContract

HERE = Path(__file__).parent


class TestRoundup(ConnectorContract):
    connector = Roundup
    config = {
        "url": "https://bugs.acme.example",
        "username": "reader",
        "password": "an-invented-password",
        "agent_roles": ["Agent", "Admin"],
        "per_page": 3,
    }
    tape = HERE / "tape.json"
    ties = HERE / "ties.json"
    now = datetime(2026, 11, 22, 22, 48, 56, tzinfo=UTC)  # record.py says it
    overlap = 3  # the last second is read again: an issue, its question and its answer
