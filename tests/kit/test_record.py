"""`deskpulse record`: a tape of a live source holds no secret and nobody, and plays back."""

import base64
import json
import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from inspect import signature
from typing import Any

import httpx
import pytest

from deskpulse.errors import PluginError
from deskpulse.testing import ConnectorContract, Recorder, Scrubber, Tape
from deskpulse.testing.bench import opened, pull
from deskpulse.testing.clock import FrozenClock
from deskpulse.testing.leaves import leaf_of
from deskpulse.testing.tape import Exchange
from deskpulse_connectors.freshdesk.connector import Freshdesk
from deskpulse_connectors.gmail.connector import Gmail
from deskpulse_connectors.shopify.connector import Shopify
from deskpulse_connectors.simulators.gmail import GmailSimulator
from deskpulse_connectors.simulators.shopify import ShopifySimulator
from deskpulse_connectors.simulators.zendesk import ZendeskSimulator
from deskpulse_connectors.simulators.zendesk.team import Size
from deskpulse_connectors.zendesk.connector import Zendesk
from support.freshdesk import simulator as freshdesk
from support.program import Desk

CASES = ("zendesk", "freshdesk", "gmail", "shopify")
TOKEN = "an-invented-access-token"


def zendesk_desk(folder):
    size = Size(agents=6, customers=8, organizations=3)
    made = ZendeskSimulator(seed=5, tickets=10, weeks=2, budget=0, account_limit=0, size=size)
    made.advance(-int(made.clock.instant().timestamp()) % 60)
    with made as simulator:
        simulator.settle()
        secret = simulator.credentials["client_secret"]
        config = f"""[sources.desk]
use = "zendesk"
url = "{simulator.url}"
client_id = "{simulator.credentials["client_id"]}"
client_secret = {{ env = "SECRET" }}
per_page = 8
export_per_minute = 1000
requests_per_minute = 10000
"""
        yield Desk(folder, {"SECRET": secret}).configure(config), simulator, [secret]


def freshdesk_desk(folder):
    size = {"agents": 7, "companies": 7, "customers": 9}
    with freshdesk(seed=28, tickets=24, weeks=1, **size) as simulator:
        simulator.advance(3600, quiet=True)
        desk, at = simulator.desk, simulator.clock.now() - 1800
        first, second, *_ = desk.tickets.values()
        desk.remove(at, first, spam=True)
        desk.remove(at, second, spam=False)
        config = f"""[sources.desk]
use = "freshdesk"
domain = "{simulator.url}"
api_key = {{ env = "SECRET" }}
requests_per_minute = 10000
lists_per_minute = 10000
per_page = 6
start = "2026-01-01"
statuses = {{ "8" = "on_hold" }}
"""
        yield (
            Desk(folder, {"SECRET": simulator.key}).configure(config),
            simulator,
            [simulator.key],
        )


def gmail_desk(folder):
    with GmailSimulator(seed=21, conversations=14, weeks=2) as simulator:
        token = simulator.tokens.token
        config = f"""[sources.desk]
use = "gmail"
url = "{simulator.url}"
access_token = {{ env = "SECRET" }}
per_page = 4
bodies = true
[sources.desk.team]
"anna@acme.example" = "Anna Berg"
"ben@acme.example" = "Ben Kaya"
"""
        yield Desk(folder, {"SECRET": token}).configure(config), simulator, [token]


def shopify_desk(folder):
    with ShopifySimulator(seed=3, orders=30) as simulator:
        config = f"""[sources.desk]
use = "shopify"
url = "{simulator.url}"
access_token = {{ env = "SECRET" }}
backfill = "pages"
page_size = 10
personal_data = ["name", "email"]
"""
        yield (
            Desk(folder, {"SECRET": simulator.token}).configure(config),
            simulator,
            [simulator.token],
        )


DESKS: dict[str, Any] = {
    "zendesk": zendesk_desk,
    "freshdesk": freshdesk_desk,
    "gmail": gmail_desk,
    "shopify": shopify_desk,
}
CONNECTORS: dict[str, Any] = {
    "zendesk": Zendesk,
    "freshdesk": Freshdesk,
    "gmail": Gmail,
    "shopify": Shopify,
}


@pytest.fixture(scope="module", params=CASES)
def recorded(request, tmp_path_factory):
    """(vendor, what the verb said, the tape's text, secrets, people and words of the account)."""
    folder = tmp_path_factory.mktemp(request.param) / "desk"
    made = DESKS[request.param](folder)
    desk, simulator, secrets = next(made)
    now = simulator.clock.instant().isoformat()
    done = desk("record", "desk", "-o", folder / "tape.json", "--pages", 100, "--json", as_of=now)
    assert done.code == 0, done.err
    personal = set(told_by(desk, folder, as_of=now))
    yield request.param, done.json, (folder / "tape.json").read_text(), secrets, personal
    made.close()


