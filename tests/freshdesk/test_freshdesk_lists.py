"""The traps of Freshdesk's lists: page 300, thirty days, ties, shifting pages, refusals."""

import json
from datetime import UTC, datetime

import pytest

from deskpulse.errors import (
    AuthRejected,
    CursorExpired,
    RequestRefused,
    SourceChanged,
    StreamForbidden,
)
from support.clock import FakeClock
from support.freshdesk import (
    NOW,
    iso,
    parse_all,
    said,
    signed,
    simulator,
    source,
    streams,
    ticket,
)
from support.server import ScriptedServer, html, json_, status

TICKETS = "/api/v2/tickets"
EPOCH = int(NOW.timestamp())
PAGE_301 = {
    "description": "Validation failed",
    "errors": [
        {
            "field": "page",
            "message": "You cannot access tickets beyond the 300th page.",
            "code": "invalid_value",
        }
    ],
}


@pytest.fixture
def server():
    with ScriptedServer() as running:
        yield running


class Listing:
    """The list of tickets as Freshdesk gives it: by `updated_since`, page by page."""

    def __init__(self, rows, most_pages=300, *, inclusive=True):
        self.rows, self.most_pages, self.inclusive = rows, most_pages, inclusive

    def __call__(self, request):
        query = {key: values[-1] for key, values in request.query.items()}
        assert (query["order_by"], query["order_type"]) == ("updated_at", "asc")
        since = query["updated_since"]
        found = [
            row
            for row in self.rows
            if row["updated_at"] > since or (self.inclusive and row["updated_at"] == since)
        ]
        found.sort(key=lambda row: (row["updated_at"], row["id"]))
        page, size = int(query["page"]), int(query["per_page"])
        if page > self.most_pages:
            return json_(PAGE_301, 400)
        return json_(found[(page - 1) * size : page * size])


def changed(desk):
    """The list of tickets alone, without what was said on them."""
    return desk._changed("tickets")


def pull(desk, cursor=None):
    pages = list(changed(desk).pages(cursor))
    return [row["id"] for page in pages for row in page.records], pages


def test_no_page_number_grows_where_seconds_differ(server):
    """F7: page 301 is refused; F8: without updated_since only 30 days are listed."""
    rows = [ticket(ident, EPOCH - 90_000 + ident) for ident in range(1000)]
    server.on(TICKETS, Listing(rows, most_pages=2))
    with source(server.url, per_page=10) as desk:
        found, _ = pull(desk)
    assert found == list(range(1000))
    assert len(server.requests) < 130
    assert {request.query["page"][0] for request in server.requests} == {"1"}
    assert all("updated_since" in request.query for request in server.requests)
    assert server.requests[0].query["updated_since"] == ["2010-01-01T00:00:00Z"]


