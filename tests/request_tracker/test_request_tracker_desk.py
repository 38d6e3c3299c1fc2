"""From a real Request Tracker to a KPI: the verbs a support lead uses."""

import pytest

from support.program import Desk

CONFIG = """\
name = "Helpdesk"

[store]
url = "sqlite:///desk.db"

[sources.helpdesk]
use = "request_tracker"
url = "{url}"
token = {{ env = "RT_TOKEN" }}
requests_per_minute = 100000
fields = {{ Reason = "reason" }}
"""
PERIOD = ("--from", "2026-11-01", "--to", "2026-11-08")


@pytest.fixture(scope="module")
def desk(rt_server, story, tmp_path_factory):
    made = Desk(tmp_path_factory.mktemp("desk"), {"RT_TOKEN": rt_server.token})
    return made.configure(CONFIG.format(url=rt_server.url))


def test_check_says_what_can_be_read(desk):
    said = desk("check").ok()
    for stream in ("queues", "tickets", "history"):
        assert f"helpdesk {stream}" in said.out


def test_sync_derive_and_ask(desk, story):
    first = desk("sync", "--json").ok().json
    assert {each["outcome"] for each in first["streams"]} == {"ok"}
    assert [each["rejected"] for each in first["streams"]] == [0, 0, 0]
    desk("derive").ok()

    # the deleted and the merged one are gone; of the others two were answered
    [made] = desk("kpi", "submissions", *PERIOD, "--json").ok().json["rows"]
    assert made["value"] == 4
    [answered] = desk("kpi", "first_reply_time", *PERIOD, "--json").ok().json["rows"]
    assert (answered["value"], answered["n"]) == ((50 + 100) * 60 / 2, 2)
    told = desk("ticket", f"helpdesk/{story['moved']}").ok().out
    assert "auto-reply: ignored" in told
    assert "team from here" in told

    second = desk("sync", "--json").ok().json
    assert [each["requests"] for each in second["streams"]] == [1, 1, 1]
    assert not any(each["rows"]["new"] + each["rows"]["changed"] for each in second["streams"])
