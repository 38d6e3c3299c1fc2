"""`deskpulse init`: by options, by answers, and what it refuses."""

from __future__ import annotations

import tomllib

import pytest

from deskpulse.app import first_sources
from deskpulse.app.opening_hours import read_hours
from deskpulse.app.workspace import Workspace
from deskpulse.config import load
from deskpulse.errors import ConfigError
from deskpulse.plugins import load as load_plugins
from support.program import Desk, invoke
from support.small_desk import FIRST, ticket

FILES = ("--desk", "files", "--address", "*.ndjson", "--zone", "Europe/Berlin")
REST = ("--name", 'Acme "support" \\ Ünïcode', "--hours", "mon-fri 09:00-17:00")


def written(desk):
    return tomllib.loads(desk.config.read_text())


def test_files_and_console_work_at_once(tmp_path):
    desk = Desk(tmp_path).records("a.ndjson", *ticket("1", FIRST))
    done = desk("init", *FILES, *REST, "--channel", "console")
    assert done.code == 0, done.err
    assert "Wrote" in done.out
    assert "source files records" in done.out
    config = written(desk)
    assert config["name"] == REST[1]
    assert config["calendars"]["office"]["hours"] == {"mon-fri": ["09:00-17:00"]}
    assert desk("sync").code == 0
    assert desk("derive").code == 0
    assert desk("digest", "morning", "--dry-run").code == 0


@pytest.mark.parametrize(
    ("channel", "use", "variable"),
    [
        ("C024BE91L", "slack", "SLACK_BOT_TOKEN"),
        ("lead@example.com", "email", "SMTP_PASSWORD"),
    ],
)
def test_secrets_by_reference(tmp_path, channel, use, variable):
    desk = Desk(tmp_path)
    desk.env = {variable: "canary-secret"}
    zendesk = ("--desk", "zendesk", "--address", "acme.zendesk.com", "--zone", "UTC")
    done = desk("init", *zendesk, *REST, "--channel", channel, "--json")
    assert done.code == 0, done.err
    told = done.json
    assert told["secrets"].keys() == {"ZENDESK_CLIENT_SECRET", variable}
    assert told["missing"] == ["ZENDESK_CLIENT_SECRET"]
    assert "Set ZENDESK_CLIENT_SECRET, then run" in " ".join(done.err.split())
    config = written(desk)
    assert config["notifiers"]["team"]["use"] == use
    assert config["sources"]["zendesk"]["subdomain"] == "acme"
    assert config["sources"]["zendesk"]["client_secret"] == {"env": "ZENDESK_CLIENT_SECRET"}
    assert "canary" not in desk.config.read_text() + done.out + done.err


DESKS = {
    "zendesk": ("acme.zendesk.com", {"subdomain": "acme"}),
    "freshdesk": ("acme.freshdesk.com", {"domain": "acme", "plan": "growth"}),
    "gmail": ("help@acme.example", {"mailbox": "help@acme.example"}),
    "imap": ("help@acme.example", {"host": "imap.acme.example", "user": "help@acme.example"}),
    "request_tracker": ("rt.acme.example", {"url": "https://rt.acme.example"}),
    "shopify": ("acme.myshopify.com", {"shop": "acme"}),
    "files": ("*.ndjson", {"path": "*.ndjson"}),
}


def test_every_connector_can_begin_here():
    assert (
        set(DESKS) == set(first_sources.DESKS) == set(load_plugins(only=["deskpulse"]).connectors)
    )


@pytest.mark.parametrize("kind", DESKS)
def test_every_desk_gives_settings_that_its_connector_takes(tmp_path, kind):
    address, wanted = DESKS[kind]
    desk = Desk(tmp_path)
    options = ("--desk", kind, "--address", address, "--zone", "UTC", *REST, "--channel", "console")
    secrets = desk("init", *options, "--json").json["secrets"]
    [(name, table)] = written(desk)["sources"].items()
    assert table["use"] == kind
    assert wanted.items() <= table.items()
    assert {
        each["env"] for each in table.values() if isinstance(each, dict) and "env" in each
    } == set(secrets)
    with Workspace(load(desk.config, dict.fromkeys(secrets, "an-invented-secret"))) as workspace:
        [source] = workspace.sources()
    assert (source.source, source.name) == (name, kind)


@pytest.mark.parametrize(("kind", "key"), [("zendesk", "subdomain"), ("shopify", "shop")])
def test_an_account_may_be_given_by_its_address(tmp_path, kind, key):
    desk = Desk(tmp_path)
    options = ("--desk", kind, "--address", "https://desk.acme.example", "--zone", "UTC", *REST)
    desk("init", *options, "--channel", "console", "--json")
    [table] = written(desk)["sources"].values()
    assert table["url"] == "https://desk.acme.example"
    assert key not in table


