"""Settings, and the four ways to sign in, over a real HTTP server."""

import base64
import re
import tomllib
from pathlib import Path

import pytest
from pydantic import ValidationError

from deskpulse.errors import AuthRejected
from deskpulse_connectors.zendesk.config import METHODS
from deskpulse_connectors.zendesk.connector import Zendesk
from support.server import ScriptedServer, json_, status
from support.zendesk import config, source

GROUPS = "/api/v2/groups.json"
TOKENS = "/oauth/tokens"
EMPTY = {"groups": [], "meta": {"has_more": False, "after_cursor": None}}
CLIENT = {"client_id": "deskpulse", "client_secret": "the-client-secret"}


@pytest.fixture
def server():
    with ScriptedServer() as running:
        running.on(GROUPS, json_(EMPTY))
        yield running


def test_client_credentials_are_the_default_and_ask_for_a_lifetime(server):
    """Without `expires_in` in the request Zendesk does not say when the token expires."""
    server.on(TOKENS, json_({"access_token": "fresh-token", "expires_in": 172800}))
    with source(server.url, **CLIENT) as desk:
        list(desk.groups(None))
    asked, read = server.requests
    assert asked.json() == {
        "grant_type": "client_credentials",
        "client_id": "deskpulse",
        "client_secret": "the-client-secret",
        "scope": "read",
        "expires_in": 172800,
    }
    assert read.headers["authorization"] == "Bearer fresh-token"
    assert desk.warnings() == []


def test_a_missing_lifetime_means_unknown_not_expired(server):
    server.on(TOKENS, json_({"access_token": "fresh-token"}))
    with source(server.url, **CLIENT) as desk:
        list(desk.groups(None))
        list(desk.groups(None))
    assert server.paths().count(TOKENS) == 1


def test_a_refresh_token_is_used_once(server):
    server.on(TOKENS, json_({"access_token": "one", "refresh_token": "second-refresh"}))
    server.on(TOKENS, json_({"access_token": "two", "refresh_token": "third-refresh"}))
    with source(server.url, **CLIENT, refresh_token="first-refresh") as desk:
        list(desk.groups(None))
        server.on(GROUPS, status(401), json_(EMPTY))
        server._scripts[GROUPS].popleft()
        list(desk.groups(None))
    used = [r.json()["refresh_token"] for r in server.requests if r.path == TOKENS]
    assert used == ["first-refresh", "second-refresh"]


def test_a_ready_token(server):
    with source(server.url, access_token="ready-token") as desk:
        list(desk.groups(None))
    assert server.requests[0].headers["authorization"] == "Bearer ready-token"


def test_a_legacy_token_works_with_a_dated_warning(server):
    with source(server.url, email="admin@acme.example", api_token="legacy-secret") as desk:
        list(desk.groups(None))
        [warning] = desk.warnings()
    kind, _, value = server.requests[0].headers["authorization"].partition(" ")
    assert kind == "Basic"
    assert base64.b64decode(value) == b"admin@acme.example/token:legacy-secret"
    assert "2027-04-30" in warning
    assert "2026-10-27" in warning
    assert "legacy-secret" not in warning


@pytest.mark.parametrize(
    "body",
    [
        {"error": "Couldn't authenticate you"},
        {"error": {"title": "No"}},
        {"error": "invalid_token"},
    ],
)
def test_bad_credentials_pause_the_source_without_a_loop(server, body):
    server.on(GROUPS, json_(body, 401))
    server._scripts[GROUPS].popleft()
    with source(server.url) as desk, pytest.raises(AuthRejected) as problem:
        list(desk.groups(None))
    assert len(server.requests) <= 2
    assert "secret-token-1" not in str(problem.value) + repr(problem.value)


def test_the_most_deliberate_way_wins():
    every = {
        "client_id": "a",
        "client_secret": "b",
        "refresh_token": "c",
        "access_token": "d",
        "email": "e",
        "api_token": "f",
    }
    assert config(**every).method == "access_token"
    assert config(**CLIENT, refresh_token="c").method == "refresh_token"
    assert config(**CLIENT).method == "client_credentials"
    assert set(METHODS) == {"access_token", "api_token", "refresh_token", "client_credentials"}


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        ({"subdomain": "acme"}, "no way to sign in"),
        ({"subdomain": "acme", "client_id": "a"}, "no way to sign in"),
        ({"subdomain": "acme", "email": "a@b.example"}, "no way to sign in"),
        ({"access_token": "x"}, "set subdomain"),
        ({"subdomain": "acme.zendesk.com", "access_token": "x"}, "subdomain"),
        ({"url": "acme.zendesk.com", "access_token": "x"}, "not an address"),
        ({"subdomain": "acme", "access_token": "x", "per_page": 5000}, "per_page"),
        ({"subdomain": "acme", "access_token": "x", "fields": {"reason": "9"}}, "fields"),
        ({"subdomain": "acme", "access_token": "x", "api_tokn": "y"}, "api_tokn"),
    ],
)
def test_bad_settings_are_refused_by_name(settings, text):
    with pytest.raises(ValidationError, match=text):
        Zendesk.Config(**settings)


@pytest.mark.parametrize(
    ("settings", "desk"),
    [
        ({"subdomain": "acme"}, "https://acme.zendesk.com"),
        ({"url": "http://127.0.0.1:8080/"}, "http://127.0.0.1:8080"),
        ({"url": "https://help.acme.example/api/v2"}, "https://help.acme.example"),
        ({"subdomain": "acme", "url": "http://127.0.0.1:1"}, "http://127.0.0.1:1"),
    ],
)
def test_addresses(settings, desk):
    made = Zendesk.Config(**settings, access_token="x")
    assert made.desk == Zendesk.base_url(made) == desk


def test_secrets_show_nowhere():
    made = config(**CLIENT, refresh_token="the-refresh-secret")
    assert "secret" not in repr(made).replace("client_secret", "")
    assert "the-client-secret" not in made.model_dump_json()


def test_every_setting_and_every_stream_is_described():
    for name, field in Zendesk.Config.model_fields.items():
        assert (field.description or "").endswith("."), name
    with source("http://127.0.0.1:9") as desk:
        for stream in desk.streams():
            assert stream.help.endswith("."), stream.name


def test_the_budgets_are_the_vendors():
    made = config(export_per_minute=30, requests_per_minute=700)
    assert [(b.name, b.requests, b.per_s) for b in Zendesk.budgets(made)] == [
        ("", 700, 60.0),
        ("export", 30, 60.0),
        ("talk", 10, 60.0),
    ]


def test_the_plugin_contributes_the_connector():
    from deskpulse.plugins import load

    registry = load()
    assert registry.connectors["zendesk"] is Zendesk


def test_the_page_about_zendesk_names_every_setting_and_stream():
    page = (Path(__file__).parents[2] / "docs/connectors/zendesk.md").read_text()
    for name in Zendesk.Config.model_fields:
        assert f"`{name}`" in page, name
    with source("http://127.0.0.1:9") as desk:
        for stream in desk.streams():
            assert f"| `{stream.name}` |" in page, stream.name


def test_the_example_of_the_page_is_valid():
    page = (Path(__file__).parents[2] / "docs/connectors/zendesk.md").read_text()
    example = tomllib.loads(re.search(r"```toml\n(.*?)```", page, re.DOTALL)[1])
    settings = example["sources"]["support"]
    assert settings.pop("use") == "zendesk"
    settings["client_secret"] = "from the environment"
    made = Zendesk.Config(**settings)
    assert made.method == "client_credentials"
    assert made.fields["360012345678"] == "reason"
