"""A sync as deskpulse does it: the real engine, HTTP client, connector and store."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Any

from deskpulse.http.client import HttpClient
from deskpulse.http.redact import Redactor
from deskpulse.records import KINDS
from deskpulse.store import Store
from deskpulse.sync import SyncEngine
from deskpulse_connectors.zendesk.connector import Zendesk


def sync(url: str, token: str, now: float, database: str) -> dict[str, int]:
    """Everything once; the rows stored by kind."""
    clock = SimulatedClock(now)
    settings = Zendesk.Config(
        url=url, access_token=token, export_per_minute=1000, requests_per_minute=100_000
    )
    options: dict[str, Any] = {"source": "desk", "clock": clock, "redactor": Redactor()}
    store = Store.open(f"sqlite:///{database}")
    with HttpClient.for_connector(Zendesk, settings, **options) as http:
        report = SyncEngine(store, clock).run([Zendesk(settings, http, clock, "desk")])
    assert report.exit_code == 0, report.to_json()
    counted = {kind: store.count(kind) for kind in KINDS}
    store.close()
    return {kind: count for kind, count in counted.items() if count}


class SimulatedClock:
    """The desk's present, which stands still; waits are real."""

    def __init__(self, now: float) -> None:
        self._now = datetime.fromtimestamp(now, UTC)

    def now(self) -> datetime:
        """The same each time."""
        return self._now

    def monotonic(self) -> float:
        """Real seconds."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait in real time."""
        time.sleep(seconds)
