"""What tests of the mail connectors share: a source on the simulator, synced into a real store."""

from contextlib import contextmanager
from typing import Any

from deskpulse.http.client import HttpClient
from deskpulse.http.redact import Redactor
from deskpulse.http.retry import Patience
from deskpulse.store import Store
from deskpulse.sync import SyncEngine
from deskpulse_connectors.gmail.connector import Gmail
from deskpulse_connectors.simulators.gmail import GmailSimulator
from support.clock import FakeClock

TEAM = {"anna@acme.example": "Anna Berg", "ben@acme.example": "Ben Kaya"}


def settings(simulator: GmailSimulator, **more: Any) -> Any:
    """Settings of a source on the simulator, signed in by refresh token unless told otherwise."""
    if "service_account" not in more:
        more = {**simulator.credentials, **more}
    return Gmail.Config(
        url=simulator.url,
        token_url=f"{simulator.url}/token",
        **{"team": TEAM, "per_page": 20, **more},
    )


@contextmanager
def source(simulator: GmailSimulator, *, attempts: int = 3, redactor: Any = None, **more: Any):
    """The connector as core would make it; its clock goes with the simulator's."""
    clock = FakeClock(simulator.clock.instant())
    made = settings(simulator, **more)
    with HttpClient.for_connector(
        Gmail,
        made,
        source="inbox",
        clock=clock,
        redactor=redactor or Redactor(),
        patience=Patience(attempts=attempts),
    ) as http:
        yield Gmail(made, http, clock, "inbox")


def sync(simulator: GmailSimulator, store: Store, *streams: str, **more: Any):
    """One sync into the store; the report by stream."""
    with source(simulator, **more) as inbox:
        report = SyncEngine(store, inbox.clock).run([inbox], streams=streams)
    return {each.stream: each for each in report.streams}


def held(store: Store) -> dict[str, Any]:
    """What the store holds of tickets that are not gone, in the shape of the simulator's truth."""
    from support.stores import rows

    alive = {row[0] for row in rows(store, "SELECT id FROM ticket WHERE removed_at IS NULL")}
    messages: dict[str, dict[str, Any]] = {}
    for each in store.all("message"):
        messages.setdefault(each.ticket_id, {})[each.id] = {
            "sent_at": int(each.sent_at.timestamp()),
            "author": each.author_id,
            "auto": each.auto,
        }
    return {
        each.id: {
            "subject": each.subject,
            "requester": each.requester_id,
            "assignee": each.assignee_id,
            "status": each.status,
            "created_at": int(each.created_at.timestamp()),
            "tags": each.tags,
            "messages": messages[each.id],
        }
        for each in store.all("ticket")
        if each.id in alive
    }
