"""Lists over a real HTTP server: groups, ratings, policies, schedules, and what a plan lacks."""

from datetime import UTC, datetime, timedelta

import orjson
import pytest

from deskpulse.errors import CursorExpired, RequestRefused, SourceChanged, StreamForbidden
from support.clock import FakeClock
from support.server import Reply, ScriptedServer, html, json_
from support.zendesk import EPOCH, NOW, cursor_page, parse_all, source, streams

GROUPS = "/api/v2/groups.json"
RATINGS = "/api/v2/satisfaction_ratings.json"
POLICIES = "/api/v2/slas/policies.json"
SCHEDULES = "/api/v2/business_hours/schedules.json"
DAY = 86_400


@pytest.fixture
def server():
    with ScriptedServer() as running:
        yield running


def sent(server, name):
    return [request.query.get(name, [None])[0] for request in server.requests]


def listed(key, rows, after=None):
    return json_({key: rows, "meta": {"has_more": after is not None, "after_cursor": after}})


def test_a_list_is_followed_by_its_cursor(server):
    server.on(GROUPS, listed("groups", [{"id": 1}], "a1"), listed("groups", [{"id": 2}]))
    with source(server.url) as desk:
        pages = list(desk.groups(None))
    assert [row["id"] for page in pages for row in page.records] == [1, 2]
    assert [page.cursor for page in pages] == [None, None]
    assert sent(server, "page[after]") == [None, "a1"]
    assert sent(server, "page[size]") == ["100", "100"]


def test_a_list_that_knows_only_numbers_is_followed_too(server):
    """next_page is a link; only its presence counts, so no other host is ever asked."""
    first = {"sla_policies": [{"id": 1}], "next_page": "https://evil.example/2", "count": 2}
    server.on(POLICIES, json_(first), json_({"sla_policies": [{"id": 2}], "next_page": None}))
    with source(server.url) as desk:
        [page] = desk.sla_policies(None)
    assert [row["id"] for row in page.records] == [1, 2]
    assert sent(server, "page") == [None, "2"]


def test_a_list_whose_cursor_repeats_is_loud(server):
    server.on(GROUPS, listed("groups", [{"id": 1}], "a1"))
    with source(server.url) as desk, pytest.raises(SourceChanged, match="does not go on"):
        list(desk.groups(None))


def test_the_wall_of_ten_thousand_rows_is_an_error_never_a_silent_end(server):
    wall = {"error": {"title": "Invalid attribute", "message": "exceeds 10,000 records"}}
    server.on(POLICIES, json_({"sla_policies": [{"id": 1}], "next_page": "x"}), json_(wall, 400))
    with source(server.url) as desk, pytest.raises(RequestRefused):
        list(desk.sla_policies(None))


@pytest.mark.parametrize(
    "refusal",
    [
        html(403, ""),
        Reply(403, b"", {"Content-Type": "text/html"}),
        json_({"error": {"title": "Forbidden", "message": "no access"}}, 403),
        json_({"description": "Missing the following required scopes: read"}, 403),
        json_({"error": "InvalidEndpoint", "description": "Not found"}, 404),
    ],
)
def test_what_the_plan_or_scope_lacks_stops_only_its_stream(server, refusal):
    server.on(RATINGS, refusal)
    server.on(GROUPS, listed("groups", [{"id": 1}]))
    with source(server.url) as desk:
        assert not streams(desk)["satisfaction_ratings"].essential
        with pytest.raises(StreamForbidden):
            list(desk.satisfaction_ratings(None))
        assert len(list(desk.groups(None))) == 1


def test_essential_streams():
    with source("http://127.0.0.1:9") as desk:
        essential = {name for name, stream in streams(desk).items() if stream.essential}
    assert essential == {"groups", "organizations", "users", "tickets", "ticket_events"}


def test_schedules_come_with_their_holidays(server):
    span = {"start_time": 1980, "end_time": 2520}
    server.on(
        SCHEDULES,
        json_({"schedules": [{"id": 8, "time_zone": "Ljubljana", "intervals": [span]}]}),
    )
    days = {"holidays": [{"id": 1, "start_date": "2025-12-25", "end_date": "2025-12-26"}]}
    server.on("/api/v2/business_hours/schedules/8/holidays.json", json_(days))
    with source(server.url) as desk:
        [got], refused = parse_all(streams(desk)["schedules"], desk.schedules(None))
    assert refused == []
    assert got.weekly == {"mon": [("09:00", "18:00")]}
    assert [day.day for day in got.holidays] == [25, 26]


def test_holidays_are_asked_for_once_a_day_or_when_a_schedule_looks_different(server):
    rows = [{"id": ident, "time_zone": "Berlin", "intervals": []} for ident in (8, 9)]
    server.on(SCHEDULES, lambda _: json_({"schedules": rows}))
    server.on("/api/v2/business_hours/schedules/8/holidays.json", json_({"holidays": []}))
    server.on("/api/v2/business_hours/schedules/9/holidays.json", json_({"holidays": []}))
    clock = FakeClock(NOW)

    def poll(cursor):
        before = len(server.requests)
        [page] = desk.schedules(cursor)
        return page.cursor, [row["id"] for row in page.records], len(server.requests) - before

    with source(server.url, clock) as desk:
        cursor, ids, requests = poll(None)
        assert (ids, requests) == ([8, 9], 3)
        cursor, ids, requests = poll(cursor)
        assert (ids, requests) == ([], 1)
        rows[1] = {**rows[1], "time_zone": "Paris"}
        cursor, ids, requests = poll(cursor)
        assert (ids, requests) == ([9], 2)
        clock.advance(DAY - 1)
        cursor, ids, requests = poll(cursor)
        assert (ids, requests) == ([], 1)
        clock.advance(1)
        cursor, ids, requests = poll(cursor)
        assert (ids, requests) == ([8, 9], 3)


