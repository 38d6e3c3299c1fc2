"""Tapes, the recorder and the frozen clock: the tools of plugin authors."""

import json
import subprocess
import sys
from datetime import UTC, datetime

import httpx
import pytest

import deskpulse.testing
from deskpulse.http.client import HttpClient
from deskpulse.http.redact import Redactor
from deskpulse.testing import FrozenClock, Recorder, Tape, TapeMiss, frozen
from support.acme import CONFIG, TAPE, Acme
from support.server import ScriptedServer, json_


def ask(tape: Tape, method: str = "GET", url: str = "/", **options):
    with httpx.Client(transport=tape.player(), base_url="https://any.test") as client:
        return client.request(method, url, **options)


def test_params_are_compared_as_text_whatever_their_order():
    tape = Tape.of(
        [
            {
                "path": "/a",
                "params": {"n": 1, "on": True, "of": ["x", "y"], "none": None},
                "json": 5,
            }
        ]
    )
    assert ask(tape, url="/a?of=x&on=true&of=y&n=1").json() == 5
    with pytest.raises(TapeMiss, match=r"not on the tape: GET /a with n=2"):
        ask(tape, url="/a?n=2")


def test_posts_are_told_apart_by_what_they_send():
    tape = Tape.of(
        [
            {"method": "post", "path": "/q", "sent": {"page": page, "by": "id"}, "json": page}
            for page in (1, 2)
        ]
    )
    assert ask(tape, "POST", "/q", json={"by": "id", "page": 2}).json() == 2
    with pytest.raises(TapeMiss, match="sending"):
        ask(tape, "POST", "/q", json={"page": 3})


def test_status_headers_and_text():
    tape = Tape.of(
        [{"path": "/a", "status": 429, "headers": {"retry-after": "3"}, "text": "<html>Slow"}]
    )
    answer = ask(tape, url="/a")
    assert (answer.status_code, answer.headers["retry-after"], answer.text) == (
        429,
        "3",
        "<html>Slow",
    )
    assert answer.headers["content-type"] == "text/html"


@pytest.mark.parametrize(
    ("entries", "said"),
    [
        ({}, "list of entries"),
        ([{"json": 1}], "entry 1 has no path"),
        ([{"path": "/a"}], "entry 1 (/a) needs either json or text"),
        ([{"path": "/a", "json": 1, "text": "1"}], "needs either json or text"),
        ([{"path": "/a", "json": 1, "body": 2}], "entry 1 has 'body'; allowed: headers, json"),
        ([{"path": "/a", "json": 1}] * 2, "answers one request twice: GET /a with no params"),
    ],
)
def test_a_tape_that_is_wrong_says_where(tmp_path, entries, said):
    path = tmp_path / "acme.json"
    path.write_text(json.dumps(entries))
    with pytest.raises(TapeMiss) as caught:
        Tape.load(path)
    assert said in str(caught.value)
    assert str(path) in str(caught.value)


def test_a_tape_that_is_not_there_or_no_json(tmp_path):
    with pytest.raises(TapeMiss, match=r"nowhere\.json is no tape"):
        Tape.load(tmp_path / "nowhere.json")
    (tmp_path / "bad.json").write_text("{")
    with pytest.raises(TapeMiss, match=r"bad\.json is no tape"):
        Tape.load(tmp_path / "bad.json")


def test_a_saved_tape_is_the_same_tape(tmp_path):
    tape = Tape.of(
        [
            {"path": "/a", "params": {"of": ["x", "y"], "n": 1}, "json": {"ä": "ö"}},
            {"method": "POST", "path": "/q", "sent": {"p": 1}, "status": 500, "text": "oops"},
            {"path": "/b", "headers": {"retry-after": "1"}, "json": None},
        ]
    )
    tape.save(tmp_path / "tape.json")
    assert Tape.load(tmp_path / "tape.json").exchanges == tape.exchanges
    assert len((tmp_path / "tape.json").read_text().splitlines()) == 5


def test_a_player_remembers_what_was_asked_and_missed():
    player = TAPE.player()
    with httpx.Client(transport=player, base_url="https://acme.test") as client:
        client.get("/tickets")
        with pytest.raises(TapeMiss):
            client.get("/elsewhere")
    assert [exchange.path for exchange in player.asked] == ["/tickets"]
    with pytest.raises(TapeMiss, match="/elsewhere"):
        player.demand_no_miss()


def test_a_recorded_source_plays_back(tmp_path):
    rows = {"tickets": [{"id": 1, "at": "2026-01-01T00:00:00Z", "subject": "from Ann Smith"}]}
    with ScriptedServer() as server:
        server.queue(
            json_({**rows, "next": f"{server.url}/c1", "more": True}),
            json_({"error": "slow down"}, 429, retry_after="1"),
            json_({"tickets": [], "next": "c2", "more": False}),
        )
        recorder = Recorder(
            httpx.HTTPTransport(), {server.url: "https://acme.test", "Ann Smith": "Customer 1"}
        )
        settings = Acme.Config(url=server.url, api_key=CONFIG["api_key"])
        with HttpClient.for_connector(
            Acme,
            settings,
            source="acme",
            clock=FrozenClock(),
            redactor=Redactor(),
            transport=recorder,
        ) as http:
            pages = list(Acme(settings, http, FrozenClock(), "acme").tickets(None))
    assert [len(page.records) for page in pages] == [1, 0]
    recorder.tape.save(tmp_path / "acme.json")
    text = (tmp_path / "acme.json").read_text()
    assert "Ann Smith" not in text
    assert CONFIG["api_key"] not in text
    first, second = Tape.load(tmp_path / "acme.json").exchanges
    assert first.json["tickets"][0]["subject"] == "from Customer 1"
    assert first.json["next"] == "https://acme.test/c1"
    assert (second.status, second.headers) == (429, {"retry-after": "1"})


def test_a_frozen_clock_stands_while_others_sleep():
    clock = frozen("2026-03-01T10:00+01:00")
    clock.sleep(5)
    clock.sleep(-1)
    assert clock.now() == datetime(2026, 3, 1, 9, tzinfo=UTC)
    assert (clock.monotonic(), clock.slept) == (5, [5, 0])
    clock.advance(60)
    assert (clock.now().minute, clock.monotonic()) == (1, 65)
    assert frozen("2026-03-01T10:00").now() == datetime(2026, 3, 1, 10, tzinfo=UTC)


def test_only_the_contracts_need_pytest():
    program = (
        "import sys; from deskpulse.testing import Tape, Recorder, frozen; "
        "sys.exit('pytest' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_what_is_public_is_there():
    for name in deskpulse.testing.__all__:
        assert getattr(deskpulse.testing, name)
    assert set(deskpulse.testing.__all__) <= set(dir(deskpulse.testing))
    with pytest.raises(AttributeError, match="no attribute 'NotThere'"):
        deskpulse.testing.NotThere  # noqa: B018