def told_by(desk, folder, as_of) -> Iterator[str]:
    """Every name, address and text that a sync of the same account stores."""
    from deskpulse.store import Store
    from support.stores import rows

    desk.configure("[privacy]\nbodies = true\n" + desk.config.read_text())
    desk("sync", as_of=as_of)
    store = Store.open(f"sqlite:///{folder}/deskpulse.db", keep_bodies=True)
    for query in (
        "SELECT name FROM customer UNION SELECT name FROM agent",
        "SELECT email FROM customer UNION SELECT email FROM agent",
        "SELECT subject FROM ticket UNION SELECT subject FROM message",
        "SELECT body FROM message UNION SELECT comment FROM survey",
    ):
        yield from (text for [text] in rows(store, query) if text and len(text) > 3)
    store.close()


def test_no_secret_and_nobody_is_on_the_tape(recorded):
    _, _, text, secrets, personal = recorded
    assert len(personal) > 10
    plain = json.loads(text)
    spoken = json.dumps([plain, *decoded(text)], ensure_ascii=False).lower()
    for secret in secrets:
        assert secret.lower() not in spoken
        assert "127.0.0.1" not in spoken
    found = {each for each in personal if _stands_in(each.lower(), spoken)}
    assert found == set()


def decoded(text) -> Iterator[str]:
    """What stands behind base64."""
    for found in re.findall(r'"([A-Za-z0-9+/_-]{12,}={0,2})"', text):
        for decode in (base64.b64decode, base64.urlsafe_b64decode):
            with suppress(ValueError):
                yield decode(found + "=" * (-len(found) % 4)).decode()


def _stands_in(text, spoken):
    return bool(
        re.search(rf"(?<!\w){re.escape(json.dumps(text, ensure_ascii=False)[1:-1])}(?!\w)", spoken)
    )


def test_what_is_said_of_the_tape(recorded):
    vendor, said, text, *_ = recorded
    assert said["exchanges"] == len(json.loads(text)) > 5
    assert (said["cut"], said["refused"]) == ([], {})
    assert set(said["replaced"]) & {"text", "name"}
    assert all(count > 0 for count in said["pages"].values()), vendor


def settings_of(vendor, said):
    config = {"url": said["address"], "access_token": TOKEN}
    if vendor == "zendesk":
        config |= {"per_page": 8, "export_per_minute": 1000, "requests_per_minute": 10_000}
    if vendor == "freshdesk":
        config = {
            "domain": said["address"], "api_key": TOKEN, "requests_per_minute": 10_000,
            "lists_per_minute": 10_000, "per_page": 6, "start": "2026-01-01",
            "statuses": {"8": "on_hold"},
        }  # fmt: skip
    if vendor == "gmail":
        config |= {"per_page": 4, "bodies": True, "team": said["settings"]["team"]}
    if vendor == "shopify":
        config |= {"backfill": "pages", "page_size": 10, "personal_data": ["name", "email"]}
    return config


def test_it_plays_back_and_records_are_linked(recorded):
    vendor, said, text, _, _ = recorded
    connector = CONNECTORS[vendor]
    clock = FrozenClock(datetime.fromisoformat(said["now"]))
    tape = Tape.of(json.loads(text))
    player = tape.player()
    records = []
    with opened(connector, connector.Config(**settings_of(vendor, said)), player, clock) as source:
        for stream in source.streams():
            pulled = pull(stream, None, player)
            assert pulled.rejected == [], stream.name
            records += [record for page in pulled.records for record in page]
    player.demand_no_miss()
    of = {}
    for record in records:
        of.setdefault(record.kind_name, {})[record.id] = record
    people = {*of["customer"], *of.get("agent", {})}
    tickets = of.get("ticket", {})
    requesters = {ticket.requester_id for ticket in tickets.values()} - {None}
    requesters |= {order.customer_id for order in of.get("order", {}).values()} - {None}
    assert requesters
    assert requesters <= people
    assert {message.ticket_id for message in of.get("message", {}).values()} <= set(tickets)
    assert any((one.name or "").startswith("Person ") for one in of["customer"].values())


CHECKS = (
    "test_pulls_valid_records",
    "test_resumes_from_every_cursor",
    "test_caught_up_means_caught_up",
    "test_storing_twice_changes_nothing",
    "test_only_reads",
    "test_leaks_no_secret",
    "test_large_ids_stay_exact",
    "test_survives_a_kill_after_every_request",
)
"""What of the contract a tape must be whole for."""


def test_the_contract_holds_over_the_tape(recorded, tmp_path):
    vendor, said, text, _, _ = recorded

    class Recorded(ConnectorContract):
        connector = CONNECTORS[vendor]
        config = settings_of(vendor, said)
        tape = Tape.of(json.loads(text))
        now = datetime.fromisoformat(said["now"])
        overlap = 100
        ties = "This tape was recorded to see whether recording works."

    contract = Recorded()
    for check in CHECKS:
        method = getattr(contract, check)
        method(*([tmp_path] if "tmp_path" in signature(method).parameters else []))


