"""What the real server cannot be made to do: hidden rows, refusals of one user, odd answers."""

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs

import httpx
import pytest

from deskpulse.errors import (
    AuthRejected,
    ConfigError,
    CursorExpired,
    RecordRejected,
    SourceChanged,
    SourceUnavailable,
    StreamForbidden,
)
from deskpulse_connectors.request_tracker.connector import RequestTracker
from deskpulse_connectors.request_tracker.mail import channel_of, is_automatic, plain
from deskpulse_connectors.request_tracker.values import Reading
from support.clock import FakeClock
from support.request_tracker_source import Copy, source

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
PERSON = {"type": "user", "id": 27, "Name": "ann", "RealName": "Ann Agent", "EmailAddress": ""}


def transaction(ident, kind="Comment", **fields):
    return {
        "type": "transaction",
        "id": str(ident),
        "Type": kind,
        "Field": "",
        "OldValue": "",
        "NewValue": "",
        "Creator": PERSON,
        "Created": "2026-11-19T08:00:00Z",
        "ObjectId": "1",
        "TimeTaken": "0",
        **fields,
    }


def listed(rows, total=None, size=100):
    return {"items": rows, "count": len(rows), "total": total, "per_page": size, "page": 1}


class Scripted:
    """Answers as RT does to a user for whom some transactions are hidden after paging."""

    def __init__(self, rows, hidden=(), size=100):
        self.rows, self.hidden, self.size = rows, set(hidden), size
        self.asked = []
        self.users = {}

    def __call__(self, request):
        query = {key: values[0] for key, values in parse_qs(request.url.query.decode()).items()}
        path = request.url.path.removeprefix("/REST/2.0")
        self.asked.append((path, query))
        if path == "/transactions":
            return httpx.Response(200, json=self.transactions(query))
        if path == "/attachments":
            return httpx.Response(200, json=listed([]))
        if path.startswith("/user/"):
            return self.users.get(path, httpx.Response(200, json={"Privileged": 1}))
        return httpx.Response(404, json={"message": "Not Found"})

    def transactions(self, query):
        sql = query["query"]
        after = int(sql.split("id > ")[1].split()[0])
        until = int(sql.split("id <= ")[1].split()[0]) if "id <= " in sql else 10**30
        found = [r for r in self.rows if after < int(r["id"]) <= until and r["Type"] in sql]
        page = int(query.get("page", 1)) - 1
        cut = found[page * self.size : (page + 1) * self.size]
        return listed([r for r in cut if r["id"] not in self.hidden], None, self.size)


def read(script, cursor=None, clock=None, **settings):
    clock = clock or FakeClock(NOW)
    with source(
        transport=httpx.MockTransport(script), clock=clock, per_page=script.size, **settings
    ) as connector:
        copy = Copy()
        copy.cursors["history"] = cursor
        return copy.pull(connector, "history")


def test_a_page_full_of_what_one_may_not_see_is_not_the_end():
    rows = [transaction(i) for i in range(1, 31)] + [transaction(31, "Correspond")]
    rows += [transaction(i) for i in range(32, 40)]
    script = Scripted(rows, hidden=[str(i) for i in range(3, 31) if i != 24], size=5)
    assert set(read(script).of("message")) == {"1", "2", "24", *map(str, range(31, 40))}


def test_it_looks_behind_the_end_once_a_day():
    script = Scripted([transaction(1), transaction(2, "Correspond")])
    copy = read(script)
    asked = len(script.asked)
    again = read(script, copy.cursors["history"])
    assert len(script.asked) == asked + 1
    clock = FakeClock(datetime(2026, 11, 21, 9, tzinfo=UTC))
    read(script, again.cursors["history"], clock)
    assert len(script.asked) == asked + 3


def test_it_claims_to_be_complete_only_up_to_where_it_cut():
    clock = FakeClock(NOW)
    script = Scripted([transaction(1, "Correspond")])

    def slow(request):
        clock.advance(90)
        return script(request)

    with source(transport=httpx.MockTransport(slow), clock=clock) as connector:
        pages = Copy().pull(connector, "history").pages["history"]
    assert [page.complete_to for page in pages] == [None, NOW - timedelta(seconds=60)]


def test_ids_beyond_two_to_the_53_stay_exact():
    ident = 2**53 + 1
    copy = read(Scripted([transaction(ident, "Correspond")]))
    assert set(copy.of("message")) == {str(ident)}


def test_a_user_who_is_gone_is_left_out_and_the_rest_goes_on():
    script = Scripted([transaction(1, "Correspond")])
    script.users["/user/27"] = httpx.Response(404, json={"message": "Not Found"})
    copy = read(script)
    assert set(copy.of("message")) == {"1"}
    assert not copy.of("agent")


def test_a_user_page_of_another_shape_is_loud():
    script = Scripted([transaction(1, "Correspond")])
    script.users["/user/27"] = httpx.Response(200, json={"Name": "ann"})
    with pytest.raises(SourceChanged, match="Privileged"):
        read(script)


def test_a_change_of_owner_before_rt_5():
    script = Scripted([transaction(1, "Take", Field="Owner", OldValue="6", NewValue="27")])
    links = [{"ref": "self", "type": "user", "id": 6}]
    script.users["/user/Nobody"] = httpx.Response(200, json={"_hyperlinks": links})
    [change] = read(script).of("change").values()
    assert (change.field, change.old, change.new) == ("assignee", None, "27")


def test_the_surviving_ticket_of_a_merge_is_not_gone():
    link = {"Field": "MergedInto", "NewValue": "fsck.com-rt://example.com/ticket/1"}
    rows = [transaction(1, "AddLink", **link), transaction(2, "AddLink", ObjectId="3", **link)]
    stones = read(Scripted(rows)).of("tombstone")
    assert {ident: stone.into for ident, stone in stones.items()} == {"3": "1"}


