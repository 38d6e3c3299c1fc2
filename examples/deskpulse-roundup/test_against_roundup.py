"""The connector reads a real Roundup tracker into a real store."""

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from deskpulse_roundup import Roundup

from deskpulse.clock import SystemClock
from deskpulse.http.client import HttpClient
from deskpulse.http.redact import Redactor
from deskpulse.store import Store
from deskpulse.sync import SyncEngine
from deskpulse.testing import FrozenClock

pytest.importorskip("roundup", reason="no Roundup: pip install roundup")

from record import tell
from roundup_tracker import tracker


@pytest.fixture(scope="module")
def told():
    """A tracker with five issues; its reader lives five hours west of Greenwich."""
    with tracker() as running:
        yield running, tell(running)


@pytest.fixture
def roundup(told):
    return told[0]


@pytest.fixture
def hour(told):
    """When the five issues were asked."""
    return told[1]


@pytest.fixture
def store(tmp_path):
    opened = Store.open(f"sqlite:///{tmp_path}/store.db")
    yield opened
    opened.close()


def later(**more):
    """A clock for which all that was just done has settled."""
    return FrozenClock(datetime.now(UTC) + timedelta(minutes=5, **more))


@contextmanager
def source(roundup, clock, **settings):
    given = {"username": "reader", "password": roundup.password, "agent_roles": ["Agent"]}
    config = Roundup.Config(url=roundup.url, **{**given, **settings})
    with HttpClient.for_connector(
        Roundup, config, source="roundup", clock=clock, redactor=Redactor()
    ) as http:
        yield Roundup(config, http, clock, "roundup")


def sync(roundup, store, clock=None, **settings):
    """Sync once; gives the report of each stream."""
    clock = clock or later()
    with source(roundup, clock, **settings) as connector:
        return {each.stream: each for each in SyncEngine(store, clock).run([connector]).streams}


def held(store, kind):
    return {record.id: record for record in store.all(kind)}


def test_everything_arrives(roundup, hour, store):
    done = sync(roundup, store)
    assert {name: each.outcome for name, each in done.items()} == {"people": "ok", "issues": "ok"}
    tickets, messages = held(store, "ticket"), held(store, "message")
    assert " ".join(each.subject for each in tickets.values()) == "Printer Coffee Door Lamp Roof"
    assert (tickets["1"].status, tickets["5"].status) == ("solved", "new")
    assert tickets["1"].updated_at == hour + timedelta(minutes=61)
    assert len(messages) == 8
    assert {each.name for each in held(store, "agent").values()} == {"Ann", "Bob"}
    asked, told = (messages[ident] for ident in ("1", "2"))
    assert held(store, "customer")[asked.author_id].name == "Carl"
    assert held(store, "agent")[told.author_id].name == "Ann"


def test_more_changes_in_one_second_than_a_page_holds(roundup, hour, store):
    for issue in "12345":
        roundup.date("issue", issue, activity=hour)
    try:
        done = sync(roundup, store, per_page=2)
    finally:
        for issue in "12345":
            roundup.date("issue", issue, activity=hour + timedelta(minutes=60 + int(issue)))
    assert done["issues"].outcome == "ok"
    assert len(held(store, "ticket")) == 5


def test_without_news_each_stream_asks_once(roundup, store):
    sync(roundup, store)
    done = sync(roundup, store, per_page=1000)
    # the last second is read again, and with it the messages of its issue
    assert (done["people"].requests, done["issues"].requests) == (1, 2)
    assert all(each.rows.new == each.rows.changed == 0 for each in done.values())


def test_what_changes_is_read_and_observed(roundup, store):
    ident = roundup.create("issue", title="Window", status="unread")
    sync(roundup, store)
    letter = roundup.create("msg", author="bob", content="Done.")
    roundup.change("issue", ident, status="resolved", assignedto="bob", messages=[letter])
    before = datetime.now(UTC) - timedelta(seconds=60)
    done = sync(roundup, store)
    assert done["issues"].rows.changed == 1
    changes = {each.field: each for each in store.all("change") if each.ticket_id == ident}
    assert (changes["status"].old, changes["status"].new) == ("new", "solved")
    assert changes["assignee"].new == held(store, "message")[letter].author_id
    assert before < changes["status"].changed_at <= datetime.now(UTC)
    assert changes["status"].observed


def test_what_is_retired_is_gone_the_next_day(roundup, store):
    ident = roundup.create("issue", title="By mistake")
    sync(roundup, store)
    roundup.retire(f"issue{ident}")
    sync(roundup, store)
    assert not store.all("tombstone")
    sync(roundup, store, later(days=1))
    [stone] = store.all("tombstone")
    assert (stone.id, stone.reason) == (ident, "missing")


def test_a_message_that_is_retired_is_left_out(roundup, store):
    kept, gone = (roundup.create("msg", author="carl", content=text) for text in ("Hello", "Oops"))
    ident = roundup.create("issue", title="Gate", messages=[kept, gone])
    roundup.retire(f"msg{gone}")
    assert sync(roundup, store)["issues"].outcome == "ok"
    assert [each.id for each in store.all("message") if each.ticket_id == ident] == [kept]


def test_its_rate_limit_is_heeded(store):
    with tracker(web_api_calls_per_interval=4, web_api_interval_in_sec=4) as strict:
        for number in range(4):
            ident = strict.create("user", username=f"customer{number}", roles="User")
            strict.date("user", ident, activity=datetime.now(UTC) - timedelta(days=1))
        refused = rounds = 0
        while not refused and rounds < 20:  # a machine may be too slow to reach the limit
            rounds += 1
            store.forget_cursor("roundup", "people")
            done = sync(strict, store, SystemClock(), per_page=2)
            assert {each.outcome for each in done.values()} == {"ok"}
            refused = done["people"].rate_limited + done["issues"].rate_limited
    assert refused
    assert len(held(store, "customer")) == 4


def test_a_user_who_may_not_see_people_reads_issues_all_the_same(roundup, store):
    roundup.create("user", username="eve", roles="User", password="eve-sees-little")
    done = sync(roundup, store, username="eve", password="eve-sees-little")
    assert (done["people"].outcome, done["issues"].outcome) == ("failed", "ok")
    assert "user.activity" in done["people"].error


def test_a_wrong_password_pauses_the_source(roundup, store):
    done = sync(roundup, store, password="not-the-password")
    assert {each.outcome for each in done.values()} == {"paused"}
    assert "Invalid Login" in done["people"].error