def test_a_schedule_deleted_since_it_was_listed_is_left_out(server):
    server.on(SCHEDULES, json_({"schedules": [{"id": 8}, {"id": 9}]}))
    server.on("/api/v2/business_hours/schedules/9/holidays.json", json_({"holidays": []}))
    with source(server.url) as desk:  # 8 answers 404
        [page] = desk.schedules(None)
    assert [row["id"] for row in page.records] == [9]


def test_holidays_that_are_forbidden_are_said(server):
    server.on(SCHEDULES, json_({"schedules": [{"id": 8}]}))
    server.on("/api/v2/business_hours/schedules/8/holidays.json", html(403, ""))
    with source(server.url) as desk, pytest.raises(StreamForbidden):
        list(desk.schedules(None))


@pytest.mark.parametrize("cursor", ["", "x", "[]", '{"read_at": 1}', '{"read_at": 1, "looks": 2}'])
def test_a_cursor_of_something_else_is_no_cursor_of_schedules(server, cursor):
    with source(server.url) as desk, pytest.raises(CursorExpired):
        list(desk.schedules(cursor))


def test_holidays_in_another_shape_are_loud(server):
    server.on(SCHEDULES, json_({"schedules": [{"id": 8}]}))
    server.on("/api/v2/business_hours/schedules/8/holidays.json", json_({"days": []}))
    with source(server.url) as desk, pytest.raises(SourceChanged, match="holidays"):
        list(desk.schedules(None))


# --- ratings are listed by when they were sent, and answered days later ---------------------


def rating(ident):
    return {"id": ident, "ticket_id": ident, "score": "offered", "created_at": NOW.isoformat()}


def test_ratings_first_from_the_start_then_the_last_day_again(server):
    server.on(RATINGS, listed("satisfaction_ratings", [rating(1)]))
    clock = FakeClock(NOW)
    with source(server.url, clock) as desk:
        [first] = desk.satisfaction_ratings(None)
        clock.advance(600)
        [second] = desk.satisfaction_ratings(first.cursor)
    settled = EPOCH - 61
    assert sent(server, "start_time") == ["0", str(settled - DAY)]
    assert sent(server, "end_time") == [str(settled), str(settled + 600)]
    assert second.complete_to == datetime.fromtimestamp(settled + 600, UTC)


def test_the_lookback_never_moves_the_stored_place_back(server):
    server.on(RATINGS, listed("satisfaction_ratings", []))
    clock = FakeClock(NOW)
    cursor, untils = None, []
    with source(server.url, clock) as desk:
        for _ in range(5):
            [page] = desk.satisfaction_ratings(cursor)
            cursor = page.cursor
            untils.append(orjson.loads(cursor)["until"])
            clock.advance(60)
    assert untils == sorted(set(untils))


def test_once_a_day_the_last_thirty_days_are_read_again(server):
    server.on(RATINGS, listed("satisfaction_ratings", []))
    clock = FakeClock(NOW)
    cursor = None
    with source(server.url, clock) as desk:
        for hours in (0, 12, 13, 12):
            clock.advance(hours * 3600)
            [page] = desk.satisfaction_ratings(cursor)
            cursor = page.cursor
    begins = [int(text) for text in sent(server, "start_time")]
    ends = [int(text) for text in sent(server, "end_time")]
    lookbacks = [(was - begin) // DAY for begin, was in zip(begins[1:], ends, strict=False)]
    assert lookbacks == [1, 30, 1]


def test_a_reading_that_broke_off_goes_on_at_its_page(server):
    server.on(
        RATINGS,
        listed("satisfaction_ratings", [rating(1)], "a1"),
        listed("satisfaction_ratings", [rating(2)], "a2"),
    )
    with source(server.url) as desk:
        pages = desk.satisfaction_ratings(None)
        next(pages)
        cursor = next(pages).cursor
    server.on(RATINGS, listed("satisfaction_ratings", [rating(3)]))
    server._scripts[RATINGS].popleft()
    clock = FakeClock(NOW + timedelta(hours=3))
    with source(server.url, clock) as desk:
        [last] = desk.satisfaction_ratings(cursor)
    assert sent(server, "page[after]") == [None, "a1", "a2"]
    assert len(set(sent(server, "end_time"))) == 1
    assert last.records == [rating(3)]


def test_a_foreign_cursor_starts_anew(server):
    with source(server.url) as desk, pytest.raises(CursorExpired):
        list(desk.satisfaction_ratings("c1"))


def test_exports_and_lists_are_counted_apart(server):
    server.on(
        "/api/v2/incremental/tickets/cursor.json",
        *[cursor_page("tickets", [], f"c{n}", end=n == 21) for n in range(22)],
    )
    server.on(GROUPS, listed("groups", []))
    clock = FakeClock(NOW)
    with source(server.url, clock, export_per_minute=10) as desk:
        list(desk.tickets(None))
        exported_s = clock.slept_s
        list(desk.groups(None))
    assert 110 <= exported_s <= 140
    assert clock.slept_s == exported_s
