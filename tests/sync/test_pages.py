"""Page by page: progress, counts, bad records, and the thread that fetches ahead."""

import threading
import time

import pytest

from deskpulse.connector import Page
from deskpulse.http.pause import Stopped
from deskpulse.records import Change, Ticket
from deskpulse.store import Store
from deskpulse.sync import SyncEngine
from deskpulse.sync.prefetch import AHEAD, prefetch
from support.connectors import Scripted, pages, to_ticket
from support.stores import DAY_1


@pytest.fixture
def sync(sqlite_store, clock):
    """Syncs one scripted source; returns the report of its only stream."""

    def run(**streams):
        [report] = SyncEngine(sqlite_store, clock).run([Scripted(**streams)]).streams
        return report

    return run


def tickets(*ids):
    return [{"id": str(ident)} for ident in ids]


# --- progress -------------------------------------------------------------------------------


def test_a_stream_that_goes_round_in_circles_is_stopped(sync, sqlite_store):
    served = []

    def circles(cursor):
        for _ in range(1_000):
            served.append(1)
            yield Page(tickets(1, 2), "same")

    report = sync(tickets=circles)
    assert report.outcome == "failed"
    assert "makes no progress" in report.error
    assert len(served) < 10


def test_a_boundary_that_is_read_again_is_no_circle(sync, sqlite_store):
    """An inclusive `updated_since` repeats the boundary record on every poll."""
    sync(tickets=lambda cursor: iter([Page(tickets(1, 2), "2026-01-01")]))
    report = sync(tickets=lambda cursor: iter([Page(tickets(2), "2026-01-01")]))
    assert (report.outcome, report.rows.unchanged) == ("ok", 1)


def test_within_a_tie_only_the_last_page_moves_the_cursor(sync, sqlite_store):
    def pull(cursor):
        yield Page(tickets(1, 2), "T0")
        yield Page(tickets(3, 4), "T0")
        yield Page(tickets(5), "T1")

    assert sync(tickets=pull).outcome == "ok"
    assert sqlite_store.count("ticket") == 5


def test_empty_pages_and_pages_without_a_cursor_are_no_circle(sync):
    def pull(cursor):
        yield Page([], "a")
        yield Page([], "a")
        yield Page(tickets(1), None)
        yield Page(tickets(2), None)

    assert sync(tickets=pull).outcome == "ok"


def test_a_vendor_that_counts_more_than_it_sent(sync, sqlite_store):
    report = sync(tickets=pages([1], Page(tickets(2), "2", vendor_count=5)))
    assert report.outcome == "failed"
    assert "says it sent 5 records, 1 arrived" in report.error
    assert sqlite_store.position("desk", "tickets").cursor == "1"


def test_counts_that_agree_add_up(sync):
    report = sync(tickets=pages(Page(tickets(1, 2), "1", 2), Page(tickets(3), "2", 1)))
    assert (report.outcome, report.vendor_count, report.records) == ("ok", 3, 3)


# --- bad records ----------------------------------------------------------------------------

BAD = [
    {},
    {"id": None},
    {"id": "x", "created_at": "9999-12-31T00:00:00Z"},
    {"id": "x", "created_at": "1969-12-31T23:59:59Z"},
    {"id": "x", "created_at": "2026-01-01T00:00:00"},
    {"id": "x", "status": "sleeping"},
    {"id": "x", "surprise": 1},
    "not an object",
    None,
    7,
]


@pytest.mark.parametrize("bad", BAD, ids=repr)
def test_one_bad_record_is_kept_aside_and_the_page_goes_on(sync, sqlite_store, bad):
    report = sync(tickets=pages(Page([*tickets(1), bad, *tickets(2)], "1")))
    assert (report.outcome, report.rejected, report.rows.new) == ("partial", 1, 2)
    assert report.first_error
    assert "deskpulse db rejected" in report.hint
    assert sqlite_store.count("ticket") == 2
    [kept] = sqlite_store.rejected("desk")
    assert kept["error"] == report.first_error
    assert kept["raw"] is None  # it may hold what a customer wrote


def test_the_reason_names_record_and_field(sync):
    report = sync(tickets=pages(Page([{"id": "77", "status": "sleeping"}], "1")))
    assert "ticket 77: status" in report.first_error
    assert "'new', 'open'" in report.first_error


def test_the_raw_record_is_kept_where_texts_are_kept(sqlite_store, clock):
    store = Store(sqlite_store.engine, keep_bodies=True)
    SyncEngine(store, clock).run([Scripted(tickets=pages(Page([{"surprise": 1}], "1")))])
    [kept] = store.rejected()
    assert kept["raw"] == '{"surprise":1}'


