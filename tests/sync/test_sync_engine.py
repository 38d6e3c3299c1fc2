"""The sync engine: what each outcome is, and that one source never stops another."""

import threading
from datetime import UTC, datetime

import pytest

from deskpulse.clock import to_micros
from deskpulse.connector import Page
from deskpulse.errors import (
    AuthRejected,
    CursorExpired,
    RateLimited,
    RequestRefused,
    SourceChanged,
    SourceUnavailable,
    StreamForbidden,
)
from deskpulse.leases import Leases
from deskpulse.sync import SyncEngine
from support.clock import FakeClock
from support.connectors import Scripted, pages
from support.stores import DAY_2, rows


@pytest.fixture
def engine(store, clock):
    return SyncEngine(store, clock)


def only(report):
    [stream] = report.streams
    return stream


def test_a_sync_reads_to_the_end_and_says_what_it_did(engine, store, clock):
    source = Scripted(tickets=pages([1, 2], Page([{"id": "3"}], "2", 1, DAY_2)))
    report = engine.run([source])
    stream = only(report)
    assert (stream.outcome, stream.pages, stream.records, stream.rejected) == ("ok", 2, 3, 0)
    assert (stream.rows.new, stream.rows.changed) == (3, 0)
    assert (stream.vendor_count, stream.complete_to) == (1, DAY_2)
    assert report.exit_code == 0
    assert report.to_json()["outcome"] == "ok"
    position = store.position("desk", "tickets")
    assert (position.cursor, position.complete_to) == ("2", DAY_2)
    assert position.caught_up_at == clock.now()


def test_the_next_sync_goes_on_from_the_cursor(engine, store):
    source = Scripted(tickets=pages([1], [2]))
    engine.run([source])
    source.scripts["tickets"].pull = pages([1], [2], [3])
    stream = only(engine.run([source]))
    assert source.scripts["tickets"].asked == [None, "2"]
    assert (stream.records, store.count("ticket")) == (1, 3)


def test_without_a_word_of_the_vendor_all_is_known_up_to_the_beginning(engine, store, clock):
    began = clock.now()

    def pull(cursor):
        clock.advance(60)
        yield Page([{"id": "1"}], None)

    engine.run([Scripted(tickets=pull)])
    assert store.position("desk", "tickets").complete_to == began


def test_the_run_report_is_kept(engine, store):
    engine.run([Scripted(tickets=pages([1], SourceUnavailable("no answer")), people=pages(["p"]))])
    found = rows(store, "SELECT stream, outcome, error, hint, detail FROM sync_run ORDER BY id")
    assert [row[:3] for row in found] == [
        ("tickets", "waiting", "no answer"),
        ("people", "ok", ""),
    ]
    assert "same place" in found[0][3]
    assert '"pages":1' in found[0][4]


# --- errors, each by what it means ----------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (SourceUnavailable("no answer"), "waiting"),
        (RateLimited("patience", retry_after=30), "waiting"),
        (SourceChanged("another shape"), "failed"),
        (RequestRefused("400"), "failed"),
        (StreamForbidden("403"), "failed"),
        (ZeroDivisionError("a fault"), "failed"),
    ],
)
def test_after_an_error_the_cursor_stays_and_the_other_streams_go_on(engine, store, error, outcome):
    report = engine.run([Scripted(tickets=pages([1], error, [2]), people=pages(["p"]))])
    tickets, people = report.streams
    assert (tickets.outcome, people.outcome) == (outcome, "ok")
    assert tickets.error
    assert tickets.hint
    assert store.position("desk", "tickets").cursor == "1"
    assert store.position("desk", "tickets").caught_up_at is None
    assert store.count("ticket") == 2
    assert report.exit_code == 1


def test_a_rate_limit_says_how_long(engine):
    stream = only(engine.run([Scripted(tickets=pages(RateLimited("wait", retry_after=90)))]))
    assert stream.retry_after_s == 90


