"""The client against a real server on loopback; waits happen on the fake clock."""

import gzip
import ssl
import threading
import time
from email.utils import format_datetime
from importlib.metadata import version
from types import SimpleNamespace

import httpx
import pytest
import trustme
from pydantic import Field, SecretStr

from deskpulse.asking import Http
from deskpulse.clock import SystemClock
from deskpulse.connector import Connector
from deskpulse.errors import (
    AuthRejected,
    PluginError,
    RateLimited,
    RequestRefused,
    SourceChanged,
    SourceUnavailable,
    StreamForbidden,
)
from deskpulse.http.auth import bearer
from deskpulse.http.budget import Budget
from deskpulse.http.pause import Stopped
from deskpulse.http.retry import Patience
from deskpulse.http.wire import Bounds
from support.clock import MONDAY
from support.server import Reply, ScriptedServer, html, json_, reset, status, truncated

OK = json_({"ok": True})


def test_it_is_what_a_connector_expects(client):
    promised: Http = client
    assert promised


def test_get_sends_its_parameters_and_says_who_asks(client, server):
    server.queue(OK)
    assert client.get("/a", x=1, y=None, z=[1, 2], **{"page[size]": 5}) == {"ok": True}
    request = server.requests[0]
    assert (request.method, request.path) == ("GET", "/a")
    assert request.query == {"x": ["1"], "z": ["1", "2"], "page[size]": ["5"]}
    assert request.headers["user-agent"] == f"deskpulse/{version('deskpulse')}"
    assert request.headers["accept"] == "application/json"


@pytest.mark.parametrize("link", ["{url}/a?page=2&x=1", "/a?page=2&x=1", "?page=2&x=1"])
def test_a_link_names_the_next_page_and_may_be_asked_for(client, server, link):
    there = f'<{link.format(url=server.url)}>; rel="next"'
    server.queue(json_([1], Link=there), json_([2]))
    first = client.linked("/a", x=1)
    assert (first.body, first.next) == ([1], f"{server.url}/a?page=2&x=1")
    last = client.linked(first.next)
    assert (last.body, last.next) == ([2], None)
    assert server.requests[1].query == {"page": ["2"], "x": ["1"]}


def test_a_link_to_another_host_is_not_given_out(client, server):
    server.queue(json_([1], Link='<https://elsewhere.example/a?page=2>; rel="next"'))
    with pytest.raises(SourceChanged, match=r"elsewhere\.example"):
        client.linked("/a")


def test_a_query_is_posted_as_json_and_repeated_after_a_fault(client, server):
    server.queue(reset(), status(502), OK)
    assert client.post_query("/search", {"q": "é"}) == {"ok": True}
    assert [r.method for r in server.requests] == ["POST"] * 3
    assert server.requests[2].json() == {"q": "é"}
    assert server.requests[2].headers["content-type"] == "application/json"


def test_connections_are_kept_and_cookies_are_not(client, server):
    server.queue(json_({}, set_cookie="session=1; Path=/"), OK)
    client.get("/a")
    client.get("/b")
    assert "cookie" not in server.requests[1].headers


def test_gzip(client, server):
    server.queue(Reply(200, gzip.compress(b'{"ok": true}'), {"Content-Encoding": "gzip"}))
    assert client.get("/a") == {"ok": True}


@pytest.mark.parametrize(
    "fault",
    [
        reset(),
        truncated({"tickets": ["x" * 100]}),
        html(200),
        Reply(200, b'{"tickets": ['),
        Reply(200, b""),
        Reply(200, b"not gzip", {"Content-Encoding": "gzip"}),
        *map(status, (408, 409, 425, 429, 500, 501, 502, 503, 504, 520, 521, 522, 523, 524)),
    ],
    ids=str,
)
def test_passing_faults_are_retried_five_times(make, server, clock, fault):
    client = make()
    server.on("/passes", fault, fault, fault, fault, OK)
    assert client.get("/passes") == {"ok": True}
    assert clock.slept_s > 0
    server.requests.clear()
    server.on("/stays", fault)
    with pytest.raises((SourceUnavailable, RateLimited)) as caught:
        client.get("/stays", cursor="abc")
    assert len(server.requests) == 5
    assert str(caught.value).startswith("GET /stays ")
    assert "abc" not in str(caught.value)
    assert caught.value.__cause__ is caught.value.__context__ is None
    if fault.status >= 400:
        assert caught.value.status == fault.status
        assert f"answered {fault.status}" in str(caught.value)