def test_a_page_that_is_mostly_bad_means_another_shape(sync, sqlite_store):
    page = Page([*tickets(1, 2, 3, 4), *({"other": n} for n in range(8))], "2")
    report = sync(tickets=pages([9], page))
    assert report.outcome == "failed"
    assert "8 of 12 records of tickets cannot be read; the first: " in report.error
    assert sqlite_store.count("ticket") == 1
    assert sqlite_store.position("desk", "tickets").cursor == "1"


def test_half_bad_or_a_small_page_goes_on(sync):
    half = Page([*tickets(*range(6)), *({"other": n} for n in range(6))], "1")
    assert sync(tickets=pages(half)).outcome == "partial"
    assert sync(people=pages(Page([{"other": 1}, {"other": 2}], "1"))).outcome == "partial"


def test_a_tolerant_stream_goes_on_whatever_its_records_are(sync):
    page = Page([{"other": n} for n in range(50)], "1")
    report = sync(rows={"pull": pages(page), "tolerant": True})
    assert (report.outcome, report.rejected) == ("partial", 50)


def test_all_records_of_one_raw_record_or_none(sync, sqlite_store):
    def parse(raw):
        yield to_ticket({"id": raw["id"]})
        yield Change.read(
            {"id": "c", "ticket_id": raw["id"], "changed_at": raw["at"], "field": "status"}
        )

    rows = [{"id": "1", "at": DAY_1}, {"id": "2"}]
    report = sync(tickets={"pull": pages(Page(rows, "1")), "parse": parse})
    assert (report.rejected, sqlite_store.count("ticket")) == (1, 1)


@pytest.mark.parametrize("nothing", [None, [], ()])
def test_a_raw_record_may_be_nothing_to_us(sync, nothing):
    report = sync(tickets={"pull": pages([1]), "parse": lambda raw: nothing})
    assert (report.outcome, report.records, report.rows.new) == ("ok", 1, 0)


def test_a_parser_that_returns_something_else_is_a_fault(sync, sqlite_store):
    report = sync(tickets={"pull": pages([1]), "parse": lambda raw: [raw]})
    assert report.rejected == 1 or report.outcome == "failed"
    assert sqlite_store.count("ticket") == 0


def test_an_observed_stream_writes_the_history_that_the_vendor_does_not_keep(sync, sqlite_store):
    for status in ("new", "open"):
        row = {"id": "1", "status": status}
        sync(tickets={"pull": lambda c, r=row: iter([Page([r], None)]), "history": "observed"})
    [change] = sqlite_store.all("change")
    assert (change.field, change.old, change.new) == ("status", "new", "open")
    assert change.observed is True


def test_a_ticket_is_a_record(sync, sqlite_store):
    made = Ticket.read({"id": "1", "created_at": DAY_1})
    sync(tickets={"pull": pages([1]), "parse": lambda raw: made})
    assert sqlite_store.get("ticket", "desk", ["1"])["1"].created_at == DAY_1


# --- the thread that fetches ahead ----------------------------------------------------------


def pulling():
    return [t for t in threading.enumerate() if t.name.startswith("pull ")]


def test_it_fetches_ahead_but_not_far():
    made = []

    def produce():
        for number in range(100):
            made.append(number)
            yield Page([number], str(number))

    ahead = prefetch(produce(), "test", threading.Event())
    assert next(ahead).records == [0]
    time.sleep(0.3)
    # one with the consumer, AHEAD waiting, one in the fetching thread's hand
    assert 2 <= len(made) <= 1 + AHEAD + 1
    ahead.close()


def test_the_order_stays_and_the_end_is_the_end():
    made = [Page([n], str(n)) for n in range(20)]
    assert list(prefetch(iter(made), "test", threading.Event())) == made
    assert pulling() == []


def test_an_error_comes_in_its_place():
    def produce():
        yield Page([1], "1")
        raise KeyError("missing")

    ahead = prefetch(produce(), "test", threading.Event())
    assert next(ahead).cursor == "1"
    with pytest.raises(KeyError, match="missing"):
        next(ahead)
    assert pulling() == []


def test_it_stops_with_its_consumer_and_closes_the_connectors_generator():
    closed = []

    def produce():
        try:
            while True:
                yield Page([1], "1")
        finally:
            closed.append(threading.current_thread().name)

    ahead = prefetch(produce(), "test", threading.Event())
    next(ahead)
    ahead.close()
    assert closed == ["pull test"]
    assert pulling() == []


def test_a_request_that_hangs_keeps_nobody_from_stopping():
    hanging, halt = threading.Event(), threading.Event()

    def produce():
        yield Page([1], "1")
        hanging.wait(20)

    ahead = prefetch(produce(), "test", halt)
    next(ahead)
    halt.set()
    with pytest.raises(Stopped):
        next(ahead)
    hanging.set()


def test_no_thread_survives_a_stream_that_fails(sync):
    def endless(cursor):
        number = 0
        while True:
            number += 1
            yield Page(tickets(number), str(number), vendor_count=99)

    assert sync(tickets=endless).outcome == "failed"
    assert pulling() == []
