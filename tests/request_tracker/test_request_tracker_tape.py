"""The story of `support/request_tracker_story`, as a real server answered it once: no server needed."""

from pathlib import Path

import pytest
from sqlmodel import Session, select

from deskpulse.store import Store
from deskpulse.store.tables import TABLES
from deskpulse.sync import SyncEngine
from deskpulse.testing import Tape, frozen
from deskpulse.testing.bench import SOURCE, opened
from deskpulse_connectors.request_tracker.connector import RequestTracker

TAPE = Path(__file__).parents[1] / "tapes" / "request-tracker.json"
MINUTE = 60


@pytest.fixture(scope="module")
def synced(tmp_path_factory):
    """The store after a sync, and its report."""
    settings = RequestTracker.Config(
        url="https://rt.example.com",
        token="1-27-an-invented-token",
        per_page=12,
        requests_per_minute=100_000,
        fields={"Reason": "reason"},
        texts=True,
    )
    clock = frozen("2026-11-20T09:00Z")
    store = Store.open(f"sqlite:///{tmp_path_factory.mktemp('rt')}/rt.db", keep_bodies=True)
    with opened(RequestTracker, settings, Tape.load(TAPE).player(), clock) as connector:
        report = SyncEngine(store, clock).run([connector])
    yield store, report
    store.close()


@pytest.fixture(scope="module")
def rows(synced):
    """The stored rows of a kind."""
    store, _ = synced

    def of(kind):
        model = TABLES[kind].model
        with Session(store.engine) as session:
            return session.exec(select(model).where(model.source == SOURCE)).all()

    return of


@pytest.fixture(scope="module")
def tickets(rows):
    return {row.subject: row for row in rows("ticket")}


def changes(rows, ticket, field):
    found = [row for row in rows("change") if (row.ticket_id, row.field) == (ticket.id, field)]
    return [(row.old, row.new) for row in sorted(found, key=lambda row: (row.changed_at, row.seq))]


def test_everything_was_read(synced):
    _, report = synced
    assert [(each.stream, each.outcome) for each in report.streams] == [
        ("queues", "ok"),
        ("tickets", "ok"),
        ("history", "ok"),
    ]
    assert not any(each.rejected for each in report.streams)


def test_a_reopened_ticket_is_open_and_its_whole_course_is_there(rows, tickets):
    """It was resolved, opened by the customer's mail, resolved once more, and opened again."""
    ticket = tickets["Printer on fire"]
    assert (ticket.status, ticket.solved_at, ticket.reason) == ("open", None, "fire")
    assert changes(rows, ticket, "status") == [
        ("new", "open"),
        ("open", "solved"),
        ("solved", "open"),
        ("open", "solved"),
        ("solved", "open"),
    ]


def test_a_ticket_that_went_through_hands_and_queues(rows, tickets):
    ticket = tickets["Invoice äöü 🧾"]
    names = {row.id: row.name for row in (*rows("agent"), *rows("team"))}

    def named(field):
        return [tuple(map(names.get, pair)) for pair in changes(rows, ticket, field)]

    assert named("team") == [("Support", "Billing")]
    assert named("assignee") == [(None, "Ann Agent"), ("Ann Agent", "Bob Agent")]
    assert (ticket.status, names[ticket.assignee_id]) == ("pending", "Bob Agent")


def test_what_was_deleted_merged_and_restored(tickets):
    assert "Buy now" not in tickets, "it was gone before it was ever read"
    assert tickets["Printer on fire!!"].removed_reason == "merged"
    assert tickets["Printer on fire!!"].merged_into == tickets["Printer on fire"].id
    assert tickets["Deleted by mistake"].removed_reason is None
    assert tickets["Deleted by mistake"].status == "open"


def test_who_began_it(tickets):
    called, wrote = tickets["Called us"], tickets["Printer on fire"]
    assert (called.initiated_by, called.status) == ("agent", "closed")
    assert wrote.initiated_by == "customer"


def test_what_was_said_to_whom_and_by_what(rows, tickets):
    printer, invoice = tickets["Printer on fire"].id, tickets["Invoice äöü 🧾"].id
    said = [
        (row.body.strip(), row.public, row.auto)
        for row in sorted(rows("message"), key=lambda row: row.sent_at)
        if row.ticket_id in (printer, invoice)
    ]
    assert said == [
        ("It burns", True, False),
        ("Is it insured?", False, False),
        ("Use water", True, False),
        ("Still burns", True, False),
        ("Use more water", True, False),
        ("Too high", True, False),
        ("We look into it", True, False),
        ("Away", True, True),
    ]


def test_the_minutes_add_up_to_what_the_tickets_say(rows, tickets):
    """Seven and five were logged, and then corrected to ten."""
    spent = {}
    for row in rows("worklog"):
        spent[row.ticket_id] = spent.get(row.ticket_id, 0) + row.spent_s
    assert spent == {
        tickets["Printer on fire"].id: 10 * MINUTE,
        tickets["Called us"].id: 3 * MINUTE,
    }