def test_it_asks_for_what_was_not_given(tmp_path):
    answers = "files\nHelp desk\n*.ndjson\nAmerica/New_York\nmon-sat 08:00-20:00\nconsole\n"
    config = tmp_path / "new" / "config.toml"
    done = invoke("-c", config, "init", stdin=answers)
    assert done.code == 1  # written, but there is no file yet
    assert "no file matches" in done.out
    text = tomllib.loads(config.read_text())
    assert (text["name"], text["zone"]) == ("Help desk", "America/New_York")
    assert text["calendars"]["office"]["hours"] == {"mon-sat": ["08:00-20:00"]}
    assert "In which time zone" in done.err  # questions are no data


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("--zone", "Europe/Berln", "Europe/Berlin"),
        ("--hours", "9 to 5", "mon-fri 09:00-17:00"),
        ("--desk", "zendsk", 'did you mean "zendesk"?'),
        ("--channel", "#support", "In Slack open the channel, click its name, and copy the id"),
    ],
)
def test_an_answer_that_cannot_be_used(tmp_path, option, value, said):
    desk = Desk(tmp_path)
    done = desk("init", *FILES, *REST, "--channel", "console", option, value)
    assert (done.code, done.out) == (2, "")
    assert said in " ".join(done.err.split())
    assert not desk.config.exists()


def test_an_account_that_is_none_leaves_no_file(tmp_path):
    desk = Desk(tmp_path)
    options = ("--desk", "zendesk", "--address", "our helpdesk", "--zone", "UTC", *REST)
    done = desk("init", *options, "--channel", "console")
    assert done.code == 2
    assert "'our helpdesk' is neither the name of an account nor its address" in " ".join(
        done.err.split()
    )
    assert not desk.config.exists()


def test_an_existing_file_is_kept(tmp_path):
    desk = Desk(tmp_path).configure('name = "mine"\n').records("a.ndjson", *ticket("1", FIRST))
    done = desk("init", *FILES, *REST, "--channel", "console")
    assert done.code == 2
    assert "--force" in done.err
    assert written(desk) == {"name": "mine"}
    assert desk("init", *FILES, *REST, "--channel", "console", "--force").code == 0
    assert written(desk)["name"] == REST[1]


@pytest.mark.parametrize(
    "hours",
    [
        "mon-fri 17:00-09:00",
        "moo 09:00-17:00",
        "mon 9-17",
        "",
        "mon 09:00-25:00",
        "mon-fri 09:00-17:00, fri 16:00-18:00",
        "mon-fri 09:00-17:00,",
    ],
)
def test_hours_that_are_none(hours):
    with pytest.raises(ConfigError, match="hours"):
        read_hours(hours)


def test_hours_are_put_straight():
    assert read_hours(" Mon - Fri  09:00 - 24:00 ") == "mon-fri 09:00-24:00"
    assert read_hours("MON 09:00-12:00  13:00-17:00; sat 10:00-14:00") == (
        "mon 09:00-12:00 13:00-17:00, sat 10:00-14:00"
    )


@pytest.mark.parametrize(
    ("given", "hours"),
    [
        ("24/7", {"mon-sun": ["00:00-24:00"]}),
        (
            "mon-thu 09:00-12:00 13:00-17:00, fri 09:00-16:00",
            {"mon-thu": ["09:00-12:00", "13:00-17:00"], "fri": ["09:00-16:00"]},
        ),
    ],
)
def test_a_desk_with_other_hours(tmp_path, given, hours):
    desk = Desk(tmp_path).records("a.ndjson", *ticket("1", FIRST))
    done = desk("init", *FILES, "--name", "X", "--hours", given, "--channel", "console")
    assert done.code == 0, done.err
    assert written(desk)["calendars"]["office"]["hours"] == hours


@pytest.mark.parametrize(
    ("kind", "given", "wanted"),
    [
        ("zendesk", "https://acme.zendesk.com/agent/dashboard?brand=1", {"subdomain": "acme"}),
        ("zendesk", " Acme.zendesk.com/ ", {"subdomain": "acme"}),
        ("zendesk", "help.acme.example/hc", {"url": "https://help.acme.example"}),
        ("zendesk", "http://127.0.0.1:8080/", {"url": "http://127.0.0.1:8080"}),
        ("freshdesk", "https://acme.freshdesk.com/a/tickets/7", {"domain": "acme"}),
        ("shopify", "https://acme.myshopify.com/admin", {"shop": "acme"}),
    ],
)
def test_an_address_is_often_pasted_from_the_browser(tmp_path, kind, given, wanted):
    desk = Desk(tmp_path)
    options = ("--desk", kind, "--address", given, "--zone", "UTC", *REST, "--channel", "console")
    desk("init", *options, "--json")
    [table] = written(desk)["sources"].values()
    assert {key: table.get(key) for key in ("subdomain", "url", "domain", "shop")} == {
        "subdomain": None, "url": None, "domain": None, "shop": None, **wanted
    }  # fmt: skip
