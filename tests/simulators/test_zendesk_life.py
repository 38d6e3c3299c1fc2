"""The data is lifelike, shaped as the vendor's, and the same for a seed."""

from __future__ import annotations

import json
import os
from collections import Counter
from pathlib import Path

import pytest

from deskpulse_connectors.simulators.hours import Hours, local
from deskpulse_connectors.simulators.zendesk import ZendeskSimulator

SHARED = Path(os.environ.get("DESKPULSE_SHARED", Path(__file__).parents[3] / "shared"))
DAY = 86_400


def whole(simulator):
    return simulator.truth(), simulator.desk.log.text(0, len(simulator.desk.log))


def test_same_seed_same_world():
    worlds = [ZendeskSimulator(tickets=50, seed=seed) for seed in (5, 5, 6)]
    try:
        one, two, three = map(whole, worlds)
        assert one == two
        assert one != three
    finally:
        for world in worlds:
            world.stop()


def test_life_goes_on_the_same_however_time_is_cut():
    one, two = (ZendeskSimulator(tickets=50, seed=5) for _ in range(2))
    before = len(one.desk.log)
    one.advance(3 * DAY)
    for _ in range(72):
        two.advance(3600)
    assert whole(one) == whole(two)
    assert len(one.desk.log) > before
    assert max(each.created for each in one.desk.tickets.values()) > one.clock.now() - 3 * DAY
    one.stop()
    two.stop()


def test_everything_that_can_happen_happens(large):
    desk, truth = large.desk, large.truth()
    roles = Counter(user["role"] for user in truth["users"].values())
    assert roles["admin"] == 1
    assert desk.users[large.team.leaver]["role"] == "end-user"
    assert roles["agent"] == large.team.size.agents - 1
    assert any(user["suspended"] for user in truth["users"].values())
    statuses = {each["status"] for each in truth["tickets"].values()}
    assert statuses == {"new", "open", "pending", "hold", "solved", "closed"}
    assert truth["deleted"]
    assert truth["merged"]
    for source in truth["merged"]:
        assert "closed_by_merge" in truth["tickets"][source]["tags"]
    authors = {each["author"] for each in truth["messages"].values()}
    assert "-1" in authors
    light = [each for each in truth["messages"].values() if each["author"] == str(large.team.light)]
    assert light
    assert not any(each["public"] for each in light)
    tickets = [ticket.data for ticket in desk.tickets.values()]
    assert any(each["subject"] == "SCRUBBED" for each in tickets)
    assert any(each["via"]["source"]["rel"] == "follow_up" for each in tickets)
    assert any(each["followup_ids"] for each in tickets)
    assert any(each["custom_status_id"] for each in tickets)
    reopened = [
        ticket
        for ticket in desk.tickets.values()
        if (metrics := ticket.metric_set(desk.hours)) and metrics["reopens"]
    ]
    assert reopened
    merged = [
        row
        for position in range(len(desk.log))
        if (row := json.loads(desk.log.row(position))).get("merged_ticket_ids")
    ]
    assert {str(row["merged_ticket_ids"][0]) for row in merged} == set(truth["merged"])
    assert min(row["id"] for row in merged) > 2**53


def test_the_week_has_a_rhythm(large):
    arrivals = [local(ticket.created) for ticket in large.desk.tickets.values()]
    by_day = Counter(wall.weekday() for wall in arrivals)
    by_hour = Counter(wall.hour for wall in arrivals)
    assert by_day[0] > 2 * by_day[6] > 0
    assert by_hour[10] > 5 * by_hour[3]


def test_metric_set_counts_business_minutes():
    hours = Hours(local(1_772_409_600).date())
    friday_17 = 1_772_812_800 - 6 * 3600 - 7200
    assert local(friday_17).strftime("%a %H:%M") == "Fri 09:00"
    evening = friday_17 + 8 * 3600
    assert hours.open_seconds(evening, evening + 3 * DAY) == 3600 + 8 * 3600
    assert local(hours.later(evening, 2 * 3600)).strftime("%a %H:%M") == "Mon 10:00"
    sunday = friday_17 + 2 * DAY
    assert local(hours.later(sunday, 0)).strftime("%a %H:%M") == "Mon 09:00"


def test_first_reply_of_the_metric_set(large):
    truth = large.truth()
    desk = large.desk
    staff = {str(ident) for ident, user in desk.users.items() if user["role"] != "end-user"}
    staff.add(str(large.team.leaver))
    for ticket in list(desk.tickets.values())[:300]:
        if ticket.deleted is not None:
            continue
        replies = [
            each["sent_at"]
            for each in truth["messages"].values()
            if each["ticket"] == str(ticket.id)
            and each["public"]
            and each["author"] in staff
            and each["sent_at"] > ticket.created
        ]
        expected = (min(replies) - ticket.created) // 60 if replies else None
        metrics = ticket.metric_set(desk.hours)
        assert metrics["reply_time_in_minutes"]["calendar"] == expected
        assert metrics["replies"] == len(replies)


@pytest.mark.skipif(
    not (SHARED / "fixtures/zendesk").is_dir(), reason="DESKPULSE_SHARED has no fixtures"
)
@pytest.mark.parametrize(
    ("fixture", "key"),
    [
        ("read__incremental__tickets", "tickets"),
        ("read__incremental__users-1-first-page", "users"),
        ("read__incremental__organizations", "organizations"),
    ],
)
def test_shapes_are_those_of_real_answers(call, fixture, key):
    path = SHARED / f"fixtures/zendesk/amp-labs__providers__zendesksupport__test__{fixture}.json"
    real = json.loads(path.read_text())
    name = key if key == "organizations" else f"{key}/cursor"
    ours = call.get(f"incremental/{name}.json", start_time=0).json()
    assert set(ours) == set(real)
    for row in ours[key]:
        missing = set(real[key][0]) - set(row)
        assert not missing
        for field, value in real[key][0].items():
            if value is not None and row[field] is not None:
                assert type(row[field]) is type(value), field
