"""Parts of a file behind a signed link, what answers say aside, tokens in another header."""

from collections.abc import Mapping

import httpx
import pytest
from pydantic import BaseModel, SecretStr

from deskpulse.errors import SourceChanged, SourceUnavailable, StreamForbidden
from deskpulse.http.auth import bearer
from deskpulse.http.budget import Budget
from deskpulse.http.client import HttpClient
from deskpulse.http.oauth import OAuth
from deskpulse.http.redact import Redactor
from deskpulse.http.retry import Patience
from deskpulse.http.verdict import Aside, Said
from support.clock import FakeClock

FILE = b"0123456789"
LINK = "https://files.example/export.jsonl?Signature=s3cr3t-signature"


class Config(BaseModel):
    token: SecretStr = SecretStr("a-secret-token")
    client_id: str = "client"
    client_secret: SecretStr = SecretStr("a-client-secret")


def client(answer, **options):
    clock = options.pop("clock", None) or FakeClock()
    return HttpClient(
        source="shop",
        base_url=options.pop("base_url", "https://shop.example"),
        clock=clock,
        redactor=Redactor(),
        auth=options.pop("auth", bearer("token")),
        config=Config(),
        patience=Patience(attempts=2),
        transport=httpx.MockTransport(answer),
        **options,
    )


def serving(ranges=True):
    seen = []

    def answer(request):
        seen.append(request)
        if not ranges:
            return httpx.Response(200, content=FILE)
        first, last = map(int, request.headers["range"].removeprefix("bytes=").split("-"))
        if first >= len(FILE):
            return httpx.Response(416)
        return httpx.Response(206, content=FILE[first : last + 1])

    return answer, seen


@pytest.mark.parametrize("ranges", [True, False])
def test_a_file_comes_in_parts(ranges):
    answer, seen = serving(ranges)
    with client(answer) as http:
        parts = [http.fetch_part(LINK, first=at, size=4) for at in (0, 4, 8, 12)]
    assert parts == [b"0123", b"4567", b"89", b""]
    for request in seen:
        assert "authorization" not in request.headers
        assert request.headers["accept-encoding"] == "identity"


def test_what_is_no_json_is_fine_and_faults_are_retried():
    answers = [httpx.Response(503), httpx.Response(206, content=b"<html>")]
    with client(lambda _: answers.pop(0)) as http:
        assert http.fetch_part(LINK, first=0, size=9) == b"<html>"


def test_a_link_that_expired_is_refused_without_its_signature():
    with client(lambda _: httpx.Response(403)) as http:
        with pytest.raises(StreamForbidden) as info:
            http.fetch_part(LINK, first=0, size=9)
        assert "s3cr3t" not in str(info.value)


@pytest.mark.parametrize(
    "link",
    ["http://files.example/x", "ftp://files.example/x", "/x", "", "http://127.0.0.1/x", "https://"],
)
def test_a_link_must_be_https(link):
    with client(lambda _: httpx.Response(500)) as http, pytest.raises(SourceChanged):
        http.fetch_part(link, first=0, size=1)


def test_a_simulator_may_give_out_links_to_loopback():
    answer, seen = serving()
    with client(answer, base_url="http://127.0.0.1:9") as http:
        assert http.fetch_part("http://localhost:8/x", first=0, size=2) == b"01"
        with pytest.raises(SourceChanged):
            http.fetch_part("http://files.example/x", first=0, size=2)
    assert len(seen) == 1


def test_an_aside_lets_the_budget_rest_and_is_told_once(caplog):
    def heard(headers: Mapping[str, str], body):
        return Aside(body["rest"], headers.get("x-notice", ""))

    def answer(_):
        return httpx.Response(200, json={"rest": 3.0}, headers={"X-Notice": "version 1 goes"})

    clock = FakeClock()
    with client(answer, clock=clock, heard=heard, budgets=[Budget("", 100, 1.0)]) as http:
        for _ in range(3):
            http.get("/things")
        assert http.stats.notices == ("version 1 goes",)
        assert http.stats.waited_budget_s == pytest.approx(6.0)
    assert caplog.text.count("version 1 goes") == 1


def test_words_of_the_connector_stand_in_the_message():
    said = Said(SourceUnavailable, 5.0, "Nothing to do.", "the export is being prepared")
    clock = FakeClock()
    with client(
        lambda _: httpx.Response(200, json={}), clock=clock, meaning=lambda _: said
    ) as http:
        with pytest.raises(SourceUnavailable, match="the export is being prepared") as info:
            http.get("/things")
        assert info.value.hint == "Nothing to do."
        assert clock.slept_s >= 5.0 * 19


def test_bought_tokens_go_into_a_header_of_the_vendors_own():
    seen = []

    def answer(request):
        if request.url.path == "/token":
            return httpx.Response(200, json={"access_token": f"bought-token-{len(seen)}"})
        seen.append(request.headers)
        return httpx.Response(401 if len(seen) == 1 else 200, json={})

    with client(answer, auth=OAuth("/token", header="X-Acme-Token")) as http:
        http.get("/things")
    assert [each["x-acme-token"] for each in seen] == ["bought-token-0", "bought-token-1"]
    assert not any("authorization" in each for each in seen)