def test_nobody_listens(make, clock):
    client = make(base_url="http://127.0.0.1:1")
    with pytest.raises(
        SourceUnavailable, match=r"GET /a got no answer from \S+ \(ConnectError"
    ) as caught:
        client.get("/a")
    assert caught.value.status is None
    assert "url" in caught.value.hint


def test_a_certificate_that_nobody_vouches_for_is_not_accepted(make):
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("127.0.0.1").configure_cert(tls)
    with ScriptedServer(tls) as server:
        client = make(base_url=server.url)
        with pytest.raises(SourceUnavailable, match="CERTIFICATE_VERIFY_FAILED"):
            client.get("/a")
    assert server.requests == []


def test_a_slow_answer_is_cut_off(make, server):
    client = make(bounds=Bounds(read_s=0.05), patience=Patience(attempts=2))
    server.queue(Reply(delay_s=0.3))
    with pytest.raises(SourceUnavailable, match="ReadTimeout"):
        client.get("/a")


def test_an_answer_that_drips_is_cut_off(make, server):
    clock = SystemClock()
    client = make(
        clock=clock, bounds=Bounds(answer_s=0.1), patience=Patience(attempts=2, first_s=0.01)
    )
    server.queue(Reply(body=b'{"a": "' + b"x" * 40 + b'"}', drip_s=0.01))
    with pytest.raises(SourceUnavailable, match="not complete"):
        client.get("/a")


@pytest.mark.parametrize("compressed", [False, True])
def test_an_answer_that_is_too_large_is_not_read(make, server, compressed):
    body = b'"' + b"x" * 300_000 + b'"'
    headers = {"Content-Encoding": "gzip"} if compressed else {}
    server.queue(Reply(200, gzip.compress(body) if compressed else body, headers))
    with pytest.raises(SourceChanged, match="more than 100,000 bytes"):
        make(bounds=Bounds(most_bytes=100_000)).get("/a")
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("code", "error"),
    [
        (400, RequestRefused),
        (401, AuthRejected),
        (402, RequestRefused),
        (403, StreamForbidden),
        (404, RequestRefused),
        (410, RequestRefused),
        (422, RequestRefused),
        (304, SourceChanged),
    ],
)
def test_lasting_faults_are_raised_at_once_with_the_vendors_words(client, server, code, error):
    server.queue(json_({"error": {"message": "No such thing"}}, code))
    with pytest.raises(error) as caught:
        client.get("/a/b", start=5)
    assert caught.value.status == code
    words = "no reason given" if code == 304 else "No such thing"
    assert str(caught.value) == f"GET /a/b answered {code}: {words}"
    assert caught.value.hint
    assert len(server.requests) == 1


def test_an_empty_403_is_still_a_403(client, server):
    server.queue(Reply(403, b"", {"Content-Type": "text/html"}))
    with pytest.raises(StreamForbidden, match="no reason given"):
        client.get("/a")


def test_only_the_beginning_of_an_error_is_read(client, server):
    server.queue(Reply(400, b"sorry " * 100_000, {"Content-Type": "text/plain"}))
    with pytest.raises(RequestRefused) as caught:
        client.get("/a")
    assert len(str(caught.value)) < 400
    assert client.stats.received_bytes < 300_000


def test_html_instead_of_json_says_what_to_check(client, server):
    server.queue(html(200))
    with pytest.raises(SourceUnavailable, match="text/html") as caught:
        client.get("/a")
    assert "url" in caught.value.hint


# --- waiting ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "waited"),
    [
        ("1", 1),
        ("0.5", 0.5),
        ("30", 30),
        ("120", 120),
        (format_datetime(MONDAY.replace(minute=1), usegmt=True), 60),
    ],
)
@pytest.mark.parametrize("code", [429, 503])
def test_retry_after_is_waited_out(client, server, clock, header, waited, code):
    server.queue(status(code, retry_after=header), OK)
    assert client.get("/a") == {"ok": True}
    assert clock.slept_s == pytest.approx(waited)
    assert client.stats.waited_rate_limit_s == pytest.approx(waited)


@pytest.mark.parametrize("header", ["0", "-1", "abc", "", "99999999999", "inf"])
def test_a_useless_retry_after_means_backing_off(client, server, clock, header):
    server.queue(status(429, retry_after=header), OK)
    assert client.get("/a") == {"ok": True}
    assert 0 <= clock.slept_s <= 1


