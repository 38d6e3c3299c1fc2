"""`deskpulse check`: what each source and sink says, in words, and the exit code."""

from __future__ import annotations

import pytest

from deskpulse_connectors.simulators.zendesk import ZendeskSimulator
from support.fake_slack import FakeSlack, error
from support.simulated_desk import simulated_desk, stored
from support.small_desk import small_desk

STREAMS = {
    "groups",
    "organizations",
    "users",
    "tickets",
    "ticket_events",
    "satisfaction_ratings",
    "sla_policies",
    "schedules",
}


@pytest.fixture
def simulator():
    with ZendeskSimulator(tickets=20, budget=0, account_limit=0) as simulator:
        yield simulator


def by_stream(done):
    return {item["stream"]: item for item in done.json if item["kind"] == "source"}


def test_all_is_well(tmp_path, simulator):
    desk = simulated_desk(tmp_path, simulator)
    done = desk("check", "--json")
    assert done.code == 0, done.err
    found = by_stream(done)
    assert found.keys() == STREAMS
    assert all(item["ok"] for item in found.values())
    assert found["tickets"]["text"] == "can be read (21 records on the next page)" or found[
        "tickets"
    ]["text"].startswith("can be read (")
    assert stored(desk, "SELECT count(*) FROM ticket") == [(0,)]  # nothing is stored
    shown = desk("check").out
    assert "✓ source zendesk tickets  can be read" in shown
    assert simulator.token not in shown + done.out


def test_credentials_that_are_refused(tmp_path, simulator):
    desk = simulated_desk(tmp_path, simulator)
    desk.env = {"SIMULATOR_TOKEN": "wrong-canary-token"}
    done = desk("check", "--json")
    assert done.code == 3
    (finding,) = by_stream(done).values()  # one is enough
    assert "the credentials were refused" in finding["text"]
    assert finding["hint"]
    assert "canary" not in done.out + done.err


def test_a_stream_that_is_not_granted_is_no_failure(tmp_path, simulator):
    desk = simulated_desk(tmp_path, simulator)
    simulator.faults.add("forbidden", path="*/slas/policies*")
    done = desk("check", "--json")
    assert done.code == 0
    finding = by_stream(done)["sla_policies"]
    assert (finding["ok"], finding["essential"]) == (False, False)
    assert "not granted" in finding["text"]
    assert "! source zendesk sla_policies" in desk("check").out


def test_an_essential_stream_that_cannot_be_read(tmp_path, simulator):
    desk = simulated_desk(tmp_path, simulator)
    simulator.faults.add("forbidden", path="*/incremental/tickets/*")
    done = desk("check", "--json")
    assert done.code == 1
    assert by_stream(done)["tickets"]["ok"] is False
    assert by_stream(done)["users"]["ok"] is True
    assert "✗ source zendesk tickets" in desk("check").out


def test_a_web_page_instead_of_data(tmp_path, simulator):
    desk = simulated_desk(tmp_path, simulator, "streams = ['groups']\n")
    simulator.faults.add("html")
    done = desk("check", "--json")
    assert done.code == 3
    assert (
        "HTML" in by_stream(done)["groups"]["text"] or "html" in by_stream(done)["groups"]["text"]
    )


def test_notifiers(tmp_path):
    with FakeSlack() as slack:
        notifier = f"""
[notifiers.team]
use = "slack"
token = {{ env = "SLACK" }}
channel = "{slack.channel}"
base_url = "{slack.url}"
[notifiers.screen]
use = "console"
"""
        desk = small_desk(tmp_path, notifier)
        desk.env = {"SLACK": slack.token}
        assert desk("check").code == 0
        slack.faults.append(error("invalid_auth"))
        done = desk("check", "--json")
        assert done.code == 1
        found = {item["name"]: item for item in done.json if item["kind"] == "notifier"}
        assert (found["team"]["ok"], found["screen"]["ok"]) == (False, True)
        assert "invalid_auth" in found["team"]["text"]
        assert found["team"]["hint"]
        assert slack.token not in done.out + done.err


RULES = """
[rules.promises]
use = "sla"
[rules.backlog]
use = "target"
kpi = "{kpi}"
above = 5
"""


def test_rules_that_tell_nobody(tmp_path):
    desk = small_desk(tmp_path, RULES.format(kpi="backlog"))
    done = desk("check", "--json")
    [found] = [item for item in done.json if item["kind"] == "route"]
    assert not found["ok"]
    assert "told to nobody" in found["text"]
    assert "[routes.all]" in found["hint"]
    assert done.code == 0  # `alerts list` shows them all the same


@pytest.mark.parametrize("verb", [("check",), ("run", "--once")])
def test_a_rule_that_names_a_kpi_that_there_is_not(tmp_path, verb):
    desk = small_desk(tmp_path, RULES.format(kpi="backlogg"))
    done = desk(*verb)
    assert done.code == 2
    assert "[rules.backlog] kpi names 'backlogg'; did you mean \"backlog\"?" in done.err
    assert "line " in done.err


def test_warnings_of_a_source(tmp_path):
    desk = small_desk(tmp_path / "empty")
    (desk.folder / "tickets.ndjson").unlink()
    done = desk("check", "--json")
    assert any("no file matches" in item["text"] for item in done.json)


def test_a_fault_in_a_connector_is_a_finding(tmp_path, monkeypatch):
    def explode(*_):
        raise RuntimeError("boom")

    desk = small_desk(tmp_path)
    monkeypatch.setattr("deskpulse_connectors.files.connector.FilesConnector._pull", explode)
    done = desk("check", "--json")
    assert done.code == 3 or done.code == 1
    finding = by_stream(done)["records"]
    assert "a fault in the connector: RuntimeError: boom" in finding["text"]