def test_refused_credentials_pause_the_rest_of_the_source(engine):
    report = engine.run(
        [
            Scripted("a", tickets=pages(AuthRejected("401")), people=pages(["p"])),
            Scripted("b", tickets=pages([1])),
        ]
    )
    assert [(s.source, s.stream, s.outcome) for s in report.streams] == [
        ("a", "tickets", "paused"),
        ("b", "tickets", "ok"),
    ]
    assert "deskpulse check" in report.streams[0].hint
    assert report.exit_code == 1


def test_a_stream_that_is_not_granted_is_skipped_if_it_is_not_essential(engine):
    ratings = {"pull": pages(StreamForbidden("not on this plan")), "essential": False}
    report = engine.run([Scripted(ratings=ratings, tickets=pages([1]))])
    assert [s.outcome for s in report.streams] == ["skipped", "ok"]
    assert report.streams[0].error == "not on this plan"
    assert report.exit_code == 0


def test_an_expired_cursor_starts_the_stream_anew_and_loses_nothing(engine, store):
    source = Scripted(tickets=pages([1], [2]))
    engine.run([source])
    later = pages([1], [2], [3])

    def forgetful(cursor):
        if cursor == "2":
            raise CursorExpired("unknown cursor")
        yield from later(cursor)

    source.scripts["tickets"].pull = forgetful
    stream = only(engine.run([source]))
    assert source.scripts["tickets"].asked == [None, "2", None]
    assert (stream.outcome, stream.rows.new, stream.rows.unchanged) == ("ok", 1, 2)
    assert store.position("desk", "tickets").cursor == "3"


def test_a_cursor_that_always_expires_fails_instead_of_looping(engine):
    source = Scripted(tickets=pages(CursorExpired("never heard of it")))
    assert only(engine.run([source])).outcome == "failed"
    assert source.scripts["tickets"].asked == [None, None]


def test_nothing_worked(engine):
    report = engine.run([Scripted(tickets=pages(SourceUnavailable("down")))])
    assert report.exit_code == 3
    assert report.to_json()["outcome"] == "failed"


def test_a_stream_that_is_not_granted_is_no_work_done(engine):
    ratings = {"pull": pages(StreamForbidden("not on this plan")), "essential": False}
    source = Scripted(ratings=ratings, tickets=pages(StreamForbidden("not for you")))
    report = engine.run([source])
    assert [s.outcome for s in report.streams] == ["skipped", "failed"]
    assert report.exit_code == 3


# --- sources side by side -------------------------------------------------------------------


class Broken(Scripted):
    def streams(self):
        raise RuntimeError("the plugin is broken")


def test_a_source_that_crashes_does_not_stop_the_others(engine, store):
    report = engine.run([Broken("a"), Scripted("b", tickets=pages([1]))])
    assert [(s.source, s.outcome) for s in report.streams] == [("a", "failed"), ("b", "ok")]
    assert "RuntimeError: the plugin is broken" in report.streams[0].error
    assert store.count("ticket", "b") == 1


def test_sources_are_read_at_the_same_time(engine):
    meeting = threading.Barrier(3, timeout=10)

    def pull(cursor):
        meeting.wait()
        yield Page([], None)

    report = engine.run([Scripted(name, tickets=pull) for name in "abc"])
    assert [s.outcome for s in report.streams] == ["ok"] * 3


def test_a_second_sync_of_the_same_source_is_told_who_is_at_it(engine, store):
    with Leases(store.engine, "another process").hold("source:desk"):
        report = engine.run([Scripted(tickets=pages([1])), Scripted("b", tickets=pages([1]))])
    refused, other = report.streams
    assert (refused.outcome, other.outcome) == ("waiting", "ok")
    assert "another process" in refused.error
    assert "on its own" in refused.hint
    assert store.count("ticket", "desk") == 0


def test_a_sync_whose_lease_was_taken_writes_no_more(engine, store):
    from sqlalchemy import text

    def pull(cursor):
        yield Page([{"id": "1"}], "1")
        with store.writing() as connection:
            connection.execute(text("UPDATE lease SET token = token + 1, holder = 'thief'"))
        yield Page([{"id": "2"}], "2")

    report = engine.run([Scripted(tickets=pull, people=pages(["p"]))])
    assert report.streams[0].outcome == "waiting"
    assert "went to another process" in report.streams[0].error
    assert store.count("ticket") <= 1