@pytest.mark.parametrize("code", [429, 503])
def test_a_long_retry_after_gives_the_thread_back(make, server, clock, code):
    client = make(budgets=[Budget("", 100)])
    server.queue(status(code, retry_after="3600"), OK)
    for _ in range(2):
        with pytest.raises(RateLimited) as caught:
            client.get("/a")
        assert caught.value.retry_after == pytest.approx(3600)
    assert clock.slept_s == 0
    assert len(server.requests) == 1  # the second one was not even sent
    clock.advance(3600)
    assert client.get("/a") == {"ok": True}


def test_the_reset_header_helps_out(client, server, clock):
    server.queue(status(429, ratelimit_remaining="0", ratelimit_reset="41"), OK)
    client.get("/a")
    assert clock.slept_s == pytest.approx(41)


def test_a_named_budget_without_any_word_waits_for_its_window(make, server, clock):
    client = make(budgets=[Budget("exports", 10, 60.0)])
    server.queue(status(429), OK)
    client.get("/a", budget="exports")
    assert clock.slept_s == pytest.approx(60)


def test_rate_limited_to_the_end(client, server):
    server.queue(status(429))
    with pytest.raises(RateLimited) as caught:
        client.get("/a")
    assert caught.value.retry_after == 60
    assert len(server.requests) == 5


def test_a_conflict_waits_ten_seconds_or_more(client, server, clock):
    server.queue(status(409), OK)
    client.get("/a")
    assert 10 <= clock.slept_s <= 11


@pytest.mark.parametrize(("code", "error"), [(504, SourceUnavailable), (429, RateLimited)])
def test_giving_up_at_once(client, server, clock, code, error):
    server.queue(status(code, retry_after="1"))
    with pytest.raises(error) as caught:
        client.get("/a", give_up_on=[code])
    assert type(caught.value) is error
    assert caught.value.status == code
    assert (len(server.requests), clock.slept_s) == (1, 0)


def test_a_429_in_one_thread_holds_the_others(make, server, clock):
    client = make(budgets=[Budget("", 100)], patience=Patience(attempts=1, told_to_wait=1))
    server.queue(status(429, retry_after="50"), OK)
    with pytest.raises(RateLimited):
        client.get("/a")
    client.get("/b")
    assert clock.slept_s == pytest.approx(50)
    assert client.stats.waited_budget_s == pytest.approx(50)


def test_budgets_are_kept_and_learned_from_answers(make, server, clock):
    client = make(budgets=[Budget("", 3, 10.0)])
    server.queue(OK)
    for _ in range(6):
        client.get("/a")
    assert 10 <= clock.slept_s <= 11
    server.queue(json_({}, x_rate_limit_remaining="0", ratelimit_reset="33"), OK)
    clock.advance(60)
    before = clock.slept_s
    for _ in range(3):
        client.get("/a")
    assert clock.slept_s - before == pytest.approx(33)


def test_an_unknown_budget_is_a_fault_of_the_plugin(client, server):
    with pytest.raises(PluginError):
        client.get("/a", budget="exprots")
    assert server.requests == []


def test_a_stop_ends_a_wait_promptly(make, server):
    stop = threading.Event()
    client = make(clock=SystemClock(), stop=stop)
    server.queue(status(429, retry_after="100"))
    threading.Timer(0.1, stop.set).start()
    started = time.monotonic()
    with pytest.raises(Stopped) as caught:
        client.get("/a")
    assert isinstance(caught.value, SourceUnavailable)
    assert time.monotonic() - started < 1
    with pytest.raises(Stopped):
        client.get("/b")
    assert server.paths() == ["/a"]


def test_a_stop_ends_a_long_answer(make, server):
    stop = threading.Event()
    client = make(clock=SystemClock(), stop=stop)
    server.queue(Reply(body=b'"' + b"x" * 100 + b'"', drip_s=0.02))
    threading.Timer(0.1, stop.set).start()
    with pytest.raises(Stopped):
        client.get("/a")


# --- redirects ----------------------------------------------------------------------------------


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_a_redirect_on_the_same_host_is_followed_with_credentials(server, signed, code):
    server.on("/old", status(code, location="/new?x=1"))
    server.on("/new", OK)
    assert signed.get("/old") == {"ok": True}
    assert server.requests[1].query == {"x": ["1"]}
    assert server.requests[1].headers["authorization"] == "Bearer s3cr3t-key"