@pytest.mark.parametrize("inclusive", [True, False])
def test_whether_updated_since_includes_its_second_makes_no_difference(server, inclusive):
    rows = [ticket(ident, EPOCH - 90_000 + ident // 4) for ident in range(200)]
    server.on(TICKETS, Listing(rows, inclusive=inclusive))
    with source(server.url, per_page=10) as desk:
        found, pages = pull(desk)
        assert found == list(range(200))
        assert pull(desk, cursor=pages[-1].cursor) == ([], [])


def test_start_is_where_reading_begins(server):
    server.on(TICKETS, json_([]))
    with source(server.url, start="2025-06-01") as desk:
        pull(desk)
    assert server.requests[0].query["updated_since"] == ["2025-06-01T00:00:00Z"]


def test_more_rows_in_a_second_than_a_page_holds_are_all_read(server):
    """F5: a bulk edit of 95 tickets, pages of 10."""
    tie = EPOCH - 5000
    rows = [ticket(n, tie - 10) for n in range(7)] + [ticket(n, tie) for n in range(10, 105)]
    rows += [ticket(n, tie + 3) for n in range(200, 214)]
    server.on(TICKETS, Listing(rows))
    with source(server.url, per_page=10) as desk:
        found, pages = pull(desk)
        assert sorted(found) == [row["id"] for row in rows]
        again, _ = pull(desk, cursor=pages[-1].cursor)
    assert again == []


def test_a_row_that_moves_up_within_a_tie_is_not_lost(server):
    tie = EPOCH - 5000
    rows = [ticket(n, tie) for n in range(30)]
    listing = Listing(rows)

    def changing(request):
        answer = listing(request)
        if request.query["page"] == ["1"] and rows[0]["updated_at"] == iso(tie):
            rows[0] = ticket(0, tie + 60)  # row 10 is on page 1 from here on
        return answer

    server.on(TICKETS, changing)
    with source(server.url, per_page=10) as desk:
        found, _ = pull(desk)
    assert set(found) == set(range(30))


def test_a_second_with_more_rows_than_freshdesk_lists_is_loud(server):
    server.on(TICKETS, Listing([ticket(n, EPOCH - 5000) for n in range(60)], most_pages=5))
    with (
        source(server.url, per_page=10) as desk,
        pytest.raises(SourceChanged, match="more rows changed in the second") as caught,
    ):
        pull(desk)
    assert "start" in caught.value.hint


def test_the_boundary_is_read_again_but_comes_once(server):
    """F3, F27: inclusive lower bound, known rows left out, a late row of the last minute found."""
    rows = [ticket(n, EPOCH - 600 + n) for n in range(25)]
    server.on(TICKETS, Listing(rows))
    with source(server.url, per_page=10) as desk:
        found, pages = pull(desk)
        assert found == list(range(25))
        rows.append(ticket(99, EPOCH - 600 + 5))  # became visible late
        rows.append(ticket(100, EPOCH - 600 + 24))  # the same second as the last one
        found, _ = pull(desk, cursor=pages[-1].cursor)
    assert sorted(found) == [99, 100]


def test_a_second_change_within_the_second_of_the_first_is_seen(server):
    rows = [ticket(1, EPOCH - 1, status=2)]
    server.on(TICKETS, Listing(rows))
    clock = FakeClock(NOW)
    with source(server.url, clock) as desk:
        _, pages = pull(desk)
        rows[0] = ticket(1, EPOCH - 1, status=4)
        clock.advance(300)
        [page] = changed(desk).pages(pages[-1].cursor)
        assert [row["status"] for row in page.records] == [4]
        assert pull(desk, cursor=page.cursor)[0] == []


def test_another_order_is_loud(server):
    """F25: checkpoints over an unsorted list would jump ahead."""
    server.on(TICKETS, json_([ticket(1, EPOCH - 10), ticket(2, EPOCH - 20)]))
    with source(server.url) as desk, pytest.raises(SourceChanged, match="order of updated_at"):
        pull(desk)


def test_a_list_that_ignores_updated_since_is_loud(server):
    server.on(TICKETS, json_([ticket(1, EPOCH - 900_000)]))
    cursor = json.dumps({"upto": EPOCH, "seen": {}})
    with source(server.url) as desk, pytest.raises(SourceChanged, match="order of updated_at"):
        pull(desk, cursor=cursor)


@pytest.mark.parametrize("cursor", ["nonsense", "{}", '{"upto": 1, "seen": [1]}', "2026-01-01"])
@pytest.mark.parametrize(
    "name", ["tickets", "spam_tickets", "contacts", "satisfaction_ratings", "time_entries"]
)
def test_a_cursor_of_another_make_starts_anew(name, cursor):
    with source("acme") as desk, pytest.raises(CursorExpired):
        list(streams(desk)[name].pull(cursor))


def test_a_cursor_from_the_future_brings_nothing_and_stays(server):
    server.on(TICKETS, Listing([ticket(1, EPOCH - 100)]))
    cursor = json.dumps({"upto": EPOCH + 900_000, "seen": {}})
    with source(server.url) as desk:
        assert pull(desk, cursor=cursor) == ([], [])


def test_a_deletion_that_counts_as_no_change_is_seen_within_a_day(server):
    """F9: the trash is read as a whole once a day."""
    rows = [ticket(1, EPOCH - 9000)]
    server.on(TICKETS, Listing(rows))
    clock = FakeClock(NOW)
    with source(server.url, clock) as desk:
        stream = streams(desk)["deleted_tickets"]
        [first] = stream.pull(None)
        rows.append(ticket(2, EPOCH - 900_000))
        assert list(stream.pull(first.cursor)) == []
        clock.advance(86_400)
        [page] = stream.pull(first.cursor)
        assert [row["id"] for row in page.records] == [2, 1]
        assert list(stream.pull(page.cursor)) == []
    assert {request.query["filter"][0] for request in server.requests} == {"deleted"}


def test_contacts_are_asked_for_with_the_underscore():
    """`updated_since` is ignored for contacts without a word."""
    with simulator(tickets=40, weeks=2) as simulated:
        simulated.settle()
        with signed(simulated, per_page=10) as desk:
            contacts = streams(desk)["contacts"]
            cursor = list(contacts.pull(None))[-1].cursor
            simulated.desk.rename(
                simulated.clock.now(), next(iter(simulated.desk.contacts.values())), "New name"
            )
            found = [row for page in contacts.pull(cursor) for row in page.records]
    assert [row["name"] for row in found] == ["New name"]


def test_contacts_come_in_no_order_so_the_cursor_moves_only_at_the_end():
    with simulator(tickets=80, weeks=2) as simulated, signed(simulated, per_page=7) as desk:
        cursors = [page.cursor for page in streams(desk)["contacts"].pull(None)]
    assert set(cursors[:-1]) == {None}
    assert len(cursors) > 3
    assert cursors[-1]


def test_ratings_that_change_later_are_read_again():
    """F: created_since knows only when a rating was made."""
    with simulator(tickets=150, weeks=8) as simulated, signed(simulated) as desk:
        simulated.settle()
        ratings = streams(desk)["satisfaction_ratings"]
        *_, last = ratings.pull(None)
        now = simulated.clock.now()
        recent = [r for r in simulated.desk.ratings.values() if _made(r) > now - 25 * 86_400]
        recent[0]["feedback"] = "changed my mind"
        simulated.advance(86_400 + 60, quiet=True)
        later = FakeClock(datetime.fromtimestamp(simulated.clock.now(), UTC))
        with source(simulated.url, later, api_key=simulated.key) as again:
            [page] = streams(again)["satisfaction_ratings"].pull(last.cursor)
    assert [r["id"] for r in page.records if r["feedback"] == "changed my mind"] == [
        recent[0]["id"]
    ]


def _made(rating):
    return datetime.fromisoformat(rating["created_at"]).timestamp()


def test_large_lists_are_read_whole_once_an_hour_and_begin_every_time(server):
    rows = [{"id": n, "name": f"Group {n}"} for n in range(25)]
    server.on("/api/v2/groups", *[json_(rows[n : n + 10]) for n in (0, 10, 20, 0, 0, 10, 20)])
    clock = FakeClock(NOW)
    with source(server.url, clock, per_page=10) as desk:
        groups = streams(desk)["groups"]
        pages = list(groups.pull(None))
        assert [len(page.records) for page in pages] == [10, 10, 5]
        [page] = groups.pull(pages[-1].cursor)
        assert page.cursor == pages[-1].cursor
        clock.advance(3600)
        assert len(list(groups.pull(page.cursor))) == 3


def test_a_list_without_page_numbers_is_loud(server):
    """F4: no endless loop."""
    server.on("/api/v2/groups", json_([{"id": n, "name": "G"} for n in range(10)]))
    with (
        source(server.url, per_page=10) as desk,
        pytest.raises(SourceChanged, match="page 2 is page 1 once more"),
    ):
        list(streams(desk)["groups"].pull(None))


# --- conversations ---------------------------------------------------------------------------


def conversations(ident):
    return f"{TICKETS}/{ident}/conversations"


def test_long_conversations_are_read_to_their_end(server):
    """F28: nothing is cut off after the first page."""
    server.on(TICKETS, json_([ticket(1, EPOCH - 100)]))
    many = [said(n, EPOCH - 90) for n in range(1, 231)]
    server.on(conversations(1), *[json_(many[n : n + 100]) for n in (0, 100, 200)])
    with source(server.url) as desk:
        stream = streams(desk)["tickets"]
        records, refused = parse_all(stream, stream.pull(None))
    assert refused == []
    assert len([r for r in records if r.kind_name == "message"]) == 231


@pytest.mark.parametrize("refusal", [status(404), status(403), json_({"code": "x"}, 403)])
def test_one_refused_ticket_never_stops_the_others_and_is_counted(server, refusal):
    """F29: it would be asked for again and again, and its page never be done."""
    server.on(TICKETS, json_([ticket(1, EPOCH - 100), ticket(2, EPOCH - 90)]))
    server.on(conversations(1), refusal)
    server.on(conversations(2), json_([said(9, EPOCH - 80)]))
    with source(server.url) as desk:
        stream = streams(desk)["tickets"]
        records, refused = parse_all(stream, stream.pull(None))
    assert {r.id for r in records if r.kind_name == "ticket"} == {"1", "2"}
    assert {r.id for r in records if r.kind_name == "message"} == {"ticket-1", "ticket-2", "9"}
    [reason] = refused
    assert "conversations of ticket 1" in reason


def test_a_conversation_that_is_wrong_to_ask_for_is_no_small_matter(server):
    server.on(TICKETS, json_([ticket(1, EPOCH - 100)]))
    server.on(conversations(1), json_({"description": "Validation failed"}, 400))
    with source(server.url) as desk, pytest.raises(RequestRefused):
        list(streams(desk)["tickets"].pull(None))


def test_an_emptied_shape_of_conversations_is_loud(server):
    server.on(TICKETS, json_([ticket(1, EPOCH - 100)]))
    server.on(conversations(1), json_({"conversations": []}))
    with source(server.url) as desk, pytest.raises(SourceChanged, match="conversations"):
        list(streams(desk)["tickets"].pull(None))


# --- refusals --------------------------------------------------------------------------------

CREDENTIALS = {
    "code": "invalid_credentials",
    "message": "You have to be logged in to perform this action.",
}
FEATURE = {"code": "require_feature", "message": "The timesheets feature is not supported."}
DENIED = {"code": "access_denied", "message": "You are not authorized to perform this action."}


@pytest.mark.parametrize("name", ["groups", "tickets", "time_entries"])
def test_a_wrong_key(server, name):
    server.queue(json_(CREDENTIALS, 401))
    with source(server.url) as desk, pytest.raises(AuthRejected, match="logged in"):
        list(streams(desk)[name].pull(None))
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("answer", "hint"),
    [
        (json_(FEATURE, 403), "plan does not have it"),
        (json_(DENIED, 403), "an admin's key"),
        (status(403), "an admin's key"),
        (html(403), "an admin's key"),
        (status(404), "plan does not have it"),
    ],
)
def test_a_refused_list_says_what_to_do(server, answer, hint):
    """F30: a stream that the plan lacks never blocks the others."""
    server.queue(answer)
    with source(server.url) as desk:
        stream = streams(desk)["time_entries"]
        with pytest.raises(StreamForbidden) as caught:
            list(stream.pull(None))
    assert hint in caught.value.hint
    assert stream.essential is False


@pytest.mark.parametrize("code", [400, 410, 422])
def test_what_is_wrong_with_a_request_is_told_in_the_vendors_words(server, code):
    wrong = {"field": "per_page", "message": "It should be smaller", "code": "invalid_value"}
    server.queue(json_({"description": "Validation failed", "errors": [wrong]}, code))
    with source(server.url) as desk, pytest.raises(RequestRefused, match="should be smaller"):
        list(streams(desk)["groups"].pull(None))


def test_a_key_that_sees_a_part_of_the_tickets_is_warned_about():
    with simulator(tickets=5, weeks=1, scope=2) as simulated, signed(simulated) as desk:
        [warning] = desk.warnings()
    assert "ticket scope 2" in warning
    assert "global access" in warning


def test_a_key_that_sees_all_is_not(server):
    with simulator(tickets=5, weeks=1) as simulated, signed(simulated) as desk:
        assert desk.warnings() == []
    server.queue(status(500))
    with source(server.url) as desk:
        assert desk.warnings() == []  # the streams tell


# --- pages from which Freshdesk took out what the key's owner may not see --------------------


def pruned(rows, hidden):
    """A list whose pages are cut first and pruned afterwards: short, or empty, in the middle."""

    def answer(request):
        query = {key: values[-1] for key, values in request.query.items()}
        since = query.get("updated_since", "")
        found = [row for row in rows if row.get("updated_at", "") >= since]
        page, size = int(query["page"]), int(query["per_page"])
        shown = [
            each for each in found[(page - 1) * size : page * size] if each["id"] not in hidden
        ]
        more = page * size < len(found)
        link = f'<{request.path}?page={page + 1}&per_page={size}>; rel="next"'
        return json_(shown, link=link) if more else json_(shown)

    return answer


def test_a_short_or_empty_page_is_not_the_last_if_a_next_one_is_named(server):
    rows = [{"id": n, "name": f"G{n}"} for n in range(1, 8)]
    server.on("/api/v2/groups", pruned(rows, hidden={1, 3, 4}))
    with source(server.url, per_page=2) as desk:
        found = [row["id"] for page in desk.groups(None) for row in page.records]
    assert found == [2, 5, 6, 7]
    assert len(server.requests) == 4


def test_tickets_behind_hidden_ones_are_read(server):
    rows = [ticket(n, at=EPOCH - 9000 + n * 10) for n in range(1, 9)]
    server.on(TICKETS, pruned(rows, hidden={1, 2, 3, 4, 6}))
    server.on("*", json_([]))
    with source(server.url, per_page=2) as desk:
        found = [row["id"] for page in desk.tickets(None) for row in page.records]
    assert sorted(set(found)) == [5, 7, 8]


def test_a_list_that_only_promises_more_ends_loudly(server):
    server.on("/api/v2/groups", json_([], link='</api/v2/groups?page=9>; rel="next"'))
    with source(server.url) as desk, pytest.raises(SourceChanged, match="101 empty pages"):
        list(desk.groups(None))
