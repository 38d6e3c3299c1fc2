"""The simulated Zendesk: its own numbers agree with ours, and planted differences are named."""

from collections import defaultdict

import pytest

from deskpulse_connectors.simulators.zendesk import ZendeskSimulator
from deskpulse_connectors.simulators.zendesk.team import Size
from support.planted import Planter
from support.simulated_desk import simulated_desk

KINDS = (
    *("private_first_reply", "bot_reply", "agent_created", "closed_vs_solved", "solved_again"),
    *("reopened", "no_calendar", "daylight_saving", "stale", "minute_rounding", "unknown"),
)


def reconciled(folder, simulator, **more):
    desk = simulated_desk(folder, simulator)
    now = simulator.clock.instant().isoformat()
    desk("sync", as_of=now).ok()
    desk("derive", as_of=now).ok()
    return desk("reconcile", "zendesk", "--json", as_of=now, **more).ok().json


def agreement(found):
    n = sum(each["n"] for each in found["metrics"])
    return sum(each["equal"] for each in found["metrics"]) / n


def simulator(**more):
    return ZendeskSimulator(seed=5, tickets=700, budget=0, account_limit=0, **more)


def test_an_untouched_desk_agrees(tmp_path):
    """Six agents, of whom none leaves."""
    with simulator(size=Size(6, 240, 30)) as made:
        found = reconciled(tmp_path, made)
    assert found["tickets"] > 650
    assert len(found["metrics"]) == 14
    assert agreement(found) == 1
    assert {each["reason"] for each in found["reasons"]} == {"nothing_yet"}


@pytest.fixture(scope="module")
def planted(tmp_path_factory):
    with simulator() as made:
        planter = Planter(made)
        planted = {kind: planter.plant(kind) for kind in KINDS}
        made.advance(120)
        yield made, planted, reconciled(tmp_path_factory.mktemp("planted"), made)


@pytest.mark.parametrize("kind", KINDS)
def test_planted_differences_are_named(planted, kind):
    _, tickets, found = planted
    assert tickets[kind]
    reasons = defaultdict(set)
    for row in found["disagreements"]:
        reasons[row["ticket_id"]].add(row["reason"])
    assert {key: reasons[key] - {"nothing_yet"} for key in tickets[kind]} == {
        key: {kind} for key in tickets[kind]
    }


def test_what_was_not_planted_agrees_though_an_agent_left_before_the_first_sync(planted):
    made, tickets, found = planted
    ours = set().union(*tickets.values())
    rest = [row for row in found["disagreements"] if row["ticket_id"] not in ours]
    assert {row["reason"] for row in rest} == {"nothing_yet"}
    assert all(row["reproduced"] for row in rest)
    assert any(author == made.team.leaver for _, _, _, author, _ in made.desk.messages)
    assert agreement(found) > 0.97  # with 55 tickets planted
