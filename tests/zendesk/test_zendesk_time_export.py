"""Ticket events and organizations over a real HTTP server: the traps of the time exports."""

import logging
from datetime import UTC, date, datetime, timedelta

import pytest

from deskpulse.errors import CursorExpired, SourceChanged
from deskpulse_connectors.zendesk.moments import Moment
from support.server import Reply, ScriptedServer, json_
from support.zendesk import (
    EPOCH,
    NOW,
    TimeExport,
    audit,
    change,
    comment,
    iso,
    source,
    time_page,
)

EVENTS = "/api/v2/incremental/ticket_events.json"
LEGS = "/api/v2/channels/voice/stats/incremental/legs.json"
ORGANIZATIONS = "/api/v2/incremental/organizations.json"


@pytest.fixture
def server():
    with ScriptedServer() as running:
        yield running


def sent(server, name):
    return [request.query.get(name, [None])[0] for request in server.requests]


def ids(pages):
    return [row["id"] for page in pages for row in page.records]


def events(*times):
    return [audit(n, at, comment(n)) for n, at in enumerate(times, 1)]


def by_timestamp(row):
    return row["timestamp"]


def organization(ident, at):
    return {"id": ident, "name": f"O{ident}", "updated_at": iso(at), "deleted_at": None}


def by_update(row):
    return int(datetime.fromisoformat(row["updated_at"]).timestamp())


def test_the_inclusive_boundary_repeats_no_row(server):
    """The last rows of a page come again on the next: they are known and left out."""
    at = EPOCH - 9000
    export = TimeExport("ticket_events", events(at, at, at + 5, at + 5, at + 9), by_timestamp)
    server.on(EVENTS, export)
    with source(server.url, per_page=2) as desk:
        pages = list(desk.ticket_events(None))
        assert ids(pages) == [1, 2, 3, 4, 5]
        again = list(desk.ticket_events(pages[-1].cursor))
    assert ids(again) == []
    assert sent(server, "include") == ["comment_events"] * len(server.requests)


def test_the_vendors_count_is_passed_on_without_the_repeated_rows(server):
    at = EPOCH - 9000
    server.on(EVENTS, TimeExport("ticket_events", events(at, at, at + 5), by_timestamp))
    with source(server.url, per_page=2) as desk:
        pages = list(desk.ticket_events(None))
    assert [(page.vendor_count, len(page.records)) for page in pages] == [(2, 2), (1, 1)]


def test_a_row_that_comes_late_into_the_boundary_second_is_not_skipped(server):
    at = EPOCH - 9000
    export = TimeExport("ticket_events", events(at, at + 5), by_timestamp)
    server.on(EVENTS, export)
    with source(server.url) as desk:
        [first] = desk.ticket_events(None)
        export.rows.append(audit(99, at + 5, comment(99)))
        assert ids(desk.ticket_events(first.cursor)) == [99]


def test_next_page_is_never_null_so_only_end_of_stream_ends(server):
    at = EPOCH - 9000
    server.on(EVENTS, time_page("ticket_events", events(at), at, end=True))
    with source(server.url) as desk:
        assert ids(desk.ticket_events(None)) == [1]
    assert len(server.requests) == 1


def test_a_full_last_page_goes_on_until_the_vendor_says_it_is_the_last(server):
    at = EPOCH - 9000
    server.on(EVENTS, time_page("ticket_events", events(at), at, end=False))
    server.on(EVENTS, time_page("ticket_events", events(at), at, end=True))
    with source(server.url) as desk:
        pages = list(desk.ticket_events(None))
    assert ids(pages) == [1]
    assert len(server.requests) == 2


def test_a_second_with_more_rows_than_a_page_is_read_with_larger_pages(server):
    at = EPOCH - 9000
    rows = [organization(n, at) for n in range(1, 151)] + [organization(200, at + 7)]
    server.on(ORGANIZATIONS, TimeExport("organizations", rows, by_update, split=True))
    with source(server.url, per_page=50) as desk:
        assert sorted(ids(desk.organizations(None))) == [*range(1, 151), 200]
    assert set(sent(server, "per_page")) == {"50", "100", "200"}


