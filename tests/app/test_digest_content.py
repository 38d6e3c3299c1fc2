"""What digests gather: by week, for one team, in another zone, with agents by consent."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from deskpulse.clock import to_micros
from support.small_desk import derived_desk

NOW = "2026-11-23T08:30:00Z"
CONFIG = """
[notifiers.screen]
use = "console"

[targets.first_reply_time]
goal = "10m"

[digests.boss]
to = ["screen"]
period = "week"
by_team = true
by_source = true
agents = true

[digests.billing]
to = ["screen"]
team = "Billing"

[digests.tokyo]
to = ["screen"]
zone = "Asia/Tokyo"

[digests.nobody]
to = ["screen"]
team = "Biling"
"""
LATE = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)  # a Sunday, in Berlin and in Tokyo


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    desk = derived_desk(tmp_path_factory.mktemp("digests"), CONFIG)
    desk.records(
        "people.ndjson",
        {"record": "team", "id": "7", "name": "Billing"},
        {"record": "agent", "id": "a", "name": "Agent 03"},
    )
    desk.records("more.ndjson", *answered("b1", timedelta(hours=3), team_id="7", assignee_id="a"))
    desk.records(
        "surveys.ndjson",
        {"record": "survey", "id": "s1", "kind": "csat", "ticket_id": "b1", "score": 0}
        | {"scale_min": 0, "scale_max": 1, "sent_at": at(200), "answered_at": at(210)},
        {"record": "survey", "id": "s2", "kind": "csat", "ticket_id": "20", "score": 1}
        | {"scale_min": 0, "scale_max": 1, "sent_at": at(5), "answered_at": at(9)},
    )
    desk("sync").ok()
    desk("derive").ok()
    promise(desk, "b1", datetime(2026, 11, 23, 9, 30, tzinfo=UTC), team="7")
    promise(desk, "21", datetime(2026, 11, 23, 8, 0, tzinfo=UTC))
    promise(desk, "20", datetime(2026, 11, 24, 8, 0, tzinfo=UTC))  # tomorrow
    promise(desk, "19", datetime(2026, 11, 23, 9, 0, tzinfo=UTC), running=0)
    return desk


def at(minutes):
    return (LATE + timedelta(minutes=minutes)).isoformat()


def answered(key, after, **fields):
    minutes = after / timedelta(minutes=1)
    yield {"record": "ticket", "id": key, "subject": "Invoice", "created_at": at(0)} | {
        "status": "open",
        **fields,
    }
    said = {"record": "message", "ticket_id": key, "public": True}
    yield said | {"id": f"{key}-1", "sent_at": at(0), "author_role": "customer"}
    yield (
        said
        | {"id": f"{key}-2", "sent_at": at(minutes), "author_id": "a"}
        | {"author_role": "agent"}
    )


def promise(desk, ticket, due, *, team=None, running=1):
    with closing(sqlite3.connect(desk.folder / "desk.db")) as connection, connection:
        connection.execute(
            "INSERT INTO sla_clock (source, ticket_id, metric, n, policy, target_s, clock, calendar,"
            " team_id, state, running, elapsed_s, standing_at, due_at, reason, history) VALUES"
            " ('shop', ?, 'next_reply_time', 1, 'p', 7200, 'calendar', '', ?, 'active', ?, 0, ?, ?, '',"
            " 0)",
            (ticket, team, running, to_micros(due) - 7_200_000_000, to_micros(due)),
        )


def shown(desk, name, *more):
    done = desk("digest", name, "--preview", "terminal", *more, as_of=NOW)
    assert done.code == 0, done.err
    return done.out


def test_a_week_with_tables_of_teams_and_agents(desk):
    told = shown(desk, "boss")
    assert "Small desk: 16 Nov to 22 Nov 2026" in told
    assert "Last week 8 tickets came in" in told
    assert "against the week before" in told
    assert "By team" in told
    by_source = told.partition("By source")[2].split()
    assert by_source[by_source.index("shop") + 1] == "8"  # as many as in all
    assert "Billing" in told
    assert "By agent" in told
    assert "Agent 03" in told
    assert "New reviews: 1 good, 1 bad" in told


def test_what_breaks_today_the_most_urgent_first(desk):
    told = shown(desk, "tokyo")
    assert "1 promise is late, 1 more would break today." in told
    late, soon = told.split("Late already")[1].split("Breaks today")
    assert "shop/21" in late
    assert "next reply 30 min late, due 17:00" in late
    assert "shop/b1" in soon.split("Waiting longest")[0]
    assert "next reply 1 h left, due 18:30" in soon  # in Tokyo
    assert "shop/20 " not in told
    assert "shop/19" not in told


def test_a_digest_and_the_list_of_clocks_say_the_same(desk):
    listed = desk("sla", "--state", "running", "--json", as_of=NOW).ok().json["clocks"]
    states = [clock["state"] for clock in listed if clock["due_at"] < "2026-11-23T15:00"]
    assert sorted(states) == ["active", "breached"]  # before midnight in Tokyo
    rows = " ".join(desk("sla", as_of=NOW).ok().out.split())
    for words in ("30 min late", "1 h left"):
        assert words in rows
        assert words in shown(desk, "tokyo")


def test_a_digest_of_one_team_tells_of_that_team_alone(desk):
    told = shown(desk, "billing")
    assert "Small desk, Billing: Sun 22 Nov 2026" in told
    assert "Yesterday 1 ticket came in and none was resolved" in told
    assert "1 promise would break today." in told
    assert "shop/21" not in told
    assert "Agent 03" not in told  # nobody has asked for names
    assert "New reviews: 0 good, 1 bad" in told


def test_targets_are_marked_without_colour(desk):
    assert "✗ goal 10 min or less" in shown(desk, "billing")


def test_first_replies_far_beyond_the_usual(desk):
    told = shown(desk, "billing")
    assert "First replies that took more than 5 times the usual 30 min" in told
    assert "answered after 3 h" in told


def test_days_are_those_of_the_digests_zone(desk):
    """Tickets come in at 09:00 UTC; those of a Tokyo Sunday are the same, its midnight is not."""
    done = desk("digest", "tokyo", "--preview", "terminal", as_of="2026-11-22T15:30:00Z")
    assert "Small desk: Sun 22 Nov 2026" in done.out  # it is Monday 00:30 in Tokyo


def test_a_team_that_does_not_exist(desk):
    done = desk("digest", "nobody", "--preview", "terminal", as_of=NOW)
    assert done.code == 2
    assert "[digests.nobody] team is 'Biling'; did you mean \"Billing\"?" in done.err


def test_a_preview_by_what_the_notifier_uses(desk):
    by_name = shown(desk, "billing")
    assert desk("digest", "billing", "--preview", "screen", as_of=NOW).out == by_name
    assert desk("digest", "billing", "--preview", "console", as_of=NOW).out == by_name
    done = desk("digest", "billing", "--preview", "slak", "--json", as_of=NOW)
    assert done.code == 2
    assert "no such notifier" in done.err
    whole = json.loads(desk("digest", "billing", "--preview", "terminal", "--json", as_of=NOW).out)
    assert list(whole) == ["screen"]
