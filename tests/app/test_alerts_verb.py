"""`deskpulse alerts` and `deskpulse status`: what they show and change, and their exit codes."""

import json

import pytest

import deskpulse.app.workspace as opening
from deskpulse.errors import DeliveryRejected
from deskpulse_notifiers.console import Console
from support.small_desk import NOW, derived_desk
from support.told_rules import Told

SETTINGS = """
[notifiers.screen]
use = "console"

[routes.all]
to = ["screen"]

[rules.late]
use = "told"
path = "{path}"
group_wait = "1s"
"""


@pytest.fixture
def desk(tmp_path, monkeypatch):
    load = opening.load_plugins

    def with_rule(**options):
        registry = load(**options)
        registry.rules["told"] = Told
        return registry

    monkeypatch.setattr(opening, "load_plugins", with_rule)
    path = tmp_path / "signals.txt"
    path.touch()
    return derived_desk(tmp_path / "desk", SETTINGS.format(path=path))


@pytest.fixture
def say(tmp_path):
    def say(*signals):
        lines = [json.dumps({"subject": "t1"} | signal) for signal in signals]
        (tmp_path / "signals.txt").write_text("\n".join(lines))

    return say


def test_from_a_signal_to_a_reason(desk, say):
    assert desk("alerts").out == "No alerts.\n"
    say({"labels": {"team": "5"}})
    done = desk("alerts", "evaluate", as_of=NOW).ok()
    assert done.out == "1 firing\n"
    [alert] = desk("alerts", "--json").json
    assert (alert["id"], alert["state"], alert["labels"]) == (1, "firing", {"team": "5"})
    why = desk("alerts", "why", 1, "--json").json
    assert why["routes"][0]["reason"] == "group wait"
    assert desk("alerts", "evaluate", as_of="2026-11-23T08:30:02Z").out == "1 message\n"
    shown = desk("alerts", "why", "1").ok().out
    assert "all: new" in shown
    assert "firing" in shown
    assert desk("alerts", "list", "--state", "resolved", "--json").json == []
    wrong = desk("alerts", "--state", "fring")
    assert (wrong.code, 'did you mean "firing"' in wrong.err) == (2, True)
    assert desk("alerts", "why", "99").code == 2


def test_people_attend_to_alerts(desk, say):
    say({})
    desk("alerts", "evaluate", as_of=NOW).ok()
    assert desk("alerts", "ack", 1, "--by", "Ann").ok().out == "Acknowledged: Ticket waits\n"
    assert desk("alerts", "--json").json[0]["acknowledged_by"] == "Ann"
    done = desk("alerts", "snooze", 1, "--by", "Ann", "--for", "2h", "--json", as_of=NOW).ok()
    assert done.json == {"changed": 1, "text": "Snoozed: Ticket waits"}
    assert desk("alerts", "--json").json[0]["snoozed_until"].startswith("2026-11-23T10:30")
    assert desk("alerts", "snooze", 1, "--by", "Ann", "--for", "soon").code == 2
    say({"condition": "clear"})
    desk("alerts", "evaluate", as_of=NOW).ok()
    late = desk("alerts", "ack", 1, "--by", "Bob")
    assert (late.code, "over already" in late.out) == (1, True)


def test_silences(desk, say):
    say({"labels": {"team": "5"}})
    made = desk(
        "alerts", "silence", "--match", "team=5", "--match", "team=6", "--for", "2h",
        "--by", "Ann", "--reason", "printers move", "--json", as_of=NOW,
    ).ok()  # fmt: skip
    assert made.json["match"] == {"team": ["5", "6"]}
    desk("alerts", "evaluate", as_of=NOW).ok()
    why = desk("alerts", "why", 1, "--json").json["routes"][0]
    assert (why["reason"], "Ann" in why["detail"]) == ("silenced", True)
    assert "team=5 or 6 by Ann" in desk("alerts", "silences", as_of=NOW).out
    assert desk("alerts", "silences", "--end", 1, as_of=NOW).out == "No silences.\n"
    assert desk("alerts", "silences", "--end", 1, as_of=NOW).code == 2
    assert desk("alerts", "silence", "--match", "team", "--by", "Ann").code == 2