def legs(*times):
    return [{"id": n, "updated_at": iso(at)} for n, at in enumerate(times, 1)]


def test_an_export_without_an_end_reads_on_behind_a_second_larger_than_its_page(server):
    """Talk says no end: a full page of known rows is none."""
    at = EPOCH - 9000
    export = TimeExport("legs", legs(*[at] * 5, at + 7), by_update, split=True)
    server.on(LEGS, export)
    with source(server.url, per_page=2, talk=True) as desk:
        pages = list(desk.legs(None))
    assert sorted(ids(pages)) == [1, 2, 3, 4, 5, 6]


def test_an_export_without_an_end_never_takes_a_full_tie_for_the_end(server):
    at = EPOCH - 9000
    server.on(LEGS, TimeExport("legs", legs(*[at] * 1200, at + 7), by_update, split=True))
    with source(server.url, talk=True) as desk, pytest.raises(SourceChanged, match="share the"):
        list(desk.legs(None))
    assert len(server.requests) == 2


def test_a_tie_that_no_page_can_hold_is_loud_never_a_loop_and_never_a_gap(server):
    at = EPOCH - 9000
    rows = [organization(n, at) for n in range(1, 31)] + [organization(99, at + 7)]
    export = TimeExport("organizations", rows, by_update, split=True)
    export.limit = 10
    server.on(ORGANIZATIONS, export)
    pages = []
    with (
        source(server.url, per_page=1000) as desk,
        pytest.raises(SourceChanged, match="more than 10 rows share the second") as problem,
    ):
        pages += desk.organizations(None)
    assert "start" in problem.value.hint
    assert len(server.requests) < 5


def test_a_tie_whose_pages_are_too_large_is_loud_and_ends(server):
    at = EPOCH - 9000
    rows = [organization(n, at) for n in range(1, 31)]
    export = TimeExport("organizations", rows, by_update, split=True)

    def answer(request):
        large = int(request.query["per_page"][0]) > 10
        return Reply(504, b"upstream request timeout") if large else export(request)

    server.on(ORGANIZATIONS, answer)
    with source(server.url, per_page=40) as desk, pytest.raises(SourceChanged, match="share"):
        list(desk.organizations(None))
    assert len(server.requests) < 8


def test_an_organization_that_changes_again_in_its_second_is_read_again(server):
    at = EPOCH - 9000
    export = TimeExport("organizations", [organization(1, at)], by_update)
    server.on(ORGANIZATIONS, export)
    with source(server.url) as desk:
        [first] = desk.organizations(None)
        export.rows[:] = [organization(1, at + 50)]
        assert ids(desk.organizations(first.cursor)) == [1]


def test_an_end_before_its_start_is_loud(server):
    server.on(EVENTS, time_page("ticket_events", [], 5, end=True))
    with (
        source(server.url, start=date(2025, 12, 1)) as desk,
        pytest.raises(SourceChanged, match="before its start_time"),
    ):
        list(desk.ticket_events(None))


@pytest.mark.parametrize("end", ["soon", 1.5, True])
def test_an_end_that_is_no_second_is_loud(server, end):
    server.on(EVENTS, json_({"ticket_events": [], "end_time": end, "end_of_stream": True}))
    with source(server.url) as desk, pytest.raises(SourceChanged, match="end_time"):
        list(desk.ticket_events(None))


@pytest.mark.parametrize("key", ["ticket_events", "end_time", "end_of_stream"])
def test_a_missing_key_of_the_page_is_loud_and_named(server, key):
    body = {"ticket_events": [], "end_time": None, "end_of_stream": True, "count": 0}
    del body[key]
    server.on(EVENTS, json_(body))
    with source(server.url) as desk, pytest.raises(SourceChanged, match=f"ticket_events: .*{key}"):
        list(desk.ticket_events(None))


def test_nothing_new_keeps_the_place(server):
    server.on(EVENTS, time_page("ticket_events", [], None, end=True))
    cursor = Moment(EPOCH - 9000, frozenset({"1:"})).text()
    with source(server.url) as desk:
        [page] = desk.ticket_events(cursor)
    assert page.cursor == cursor
    assert page.complete_to == NOW - timedelta(seconds=60)


