"""What tests of the Freshdesk connector share: a source on a server, and syncs into a real store."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from deskpulse.connector import Page
from deskpulse.errors import RecordRejected
from deskpulse.http.client import HttpClient
from deskpulse.http.redact import Redactor
from deskpulse.http.retry import Patience
from deskpulse.records import Record
from deskpulse.store import Store
from deskpulse.sync import SyncEngine, SyncReport
from deskpulse_connectors.freshdesk.connector import Freshdesk
from deskpulse_connectors.freshdesk.tickets import Reading
from deskpulse_connectors.simulators.freshdesk import FreshdeskSimulator
from support.clock import FakeClock

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
KEY = "an-invented-freshdesk-key"
STATUSES = {"8": "on_hold"}
READING = Reading(desk="https://acme.freshdesk.com", statuses=STATUSES)
OURS = {2: "open", 3: "pending", 4: "solved", 5: "closed", 6: "pending", 7: "on_hold", 8: "on_hold"}
"""What the simulator's statuses are with `STATUSES`."""


def config(domain: str = "acme", **settings: Any) -> Any:
    wide = {"requests_per_minute": 100_000, "lists_per_minute": 100_000}
    return Freshdesk.Config(domain=domain, **{"api_key": KEY, **wide, **settings})


@contextmanager
def source(
    domain: str, clock: FakeClock | None = None, *, attempts: int = 3, **settings: Any
) -> Iterator[Freshdesk]:
    """The connector as core would make it, over a real client; waits take no time."""
    clock = clock or FakeClock(NOW)
    made = config(domain, **settings)
    with HttpClient.for_connector(
        Freshdesk,
        made,
        source="desk",
        clock=clock,
        redactor=Redactor(),
        patience=Patience(attempts=attempts),
    ) as http:
        yield Freshdesk(made, http, clock, "desk")


def simulator(**options: Any) -> FreshdeskSimulator:
    """An account without limits."""
    return FreshdeskSimulator(**{"account_limit": 0, "list_limit": 0, **options})


@contextmanager
def signed(simulated: FreshdeskSimulator, **settings: Any) -> Iterator[Freshdesk]:
    """The connector on a simulated account, whose custom status has a meaning."""
    clock = FakeClock(simulated.clock.instant())
    settings = {"api_key": simulated.key, "statuses": STATUSES, **settings}
    with source(simulated.url, clock, **settings) as desk:
        yield desk


def sync(store: Store, simulated: FreshdeskSimulator, *streams: str, **settings: Any) -> SyncReport:
    """A sync of the simulated account through the real engine."""
    with signed(simulated, **settings) as desk:
        return SyncEngine(store, FakeClock(simulated.clock.instant())).run([desk], streams=streams)


def streams(connector: Freshdesk) -> dict[str, Any]:
    return {stream.name: stream for stream in connector.streams()}


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


def iso(epoch: float) -> str:
    return datetime.fromtimestamp(epoch, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def ticket(ident: int = 1, at: float = NOW.timestamp() - 7200, **fields: Any) -> dict[str, Any]:
    stats = fields.pop("stats", {})
    return {
        "id": ident,
        "subject": "Printer on fire",
        "status": 2,
        "priority": 2,
        "source": 1,
        "type": "Incident",
        "spam": False,
        "requester_id": 7,
        "responder_id": None,
        "group_id": None,
        "company_id": None,
        "product_id": None,
        "custom_fields": {},
        "tags": [],
        "due_by": None,
        "created_at": iso(at),
        "updated_at": iso(at),
        "stats": {"status_updated_at": iso(at), **stats},
        **fields,
    }


def said(ident: int, at: float, **fields: Any) -> dict[str, Any]:
    return {
        "id": ident,
        "body_text": "Hello",
        "incoming": False,
        "private": False,
        "user_id": 5,
        "source": 0,
        "created_at": iso(at),
        "updated_at": iso(at),
        **fields,
    }
