"""What tests of the Zendesk connector share: a source on a scripted server, and rows in its shape."""

import json
import os
from collections.abc import Iterable
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from deskpulse.connector import Page
from deskpulse.errors import RecordRejected
from deskpulse.http.client import HttpClient
from deskpulse.http.redact import Redactor
from deskpulse.http.retry import Patience
from deskpulse.records import Record
from deskpulse_connectors.zendesk.connector import Zendesk
from deskpulse_connectors.zendesk.tickets import Reading
from support.clock import FakeClock
from support.server import Reply, Request, json_

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
EPOCH = int(NOW.timestamp())
SHARED = Path(os.environ.get("DESKPULSE_SHARED") or Path(__file__).parents[2].parent / "shared")
READING = Reading(desk="https://acme.zendesk.com")


def config(url: str = "https://acme.zendesk.com", **settings: Any) -> Any:
    """Settings of a source at `url`, signed in with an access token unless told otherwise."""
    if not {"client_id", "api_token", "access_token"} & set(settings):
        settings["access_token"] = "secret-token-1"
    return Zendesk.Config(url=url, **settings)


@contextmanager
def source(url: str, clock: FakeClock | None = None, *, attempts: int = 3, **settings: Any):
    """The connector as core would make it, over a real client; waits take no time."""
    clock = clock or FakeClock(NOW)
    settings.setdefault("export_per_minute", 1000)
    settings.setdefault("requests_per_minute", 10_000)
    made = config(url, **settings)
    with HttpClient.for_connector(
        Zendesk,
        made,
        source="desk",
        clock=clock,
        redactor=Redactor(),
        patience=Patience(attempts=attempts),
    ) as http:
        yield Zendesk(made, http, clock, "desk")


def parse_all(stream: Any, pages: Iterable[Page]) -> tuple[list[Record], list[str]]:
    """The records of pages, and why rows were refused."""
    records: list[Record] = []
    refused: list[str] = []
    for page in pages:
        for raw in page.records:
            try:
                records += as_list(stream.parse(raw))
            except RecordRejected as problem:
                refused.append(problem.message)
    return records, refused


def as_list(parsed: Any) -> list[Record]:
    if parsed is None:
        return []
    return [parsed] if isinstance(parsed, Record) else list(parsed)


def streams(connector: Zendesk) -> dict[str, Any]:
    return {stream.name: stream for stream in connector.streams()}


def fixture(folder: str, name: str) -> Any:
    """A file of the outside data; skips with the reason where it is missing."""
    path = SHARED / "fixtures" / folder / name
    if not path.exists():
        pytest.skip(f"outside data is missing: {path} (set DESKPULSE_SHARED)")
    return json.loads(path.read_text()) if path.suffix == ".json" else path.read_text()


def iso(epoch: int) -> str:
    return datetime.fromtimestamp(epoch, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def ticket(ident: int = 101, at: int = EPOCH - 7200, **fields: Any) -> dict[str, Any]:
    return {
        "id": ident,
        "via": {"channel": "email", "source": {"from": {}, "to": {}, "rel": None}},
        "created_at": iso(at),
        "updated_at": iso(at),
        "generated_timestamp": at,
        "type": "incident",
        "subject": "Printer on fire",
        "description": "first comment text",
        "priority": "normal",
        "status": "open",
        "custom_status_id": 55,
        "requester_id": 1,
        "submitter_id": 1,
        "assignee_id": 2,
        "organization_id": None,
        "group_id": 3,
        "due_at": None,
        "tags": ["x"],
        "custom_fields": [],
        "fields": [],
        "satisfaction_rating": {"score": "unoffered"},
        "brand_id": 8,
        **fields,
    }


def audit(
    ident: int = 6, at: int = EPOCH - 7200, *children: dict[str, Any], **fields: Any
) -> dict[str, Any]:
    return {
        "id": ident,
        "ticket_id": 101,
        "timestamp": at,
        "created_at": iso(at),
        "updater_id": 2,
        "via": "Web form",
        "system": {},
        "event_type": "Audit",
        "child_events": list(children),
        **fields,
    }


def comment(ident: int = 5, **fields: Any) -> dict[str, Any]:
    return {
        "id": ident,
        "type": "Comment",
        "author_id": 1,
        "body": "Hello",
        "public": True,
        "via": {"channel": "email", "source": {}},
        "event_type": "Comment",
        **fields,
    }


def change(ident: int, field: str, new: Any, old: Any = None, **more: Any) -> dict[str, Any]:
    return {
        "id": ident,
        "via": "Web form",
        "via_reference_id": None,
        field: new,
        "previous_value": old,
        "event_type": "Change",
        **more,
    }


def cursor_page(key: str, rows: list[Any], after: str | None, *, end: bool) -> Reply:
    return json_(
        {
            key: rows,
            "after_url": f"https://acme.zendesk.com/next?cursor={after}",
            "after_cursor": after,
            "before_url": None,
            "before_cursor": None,
            "end_of_stream": end,
        }
    )


def time_page(key: str, rows: list[Any], end_time: int | None, *, end: bool) -> Reply:
    return json_(
        {
            key: rows,
            "count": len(rows),
            "end_time": end_time,
            "next_page": f"https://acme.zendesk.com/next?start_time={end_time}",
            "end_of_stream": end,
        }
    )


class TimeExport:
    """A vendor's time export over given rows: inclusive start, never splits a second unless told.

    `split`: a page is cut within a second too, as the organizations' export does it.
    """

    def __init__(self, key: str, rows: list[Any], time_of: Any, *, split: bool = False) -> None:
        self.key, self.time_of, self.split = key, time_of, split
        self.rows = sorted(rows, key=time_of)
        self.limit = 1000

    def __call__(self, request: Request) -> Reply:
        start = int(request.query["start_time"][0])
        size = min(int(request.query.get("per_page", ["1000"])[0]), self.limit)
        later = [row for row in self.rows if self.time_of(row) >= start]
        page = later[:size]
        if not self.split and page:
            page = [row for row in later if self.time_of(row) <= self.time_of(page[-1])]
        end_time = self.time_of(page[-1]) if page else None
        return time_page(self.key, page, end_time, end=len(page) == len(later))