def test_complete_to_is_the_end_of_the_page_until_the_last(server):
    at = EPOCH - 9000
    server.on(EVENTS, TimeExport("ticket_events", events(at, at + 5), by_timestamp))
    with source(server.url, per_page=1) as desk:
        pages = list(desk.ticket_events(None))
    assert pages[0].complete_to == datetime.fromtimestamp(at, UTC)
    assert pages[-1].complete_to == NOW - timedelta(seconds=60)


def test_a_start_within_the_last_minute_waits_for_the_next_run(server):
    with source(server.url) as desk:
        assert list(desk.ticket_events(Moment(EPOCH - 30).text())) == []
    assert server.requests == []


def test_a_first_start_in_the_future_is_taken_back(server):
    server.on(EVENTS, time_page("ticket_events", [], None, end=True))
    with source(server.url, start=date(2027, 1, 1)) as desk:
        list(desk.ticket_events(None))
    assert int(sent(server, "start_time")[0]) < EPOCH - 60


@pytest.mark.parametrize("cursor", ["c1==", "{}", "[]", '{"second": "x", "seen": []}'])
def test_a_foreign_cursor_starts_anew(server, cursor):
    with source(server.url) as desk, pytest.raises(CursorExpired):
        list(desk.ticket_events(cursor))


def test_a_large_page_of_events_is_halved_too(server):
    at = EPOCH - 9000

    def answer(request):
        if int(request.query["per_page"][0]) > 500:
            return Reply(504, b"upstream request timeout")
        return time_page("ticket_events", events(at), at, end=True)

    server.on(EVENTS, answer)
    with source(server.url) as desk:
        assert ids(desk.ticket_events(None)) == [1]
    assert sent(server, "per_page") == ["1000", "500"]


def test_resuming_from_every_cursor_gives_the_rest_and_nothing_twice(server):
    at = EPOCH - 9000
    times = [at, at, at + 1, at + 1, at + 1, at + 2, at + 8, at + 8, at + 9, at + 9]
    server.on(EVENTS, TimeExport("ticket_events", events(*times), by_timestamp))
    with source(server.url, per_page=2) as desk:
        pages = list(desk.ticket_events(None))
        assert len(pages) > 3
        for done in range(1, len(pages) + 1):
            rest = ids(desk.ticket_events(pages[done - 1].cursor))
            assert ids(pages[:done]) + rest == list(range(1, 11))


def test_cursors_only_go_forward(server):
    at = EPOCH - 9000
    server.on(EVENTS, TimeExport("ticket_events", events(at, at + 1, at + 2), by_timestamp))
    with source(server.url, per_page=1) as desk:
        seconds = [Moment.read(page.cursor).second for page in desk.ticket_events(None)]
    assert seconds == sorted(set(seconds))


def test_what_is_ignored_is_said_once_with_its_count(server, caplog):
    at = EPOCH - 9000
    rows = [audit(1, at, {"event_type": "Teleport"}, {"event_type": "Teleport"})]
    server.on(EVENTS, time_page("ticket_events", rows, at, end=True))
    with caplog.at_level(logging.INFO, "deskpulse.zendesk"), source(server.url) as desk:
        list(desk.ticket_events(None))
    assert "ignored {'Teleport': 2}" in caplog.text


def test_an_answer_from_an_earlier_run_asks_for_the_tickets_audits(server):
    sent_at, answered_at = EPOCH - 90_000, EPOCH - 9000
    answer = audit(9, answered_at, change(1, "satisfaction_score", "bad", "offered"))
    offer = {"id": 2, "type": "Change", "field_name": "satisfaction_score", "value": "offered"}
    history = {"id": 5, "ticket_id": 101, "created_at": iso(sent_at), "events": [offer]}
    server.on(EVENTS, time_page("ticket_events", [answer], answered_at, end=True))
    page = {"audits": [history], "meta": {"has_more": False, "after_cursor": "x"}}
    server.on("/api/v2/tickets/101/audits.json", json_(page))
    with source(server.url) as desk:
        [got] = desk.ticket_events(None)
    assert got.records[0]["deskpulse_survey_sent_at"] == sent_at