def test_the_lease_is_given_back(engine, store):
    for _ in range(2):
        assert only(engine.run([Scripted(tickets=pages([1]))])).outcome == "ok"


def test_no_sources_is_no_work(engine):
    assert engine.run([]).exit_code == 0


# --- what to read, and when to stop ---------------------------------------------------------


def test_only_the_streams_that_are_asked_for(engine):
    def names(report):
        return [s.stream for s in report.streams]

    source = Scripted(a=pages([1]), b=pages([2]), c=pages([3]))
    assert names(engine.run([source], streams=["b"])) == ["b"]
    assert names(engine.run([source], limits={"desk": ["a", "c"]})) == ["a", "c"]
    assert names(engine.run([source], streams=["b", "c"], limits={"desk": ["a", "c"]})) == ["c"]
    assert names(engine.run([source], streams=["b"], limits={"desk": ["a"]})) == []


def test_stopping_ends_after_the_page_that_is_being_stored(store, clock):
    stop = threading.Event()

    def pull(cursor):
        for number in range(1, 100):
            yield Page([{"id": str(number)}], str(number))

    class StopAtThree:
        stored = 0

        def started(self, *_):
            pass

        ended = started

        def page(self, *_):
            self.stored += 1
            if self.stored == 3:
                stop.set()

    engine = SyncEngine(store, clock, StopAtThree(), stop)
    report = engine.run([Scripted(tickets=pull, people=pages(["p"]))])
    assert [(s.stream, s.outcome) for s in report.streams] == [("tickets", "stopped")]
    assert store.position("desk", "tickets").cursor == "3"
    assert report.exit_code == 1
    stop.clear()
    assert engine.run([Scripted(tickets=pages())]).exit_code == 0


def test_progress_is_told(store, clock):
    told = []

    class Progress:
        def started(self, source, stream):
            told.append(("started", source, stream))

        def page(self, source, stream, records, note):
            told.append(("page", records, note))

        def ended(self, source, stream, outcome):
            told.append(("ended", outcome))

    until = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
    SyncEngine(store, clock, Progress()).run(
        [Scripted(tickets=pages([1, 2], Page([], "2", None, until)))]
    )
    assert told == [
        ("started", "desk", "tickets"),
        ("page", 2, ""),
        ("page", 0, "to 2026-01-02 03:04"),
        ("ended", "ok"),
    ]


def test_times_of_the_report_come_from_the_clock(engine, store, clock):
    def pull(cursor):
        clock.advance(7)
        yield Page([], None)

    stream = only(engine.run([Scripted(tickets=pull)]))
    assert (stream.ended_at - stream.started_at).total_seconds() == 7
    [(started,)] = rows(store, "SELECT started_at FROM sync_run")
    assert started == to_micros(stream.started_at)


def test_a_real_client_reports_its_requests(store):
    import httpx

    from deskpulse.connector import Connector, stream
    from deskpulse.http.client import HttpClient
    from deskpulse.http.redact import Redactor

    class Acme(Connector):
        name = "acme"

        @stream(parse=lambda raw: None)
        def tickets(self, cursor):
            yield Page(self.get("/tickets"), None)

    answers = iter([httpx.Response(503), httpx.Response(200, json=[])])
    clock = FakeClock()
    http = HttpClient(
        source="desk",
        base_url="https://acme.test",
        clock=clock,
        redactor=Redactor(),
        transport=httpx.MockTransport(lambda _: next(answers)),
    )
    source = Acme(Connector.Config(), http, clock, "desk")
    stream_report = only(SyncEngine(store, clock).run([source]))
    assert (stream_report.outcome, stream_report.error) == ("ok", "")
    assert (stream_report.requests, stream_report.retries) == (2, 1)
    assert stream_report.waited_s == pytest.approx(clock.slept_s, abs=0.001)
