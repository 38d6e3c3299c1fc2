"""Tickets and users over a real HTTP server: the traps of the cursor exports."""

from datetime import date, timedelta

import pytest

from deskpulse.errors import SourceChanged, SourceUnavailable
from deskpulse_connectors.zendesk.paging import PageSize
from support.server import Reply, ScriptedServer, json_
from support.zendesk import EPOCH, NOW, cursor_page, parse_all, source, streams, ticket

TICKETS = "/api/v2/incremental/tickets/cursor.json"
USERS = "/api/v2/incremental/users/cursor.json"
TOO_LARGE = Reply(504, b"upstream request timeout", {"Content-Type": "text/plain"})


@pytest.fixture
def server():
    with ScriptedServer() as running:
        yield running


def sent(server, name):
    return [request.query.get(name, [None])[0] for request in server.requests]


def test_start_time_only_the_first_time_then_the_vendors_cursor_even_at_the_end(server):
    server.on(TICKETS, cursor_page("tickets", [ticket(1)], "c1==", end=False))
    server.on(TICKETS, cursor_page("tickets", [ticket(2)], "c2==", end=True))
    with source(server.url, start=date(2025, 12, 1)) as desk:
        pages = list(desk.tickets(None))
        assert [page.cursor for page in pages] == ["c1==", "c2=="]
        server.on(TICKETS, cursor_page("tickets", [], "c2==", end=True))
        list(desk.tickets("c2=="))
    assert sent(server, "start_time") == ["1764547200", None, None]
    assert sent(server, "cursor") == [None, "c1==", "c2=="]
    assert sent(server, "per_page") == ["1000"] * 3
    assert sent(server, "include") == ["metric_sets"] * 3


def test_a_start_within_the_last_minute_is_taken_back(server):
    """Zendesk answers a start_time in the last 60 seconds with 422."""
    server.on(TICKETS, cursor_page("tickets", [], "c", end=True))
    with source(server.url, start=NOW.date() + timedelta(days=1)) as desk:
        list(desk.tickets(None))
    assert int(sent(server, "start_time")[0]) < EPOCH - 60


def test_without_a_start_everything_is_read(server):
    server.on(TICKETS, cursor_page("tickets", [], "c", end=True))
    with source(server.url) as desk:
        list(desk.tickets(None))
    assert sent(server, "start_time") == ["0"]


def test_complete_to_is_the_last_change_then_a_minute_before_the_request(server):
    first = [ticket(1, generated_timestamp=EPOCH - 500), ticket(2, generated_timestamp=EPOCH - 400)]
    server.on(TICKETS, cursor_page("tickets", first, "c1", end=False))
    server.on(TICKETS, cursor_page("tickets", [], "c2", end=True))
    with source(server.url) as desk:
        pages = list(desk.tickets(None))
    assert [page.complete_to for page in pages] == [
        NOW - timedelta(seconds=400),
        NOW - timedelta(seconds=60),
    ]


def test_rows_older_than_the_start_are_kept(server):
    """updated_at may lie before start_time: the export goes by generated_timestamp."""
    old = ticket(1, updated_at="2019-01-01T00:00:00Z")
    server.on(TICKETS, cursor_page("tickets", [old], "c", end=True))
    with source(server.url, start=date(2025, 12, 1)) as desk:
        records, refused = parse_all(streams(desk)["tickets"], desk.tickets(None))
    assert [each.id for each in records] == ["1"]
    assert refused == []


def test_a_page_that_is_too_large_is_halved_down_to_one_ticket(server):
    def answer(request):
        size = int(request.query["per_page"][0])
        return TOO_LARGE if size > 1 else cursor_page("tickets", [ticket(1)], "c", end=True)

    server.on(TICKETS, answer)
    with source(server.url) as desk:
        [page] = desk.tickets(None)
    assert len(page.records) == 1
    assert sent(server, "per_page") == [
        "1000", "500", "250", "125", "62", "31", "15", "7", "3", "1",
    ]  # fmt: skip


def test_one_ticket_that_is_too_large_is_an_error_never_a_gap(server):
    server.on(TICKETS, TOO_LARGE)
    with source(server.url, per_page=2) as desk, pytest.raises(SourceUnavailable):
        list(desk.tickets(None))
    assert sent(server, "per_page") == ["2", "1"]


def test_a_smaller_page_is_remembered_and_grows_back_carefully(server):
    state = {"page": 0}

    def answer(request):
        size = int(request.query["per_page"][0])
        if size > 100 and state["page"] == 0:
            return TOO_LARGE
        state["page"] += 1
        page = state["page"]
        return cursor_page("tickets", [ticket(page)], f"c{page}", end=page == 20)

    server.on(TICKETS, answer)
    with source(server.url, per_page=200) as desk:
        list(desk.tickets(None))
    assert sent(server, "per_page") == ["200", *["100"] * 16, *["200"] * 4]