@pytest.mark.parametrize(
    ("key", "value", "beside", "leaf"),
    [
        ("status", "open", {}, "kept"),
        ("created_at", "2026-01-05T09:00:00Z", {}, "kept"),
        ("subject", "Broken", {}, "text"),
        ("name", "Quirina", {"email": "q@x.example"}, "name"),
        ("displayName", "Q", {}, "name"),
        ("value", "Q <q@x.example>", {"name": "From"}, "letters"),
        ("value", "<1@x.example>", {"name": "Message-ID"}, "kept"),
        ("name", "Message-ID", {"value": "<1@x.example>"}, "kept"),
        ("mobile", "017012345", {}, "phone"),
        ("anything", "+49 170 1234567", {}, "phone"),
        ("nextPageToken", "abc", {}, "kept"),
        ("access_token", "abc", {}, "secret"),
        ("time_zone", "Eastern Time (US & Canada)", {}, "kept"),
        ("value", "Wombat", {"field_name": "subject"}, "text"),
        ("anything", "two words", {}, "text"),
        ("start_time", "8:00 am", {}, "kept"),
    ],
)
def test_what_a_value_is(key, value, beside, leaf):
    assert leaf_of(key, value, beside) == leaf


def test_the_same_value_is_the_same_replacement_everywhere():
    entries = [
        {"path": "/people", "json": [{"id": 1, "name": "Quirina Zwack", "email": "Q@z.example"}]},
        {"path": "/people/q@z.example", "params": {"q": "q@z.example"}, "json": {
            "mail": "q%40z.example", "tags": ["zwack", "vip"], "note": "Quirina called",
            "url": "https://desk.z.example/u/1?x=quirina", "photo_url": "https://cdn.example/q.png",
        }},
    ]  # fmt: skip
    scrubber = Scrubber(host="desk.z.example", address="https://acme.vendor.example")
    [first, second] = scrubber.scrub(Tape.of(entries)).exchanges
    address = first.json[0]["email"]
    assert first.json[0] == {"id": 1, "name": "Person 1", "email": address}
    assert second.path == f"/people/{address}"
    assert dict(second.params) == {"q": address}
    answer = second.json
    assert answer["mail"] == address.replace("@", "%40")
    assert answer["tags"] == ["Person1", "vip"]
    assert answer["url"] == "https://acme.vendor.example/u/1?x=Person1"
    assert answer["photo_url"] == "https://elsewhere.example/1"
    assert "called" not in answer["note"]


def test_the_address_of_the_next_page_names_nobody_and_no_account():
    link = '<https://desk.acme.com/a?page=2&email=ann.berg@acme.com>; rel="next"'
    tape = Tape([Exchange("GET", "/a", headers={"link": link, "retry-after": "3"}, body=b"[]")])
    [kept] = Scrubber(host="desk.acme.com").scrub(tape).exchanges
    assert kept.headers["retry-after"] == "3"
    assert kept.headers["link"].startswith("<https://acme.example/a?page=2&email=person-")
    assert kept.headers["link"].endswith('>; rel="next"')
    assert "ann" not in kept.headers["link"]
    assert "acme.com" not in kept.headers["link"]


def test_a_source_without_http_has_nothing_to_record(tmp_path):
    desk = Desk(tmp_path).configure('[sources.f]\nuse = "files"\npath = "*.csv"\n')
    done = desk("record", "f")
    assert done.code == 2
    assert "asks nobody over HTTP" in done.err


def test_what_is_no_question_is_never_sent():
    asked = []
    recorder = Recorder(httpx.MockTransport(asked.append))
    with httpx.Client(transport=recorder) as client:
        for method in ("PUT", "PATCH", "DELETE"):
            with pytest.raises(PluginError, match="changes something at the source"):
                client.request(method, "https://desk.example/tickets/1")
    assert asked == []


def test_signing_in_is_passed_on_and_not_noted():
    def answer(request):
        granted = {"access_token": "tok-1", "expires_in": 60}
        return httpx.Response(200, json=granted if request.url.path == "/token" else {"id": 1})

    recorder = Recorder(httpx.MockTransport(answer))
    with httpx.Client(transport=recorder) as client:
        form = {"grant_type": "client_credentials", "client_secret": "s3"}
        assert (
            client.post("https://desk.example/token", data=form).json()["access_token"] == "tok-1"
        )
        client.get("https://desk.example/me", headers={"Authorization": "Bearer tok-1"})
    assert [each.path for each in recorder.tape.exchanges] == ["/me"]
    assert "tok-1" in recorder.secrets