def test_a_fourth_redirect_is_not_followed(client, server):
    server.queue(status(302, location="/again"))
    with pytest.raises(SourceChanged, match="redirect that is not followed"):
        client.get("/a")
    assert len(server.requests) == 4


@pytest.mark.parametrize("reply", [status(302, location="/b"), status(308, location="/b")])
def test_a_post_is_not_redirected(client, server, reply):
    server.queue(reply, OK)
    with pytest.raises(SourceChanged):
        client.post_query("/a", {})
    assert len(server.requests) == 1


def test_a_redirect_without_a_location(client, server):
    server.queue(status(302))
    with pytest.raises(SourceChanged):
        client.get("/a")


def test_credentials_never_travel_to_another_host(make, signed_options):
    seen = []

    def vendor(request):
        seen.append(request.url.host)
        return httpx.Response(302, headers={"location": "https://evil.test/steal"})

    client = make(
        base_url="https://acme.test", transport=httpx.MockTransport(vendor), **signed_options
    )
    with pytest.raises(SourceChanged, match=r"https://evil\.test"):
        client.get("/a")
    with pytest.raises(SourceChanged):
        client.get("https://evil.test/next_page")
    assert seen == ["acme.test"]


# --- for a connector ----------------------------------------------------------------------------


class Acme(Connector):
    name = "acme"

    class Config(Connector.Config):
        url: str = Field(description="Where the account is.")
        api_key: SecretStr = Field(description="The key.")

    auth = bearer("api_key")

    @classmethod
    def budgets(cls, config):
        return [Budget("", 2, 60.0)]


@pytest.fixture
def signed_options():
    return {"auth": bearer("api_key"), "config": Acme.Config(url="x", api_key="s3cr3t-key")}


@pytest.fixture
def signed(make, signed_options):
    return make(**signed_options)


def test_a_connector_declares_address_auth_and_budgets(make, server, clock):
    base = make()
    config = Acme.Config(url=f"{server.url}/api", api_key="s3cr3t-key")
    client = type(base).for_connector(
        Acme, config, source="support", clock=clock, redactor=base._line.redactor
    )
    server.queue(OK)
    with client:
        for _ in range(3):
            client.get("/t")
    assert server.requests[0].path == "/api/t"
    assert server.requests[0].headers["authorization"] == "Bearer s3cr3t-key"
    assert 60 <= clock.slept_s <= 62


def test_statistics(client, server, clock):
    skewed = format_datetime(clock.now().replace(second=30), usegmt=True)
    server.queue(status(429, retry_after="7"), status(500), json_({"x": 1}, date=skewed))
    client.get("/a")
    stats = client.stats
    assert (stats.requests, stats.retries, stats.rate_limited) == (3, 2, 1)
    assert stats.waited_rate_limit_s == pytest.approx(7)
    assert stats.waited_retry_s == pytest.approx(clock.slept_s - 7)
    assert stats.received_bytes == len(b'{"x": 1}')
    assert stats.clock_skew_s == pytest.approx(30 - clock.slept_s)


def test_a_link_that_the_source_gave_out_is_fetched_without_credentials(make, server):
    with ScriptedServer() as elsewhere:
        elsewhere.on("/day.json", json_({"rows": [1]}))
        client = make(auth=bearer("token"), config=SimpleNamespace(token="s3cr3t-token"))
        assert client.fetch(f"{elsewhere.url}/day.json?signature=xyz") == {"rows": [1]}
        [request] = elsewhere.requests
    assert "authorization" not in request.headers
    assert request.query == {"signature": ["xyz"]}
    assert server.requests == []


@pytest.mark.parametrize("link", ["http://files.example/day.json", "/day.json", "ftp://h/x", "::"])
def test_a_link_that_is_not_https_is_not_followed(client, link):
    with pytest.raises(SourceChanged):
        client.fetch(link)


def test_a_refused_link_does_not_show_its_signature(client, server):
    server.on("/day.json", json_({}, 403))
    with pytest.raises(StreamForbidden) as caught:
        client.fetch(f"{server.url}/day.json?X-Amz-Signature=S1GNATURE")
    assert "S1GNATURE" not in str(caught.value)