def test_page_sizes_never_leave_their_bounds():
    size = PageSize(5)
    assert [size.too_large() for _ in range(4)] == [True, True, False, False]
    for _ in range(1000):
        size.good()
    assert size.rows == 5
    assert size.too_small()
    assert size.rows == 10


def test_a_cursor_that_repeats_is_an_error_not_a_loop(server):
    server.on(TICKETS, cursor_page("tickets", [ticket(1)], "c1", end=False))
    with source(server.url) as desk, pytest.raises(SourceChanged, match="does not go on"):
        list(desk.tickets(None))


def test_an_empty_account_may_have_no_cursor_yet(server):
    server.on(TICKETS, cursor_page("tickets", [], None, end=True))
    with source(server.url) as desk:
        assert [page.cursor for page in desk.tickets(None)] == [None]
        assert [page.cursor for page in desk.tickets("c1")] == ["c1"]


@pytest.mark.parametrize("key", ["tickets", "after_cursor", "end_of_stream"])
def test_a_missing_key_of_the_page_is_loud_and_named(server, key):
    body = {"tickets": [], "after_cursor": "c", "end_of_stream": True}
    del body[key]
    server.on(TICKETS, json_(body))
    with source(server.url) as desk, pytest.raises(SourceChanged, match=f"tickets: .*{key}"):
        list(desk.tickets(None))


def test_a_key_that_every_ticket_lost_is_loud_and_named(server):
    rows = [ticket(1), ticket(2)]
    for row in rows:
        row["generated_at"] = row.pop("generated_timestamp")
    server.on(TICKETS, cursor_page("tickets", rows, "c", end=True))
    with source(server.url) as desk, pytest.raises(SourceChanged, match="generated_timestamp"):
        list(desk.tickets(None))


def test_one_bad_ticket_never_loses_its_page(server):
    bad = ticket(2)
    del bad["status"]
    rows = [ticket(1), bad, ticket(3, created_at="9999-12-31T00:00:00Z"), ticket(4)]
    server.on(TICKETS, cursor_page("tickets", rows, "c", end=True))
    with source(server.url) as desk:
        records, refused = parse_all(streams(desk)["tickets"], desk.tickets(None))
    assert [each.id for each in records] == ["1", "4"]
    assert len(refused) == 2


@pytest.mark.parametrize("body", [[], "text", 5, None])
def test_json_that_is_no_page_is_loud(server, body):
    server.on(TICKETS, json_(body))
    with source(server.url) as desk, pytest.raises(SourceChanged):
        list(desk.tickets(None))


def test_metric_sets_beside_the_tickets(server):
    page = {
        "tickets": [ticket(1)],
        "metric_sets": [{"ticket_id": 1, "replies": 3}],
        "after_cursor": "c",
        "end_of_stream": True,
    }
    server.on(TICKETS, json_(page))
    with source(server.url) as desk:
        records, _ = parse_all(streams(desk)["tickets"], desk.tickets(None))
    assert [each.id for each in records] == ["1", "1-agent_replies"]


def test_metrics_are_not_asked_for_when_nobody_wants_them(server):
    server.on(TICKETS, cursor_page("tickets", [], "c", end=True))
    with source(server.url, metrics=False) as desk:
        list(desk.tickets(None))
    assert sent(server, "include") == [None]


def test_users_by_the_same_rules(server):
    person = {"id": 5, "role": "end-user"}
    server.on(USERS, cursor_page("users", [person], "u1", end=False))
    server.on(USERS, cursor_page("users", [], "u2", end=True))
    with source(server.url) as desk:
        pages = list(desk.users(None))
    assert [page.cursor for page in pages] == ["u1", "u2"]
    assert pages[0].complete_to is None
    assert pages[1].complete_to == NOW - timedelta(seconds=60)


def test_resuming_from_every_cursor_gives_the_rest(server):
    rows = [ticket(n, at=EPOCH - 7200 + n) for n in range(1, 12)]

    def answer(request):
        begin = int(request.query.get("cursor", ["0"])[0])
        page = rows[begin : begin + 3]
        after = begin + len(page)
        return cursor_page("tickets", page, str(after), end=after == len(rows))

    server.on(TICKETS, answer)
    with source(server.url) as desk:
        pages = list(desk.tickets(None))
        for done in range(1, len(pages) + 1):
            prefix = [row["id"] for page in pages[:done] for row in page.records]
            rest = [
                row["id"] for page in desk.tickets(pages[done - 1].cursor) for row in page.records
            ]
            assert prefix + rest == [row["id"] for row in rows]
