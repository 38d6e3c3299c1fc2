"""Settings, signing in, and the account's limits."""

import base64

import pytest
from pydantic import ValidationError

from deskpulse.http.limiter import Limiter
from deskpulse_connectors.freshdesk.connector import Freshdesk
from support.clock import FakeClock
from support.freshdesk import KEY, source, streams
from support.server import ScriptedServer, json_, status


def settings(**given):
    return Freshdesk.Config(**{"domain": "acme", "api_key": KEY, **given})


@pytest.mark.parametrize(
    ("domain", "address"),
    [
        ("acme", "https://acme.freshdesk.com"),
        ("support.acme.example", "https://support.acme.example"),
        ("acme.freshdesk.com/", "https://acme.freshdesk.com"),
        ("https://acme.freshdesk.com/api/v2", "https://acme.freshdesk.com"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
    ],
)
def test_where_the_account_is(domain, address):
    assert Freshdesk.base_url(settings(domain=domain)) == address


@pytest.mark.parametrize("domain", ["", "a b", "https://acme.example/path", "acme/?x=1"])
def test_what_is_no_account(domain):
    with pytest.raises(ValidationError, match="neither a name"):
        settings(domain=domain)


def test_meanings_of_statuses_are_ours():
    with pytest.raises(ValidationError, match="statuses"):
        settings(statuses={"8": "waiting"})
    with pytest.raises(ValidationError, match="statuses"):
        settings(statuses={"In test": "on_hold"})


@pytest.mark.parametrize(
    ("given", "account", "lists"),
    [
        ({}, 200, 20),
        ({"plan": "trial"}, 50, 20),
        ({"plan": "pro"}, 400, 100),
        ({"plan": "enterprise"}, 700, 200),
        ({"plan": "enterprise", "requests_per_minute": 100}, 100, 100),
        ({"requests_per_minute": 5000, "lists_per_minute": 300}, 5000, 300),
    ],
)
def test_the_plan_says_how_much_may_be_asked(given, account, lists):
    budgets = {each.name: each.requests for each in Freshdesk.budgets(settings(**given))}
    assert budgets == {"": account, "tickets": lists, "contacts": lists}


def test_the_key_is_the_user_and_never_shown(caplog):
    caplog.set_level("DEBUG")
    with ScriptedServer() as server:
        server.on("/api/v2/groups", json_([]), status(503))
        with source(server.url, attempts=1) as desk:
            list(desk.groups(None))
        sent = server.requests[0].headers["authorization"]
    assert base64.b64decode(sent.removeprefix("Basic ")).decode() == f"{KEY}:X"
    assert KEY not in caplog.text + repr(settings())


def test_a_page_of_tickets_costs_its_includes():
    """Airbyte counts three credits for a list with an include; the limits are of the account."""
    clock = FakeClock()
    with ScriptedServer() as server:
        server.on("/api/v2/tickets", json_([]))
        with source(
            server.url, clock, requests_per_minute=10, lists_per_minute=9, descriptions=True
        ) as desk:
            for _ in range(3):
                list(streams(desk)["tickets"].pull(None))
        assert server.requests[0].query["include"] == ["stats,description"]
    assert 60 < clock.slept_s < 63  # five credits each


def test_the_vendor_is_believed_when_it_says_that_nothing_is_left():
    """Others use the account as well: Remaining 0 stops us before a 429 does."""
    clock = FakeClock()
    told = {"X-RateLimit-Total": "50", "X-RateLimit-Remaining": "0"}
    with ScriptedServer() as server:
        server.on("/api/v2/groups", json_([], **told))
        with source(server.url, clock) as desk:
            list(desk.groups(None))
            list(desk.groups(None))
    assert 59 < clock.slept_s < 62
    assert Limiter(Freshdesk.budgets(settings()), clock)


def test_a_limit_is_waited_for_as_long_as_it_says():
    clock = FakeClock()
    over = {"message": "You have exceeded the limit of requests per hour"}
    with ScriptedServer() as server:
        server.on("/api/v2/groups", json_(over, 429, retry_after="37"), json_([]))
        with source(server.url, clock) as desk:
            list(desk.groups(None))
    assert 37 <= clock.slept_s < 40
