from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from deskpulse_connectors.simulators.zendesk import ZendeskSimulator


class Caller:
    """A client that keeps the vendor's rules, and walks exports to their end."""

    def __init__(self, simulator: ZendeskSimulator) -> None:
        self.simulator = simulator
        self.http = httpx.Client(base_url=simulator.url, timeout=5, verify=False)

    def get(self, path: str, **params: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.simulator.token}"}
        return self.http.get(f"/api/v2/{path}", params=params, headers=headers)

    def by_cursor(self, name: str, *, cursor: str | None = None, **params: Any) -> Any:
        """Every row from the start (or a cursor) on, and the last cursor."""
        rows: list[dict[str, Any]] = []
        place: dict[str, Any] = {"cursor": cursor} if cursor else {"start_time": 0}
        while True:
            body = self.get(f"incremental/{name}/cursor.json", **place, **params).json()
            rows += body[name]
            place = {"cursor": body["after_cursor"]}
            if body["end_of_stream"]:
                return rows, body["after_cursor"]

    def by_time(self, name: str, since: int = 0, **params: Any) -> list[dict[str, Any]]:
        """Every row from an instant on; the boundary rows come more than once."""
        rows: list[dict[str, Any]] = []
        while True:
            path = f"incremental/{name}.json"
            body = self.get(path, start_time=since, **params).json()
            assert body["count"] == len(body[name])
            rows += body[name]
            if body["end_of_stream"]:
                return rows
            assert body["end_time"] > since, "no way on"
            since = body["end_time"]

    def events(self) -> dict[int, dict[str, Any]]:
        """Every audit by id."""
        rows = self.by_time("ticket_events", include="comment_events")
        return {row["id"]: row for row in rows}


@pytest.fixture
def small() -> Iterator[ZendeskSimulator]:
    """Sixty tickets, no limits."""
    with ZendeskSimulator(tickets=60, budget=0, account_limit=0) as simulator:
        yield simulator


@pytest.fixture
def call(small: ZendeskSimulator) -> Iterator[Caller]:
    caller = Caller(small)
    with caller.http:
        yield caller


@pytest.fixture(scope="module")
def large() -> Iterator[ZendeskSimulator]:
    """1,500 tickets, shared by the tests of a module: each asks for the truth anew."""
    with ZendeskSimulator(tickets=1500, budget=0, account_limit=0) as simulator:
        yield simulator


@pytest.fixture
def call_large(large: ZendeskSimulator) -> Iterator[Caller]:
    caller = Caller(large)
    with caller.http:
        yield caller