def test_a_status_of_a_lifecycle_that_nobody_explained_is_named():
    row = transaction(1, "Status", OldValue="new", NewValue="Waiting for parts")
    copy = read(Scripted([row]))
    [problem] = copy.rejected
    assert "Waiting for parts" in problem
    assert "`statuses`" in problem
    told = read(Scripted([row]), statuses={"waiting for parts": "on_hold"})
    [change] = told.of("change").values()
    assert change.new == "on_hold"


def test_a_name_of_three_letters_has_no_time():
    copy = read(Scripted([transaction(1, "Correspond", Created="now")]))
    assert "Created" in copy.rejected[0]


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ({"items": [], "count": 0, "total": None}, "per_page"),
        (listed([], None, 20), "20"),
        ({**listed([]), "count": 3}, "count"),
        (listed([{"type": "transaction"}]), "no id"),
        ([], "list"),
    ],
)
def test_an_answer_of_another_shape_is_loud(answer, told):
    with (
        source(
            transport=httpx.MockTransport(lambda _: httpx.Response(200, json=answer))
        ) as connector,
        pytest.raises(SourceChanged, match=told),
    ):
        Copy().pull(connector, "history")


def test_a_refused_token_pauses_and_a_login_page_is_no_answer():
    def status(code, text):
        return httpx.MockTransport(lambda _: httpx.Response(code, text=text))

    unauthorized = status(401, '{"message":"Unauthorized"}')
    with source(transport=unauthorized) as connector, pytest.raises(AuthRejected):
        Copy().pull(connector, "history")
    login = status(200, "<html>Login</html>")
    with source(transport=login) as connector, pytest.raises(SourceUnavailable):
        Copy().pull(connector, "history")
    with source(transport=status(403, "")) as connector, pytest.raises(StreamForbidden):
        Copy().pull(connector, "history")


@pytest.mark.parametrize("stream", ["tickets", "history"])
@pytest.mark.parametrize("cursor", ["", "12", "{}", '{"ticket": 1}', "[]"])
def test_a_cursor_of_another_connector_starts_anew(stream, cursor):
    with source(transport=httpx.MockTransport(Scripted([]))) as connector:
        copy = Copy()
        copy.cursors[stream] = cursor
        with pytest.raises(CursorExpired):
            copy.pull(connector, stream)


def test_tickets_that_cannot_all_be_seen_are_loud():
    def answer(request):
        return httpx.Response(200, json=listed([], None))

    with (
        source(transport=httpx.MockTransport(answer), clock=FakeClock(NOW)) as connector,
        pytest.raises(StreamForbidden, match="every ticket"),
    ):
        Copy().pull(connector, "tickets")


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"url": "rt.example.com", "token": "x" * 8}, "is not an address"),
        ({"url": "https://rt.example.com"}, "set token"),
        ({"url": "https://rt.example.com", "username": "ann"}, "set token"),
        ({"url": "https://rt.example.com", "token": "x", "per_page": 101}, "per_page"),
        ({"url": "https://rt.example.com", "token": "x", "statuses": {"a": "done"}}, "statuses"),
    ],
)
def test_settings_that_cannot_be(settings, told):
    with pytest.raises(ValueError, match=told):
        RequestTracker.Config(**settings)


@pytest.mark.parametrize("url", ["https://a.example/rt/", "https://a.example/rt/REST/2.0/"])
def test_the_address_may_be_that_of_the_api(url):
    assert RequestTracker.Config(url=url, token="x").url == "https://a.example/rt"


def test_plain_http_is_refused():
    with pytest.raises(ConfigError, match="unencrypted"), source("http://rt.example.com"):
        pass


@pytest.mark.parametrize(
    ("value", "ours"),
    [
        ("0", "low"),
        (49, "low"),
        ("50", "normal"),
        ("250", "high"),
        ("High", "high"),
        ("Medium", "normal"),
        ("-1", None),
        ("soon", None),
    ],
)
def test_priorities(value, ours):
    scale = {"low": 0, "normal": 50, "high": 100}
    assert Reading("", priorities=scale).priority(value) == ours


@pytest.mark.parametrize("status", ["new", "Resolved", "STALLED"])
def test_statuses_are_read_whatever_their_case(status):
    assert Reading("").status(status)


def test_an_unknown_status_says_what_is_known():
    with pytest.raises(RecordRejected, match="new, open, stalled, resolved, rejected"):
        Reading("").status("weird")


@pytest.mark.parametrize(
    ("headers", "auto", "channel"),
    [
        ("X-RT-Interface: Email\nRT-DetectedAutoGenerated: true", True, "email"),
        ("Received: x\nAuto-Submitted: auto-replied; owner", True, "email"),
        ("X-RT-Interface: Web\nAuto-Submitted: no", False, "web"),
        ("Precedence: bulk\nX-RT-Interface: REST2", True, "api"),
        ("X-RT-Interface: Carrier pigeon", False, "other"),
        ("Subject: x", False, None),
        (None, False, None),
    ],
)
def test_headers(headers, auto, channel):
    assert is_automatic(headers) is auto
    assert channel_of(headers)["channel"] == channel


def test_html_is_read_as_people_see_it():
    html = "<style>p {}</style><p>Good&nbsp;day &amp; hello</p><script>x()</script><br>bye"
    assert plain(html) == "Good day & hello bye"


def test_texts_are_not_asked_for_unless_they_are_wanted():
    script = Scripted([transaction(1, "Correspond")])
    read(script)
    fields = [query["fields"] for path, query in script.asked if path == "/attachments"]
    assert fields == ["TransactionId,Headers"]
