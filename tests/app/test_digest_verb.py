"""`deskpulse digest`: previews, and real deliveries to Slack, by mail and to the screen."""

from __future__ import annotations

import json
import signal

import pytest

from support.fake_slack import ACCEPT_THEN_SILENCE, UNAVAILABLE, FakeSlack, error
from support.program import wait_for
from support.simulated_desk import stored
from support.small_desk import NOW, derived_desk
from support.smtp import PASSWORD, USER, MailServer

TARGETS = """
[notifiers.screen]
use = "console"
[notifiers.team]
use = "slack"
token = {{ env = "SLACK" }}
channel = "{channel}"
base_url = "{slack}"
timeout_s = {timeout}
[notifiers.boss]
use = "email"
host = "{host}"
port = {port}
security = "starttls"
username = "{user}"
password = {{ env = "SMTP" }}
sender = "Deskpulse <kpi@example.com>"
recipients = ["boss@example.com"]
ca_file = "{ca}"
[digests.morning]
at = "08:00"
to = ["screen", "team", "boss"]
"""


@pytest.fixture(scope="module")
def servers(tmp_path_factory):
    with FakeSlack() as slack, MailServer(tmp_path_factory.mktemp("mail")) as mail:
        yield slack, mail


@pytest.fixture
def slack(servers):
    servers[0].calls.clear()
    servers[0].faults.clear()
    return servers[0]


@pytest.fixture
def mail(servers):
    servers[1].received.clear()
    servers[1].faults.data = ""
    return servers[1]


def targets(slack, mail, timeout=5):
    return TARGETS.format(
        channel=slack.channel,
        slack=slack.url,
        host=mail.host,
        port=mail.port,
        user=USER,
        ca=mail.ca_file,
        timeout=timeout,
    )


@pytest.fixture(scope="module")
def desk(tmp_path_factory, servers):
    desk = derived_desk(tmp_path_factory.mktemp("digests"), targets(*servers))
    desk.env = {"SLACK": servers[0].token, "SMTP": PASSWORD}
    return desk


def test_to_everybody(desk, slack, mail):
    done = desk("digest", "morning", as_of=NOW)
    assert done.code == 0, done.err
    assert done.out.splitlines()[-3:] == ["screen: sent", "team: sent", "boss: sent"]
    assert "Small desk: Sun 22 Nov 2026" in done.out
    (post,) = slack.posts
    assert "1 ticket came in" in post.payload["text"]
    assert "Where is my order?" in json.dumps(post.payload["blocks"])
    (mailed,) = mail.received
    assert mailed.encrypted
    assert mailed.mail["Subject"] == "Small desk: Sun 22 Nov 2026"
    assert mailed.recipients == ["boss@example.com"]
    kinds = {part.get_content_type() for part in mailed.mail.walk()}
    assert {"text/plain", "text/html"} <= kinds
    assert PASSWORD not in done.out + done.err
    assert slack.token not in done.out + done.err


def test_again_by_hand_is_sent_again(desk, slack, mail):
    for _ in range(2):
        assert desk("digest", "morning", "--json").code == 0  # a moving clock: two moments
    assert len(slack.posts) == len(mail.received) == 2


def test_one_sink_that_refuses(desk, slack, mail):
    slack.faults.append(error("not_in_channel"))
    done = desk("digest", "morning", "--json", as_of="2026-11-23T09:00:00Z")
    assert done.code == 1
    found = {item["notifier"]: item for item in done.json}
    assert [found[name]["state"] for name in ("screen", "team", "boss")] == ["sent", "dead", "sent"]
    assert "not_in_channel" in found["team"]["error"]
    assert "Small desk" in done.err  # the screen's digest is no data


def test_a_sink_that_is_down_is_tried_again(desk, slack, mail):
    slack.faults.append(UNAVAILABLE)
    done = desk("digest", "morning", "--json", as_of="2026-11-23T10:00:00Z")
    assert done.code == 1
    assert {item["notifier"]: item["state"] for item in done.json}["team"] == "queued"
    assert slack.posts == []
    assert desk("run", "--once", as_of="2026-11-23T11:30:00Z").code == 0
    assert len(slack.posts) == 1


def test_preview_and_dry_run_send_nothing(desk, slack, mail):
    one = desk("digest", "morning", "--preview", "boss", as_of=NOW)
    assert one.code == 0
    assert "Small desk: Sun 22 Nov 2026" in one.out
    every = desk("digest", "morning", "--dry-run", "--json", as_of=NOW)
    assert every.json.keys() == {"screen", "team", "boss"}
    assert (slack.posts, mail.received) == ([], [])


def test_another_day_and_a_quiet_one(desk):
    told = desk("digest", "morning", "--preview", "screen", "--day", "2026-11-10", as_of=NOW)
    assert "Tue 10 Nov 2026" in told.out
    assert desk("digest", "morning", "--day", "tomorrow").code == 2


def test_when_nothing_happened_it_keeps_silent(tmp_path):
    quiet = '[notifiers.s]\nuse = "console"\n[digests.d]\nto = ["s"]\nwhen_empty = "skip"\n'
    desk = derived_desk(tmp_path, quiet)
    desk.records(
        "last.ndjson",
        {"record": "change", "id": "x", "ticket_id": "21"}
        | {"changed_at": "2026-11-22T10:00:00Z", "field": "status", "old": "new", "new": "solved"},
    )
    desk("sync").ok()
    desk("derive").ok()
    done = desk("digest", "d", "--day", "2026-12-24", as_of="2026-12-25T09:00:00Z")
    assert done.code == 0
    assert "Nothing happened on Thu 24 Dec 2026" in done.out
    assert (
        desk("digest", "d", "--day", "2026-12-24", "--json", as_of="2026-12-25T09:00:00Z").json
        == {}
    )


def test_killed_while_sending_it_is_sent_after_all(tmp_path, slack, mail):
    """The message is in the outbox before it is sent; the next process sends it, and says so."""
    desk = derived_desk(
        tmp_path,
        targets(slack, mail, timeout=60).replace(
            'to = ["screen", "team", "boss"]', 'to = ["team"]'
        ),
    )
    desk.env = {"SLACK": slack.token, "SMTP": PASSWORD}
    slack.faults.append(ACCEPT_THEN_SILENCE)
    with desk.start("digest", "morning", as_of=NOW) as running:
        wait_for(lambda: bool(slack.posts), running=running)
        running.send(signal.SIGKILL)
        running.end(10)
    assert stored(desk, "SELECT state FROM delivery") == [("queued",)]
    assert desk("run", "--once", as_of="2026-11-23T08:31:00Z").code == 0
    first, second = slack.posts  # at least once: it may have arrived before
    assert "Possibly repeated" in str(second.payload)
    assert "Possibly repeated" not in str(first.payload)
    assert stored(desk, "SELECT state FROM delivery") == [("sent",)]