def test_what_failed_is_shown_and_sent_again(desk, say, monkeypatch):
    say({})
    with monkeypatch.context() as patch:

        def refuse(*_):
            raise DeliveryRejected("channel_not_found")

        patch.setattr(Console, "send", refuse)
        desk("alerts", "evaluate", as_of=NOW).ok()
        desk("run", "--once", as_of="2026-11-23T08:30:02Z").ok()
    found = desk("alerts", "failed", "--json")
    assert found.code == 1
    [failed] = found.json
    assert failed["error"] == "channel_not_found"
    status = desk("status", as_of="2026-11-23T08:31:00Z")
    assert status.code == 1
    assert "1 messages were refused for good" in status.out
    assert desk("alerts", "failed", "--retry", failed["id"][:8]).out == "Nothing failed.\n"
    assert desk("alerts", "failed", "--dismiss", "nothing").code == 2


def test_a_test_message(desk):
    done = desk("alerts", "test", "screen", "--json").ok()
    assert done.json["notifier"] == "screen"
    assert desk("alerts", "test", "scren").code == 2


def test_status_is_well_and_then_is_not(desk, say):
    assert desk("status", as_of=NOW).code == 1  # nothing was evaluated yet
    say({})
    desk("run", "--once", as_of=NOW).ok()
    well = desk("status", "--json", as_of=NOW).ok().json
    assert well["healthy"] is True
    assert well["alerts"] == {"firing": 1}
    assert [source["stale"] for source in well["sources"]] == [False]
    late = desk("status", as_of="2026-11-23T09:30:00Z")
    assert late.code == 1
    assert "alerts were not evaluated since" in late.out


def test_status_names_a_rule_that_fails(desk, say, tmp_path):
    (tmp_path / "signals.txt").write_text("no signal")
    assert desk("run", "--once", as_of=NOW).code == 0
    ill = desk("status", as_of="2026-11-23T08:31:00Z")
    assert ill.code == 1
    assert "rule late fails since 2026-11-23 08:30 UTC: a fault in deskpulse or a plugin" in ill.out
    desk("alerts", "evaluate", as_of="2026-11-23T08:32:00Z")
    [rule] = desk("status", "--json", as_of="2026-11-23T08:33:00Z").json["failing_rules"]
    assert (rule["rule"], rule["since_at"][:16]) == ("late", "2026-11-23T08:30")
    say({})
    desk("run", "--once", as_of="2026-11-23T08:34:00Z").ok()
    assert desk("status", "--json", as_of="2026-11-23T08:34:00Z").json["failing_rules"] == []


def test_run_tells_and_check_names_mistakes(desk, say, tmp_path):
    say({"title": "Ticket 7 waits"})
    first = desk("run", "--once", as_of=NOW).ok()
    assert "alerts: 1 firing, 1 message" in first.err  # it ends at once, and waits for no group
    assert "Ticket 7 waits" in first.out
    second = desk("run", "--once", as_of="2026-11-23T08:31:00Z").ok()
    assert "alerts:" not in second.err
    (tmp_path / "signals.txt").unlink()
    found = desk("check")
    assert found.code == 1
    assert "signals.txt is not there" in found.out
    broken = desk("run", "--once", as_of="2026-11-23T08:32:00Z")
    assert "rule late:" in broken.err
    assert desk("alerts", "--json").json[0]["state"] == "firing"


def test_a_rule_nobody_knows_is_refused(desk):
    desk.configure(desk.config.read_text().replace('use = "told"', 'use = "tolt"'))
    done = desk("run", "--once")
    assert done.code == 2
    assert """[rules.late] use is 'tolt'; did you mean "told"?""" in done.err
