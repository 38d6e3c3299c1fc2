"""The connector as core makes it, on a real or a scripted Request Tracker."""

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from deskpulse.errors import RecordRejected
from deskpulse.http.client import HttpClient
from deskpulse.http.redact import Redactor
from deskpulse.http.retry import Patience
from deskpulse_connectors.request_tracker.connector import RequestTracker
from support.clock import FakeClock

TOKEN = "1-27-an-invented-token"
URL = "https://rt.example.com"


def later() -> FakeClock:
    """A clock for which everything that was just done is settled."""
    return FakeClock(datetime.now(UTC) + timedelta(minutes=5))


@contextmanager
def source(
    url: str = URL,
    *,
    clock: FakeClock | None = None,
    transport: httpx.BaseTransport | None = None,
    attempts: int = 3,
    **settings: Any,
):
    """The connector over a real client; waits take no time."""
    clock = clock or later()
    if "password" not in settings:
        settings.setdefault("token", TOKEN)
    config = RequestTracker.Config(url=url, requests_per_minute=100_000, **settings)
    with HttpClient.for_connector(
        RequestTracker,
        config,
        source="rt",
        clock=clock,
        redactor=Redactor(),
        patience=Patience(attempts=attempts),
        transport=transport,
    ) as http:
        yield RequestTracker(config, http, clock, "rt")


class Copy:
    """What a sync would hold: records by kind and id, and the cursor of each stream."""

    def __init__(self):
        self.kept = {}
        self.cursors = {}
        self.pages = {}
        self.rejected = []

    def pull(self, connector, *names):
        for stream in connector.streams():
            if names and stream.name not in names:
                continue
            pages = self.pages[stream.name] = []
            for page in stream.pull(self.cursors.get(stream.name)):
                pages.append(page)
                for raw in page.records:
                    try:
                        for record in list(stream.parse(raw)):
                            self.of(record.kind_name)[record.id] = record
                    except RecordRejected as problem:
                        self.rejected.append(problem.message)
                self.cursors[stream.name] = page.cursor
        return self

    def of(self, kind):
        return self.kept.setdefault(kind, {})
