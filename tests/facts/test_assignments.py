"""Who got a ticket when: stations, transfers, escalations, and time without anybody."""

from __future__ import annotations

import pytest

from deskpulse.calendars import Calendar, Calendars
from deskpulse_reports.facts import Settings, SourceRules
from support.fact_cases import at, change, facts, status, ticket


def row(*args, **kwargs):
    return facts(*args, **kwargs).tickets.row(0, named=True)


def shown(found, **expected):
    assert {name: found[name] for name in expected} == expected


def assign(time, new, old=None):
    return change(time, "assignee", new, old)


def team(time, new, old=None):
    return change(time, "team", new, old)


def test_nobody_ever():
    shown(
        row(ticket()),
        first_assigned_at=None,
        unassigned_s=None,
        unassigned_business_s=None,
        assignee_stations=0,
        unique_assignees=0,
        group_stations=0,
        transfers=0,
        escalations=0,
        escalated_at=None,
    )


def test_from_hand_to_hand():
    found = row(
        ticket(),
        [
            assign("10:00", "a"),
            assign("11:00", "b", "a"),
            assign("12:00", None, "b"),
            assign("13:00", "a"),
            status("14:00", "solved", "open"),
            assign("15:00", "b", "a"),
        ],
    )
    shown(
        found,
        first_assigned_at=at("10:00"),
        last_assigned_at=at("13:00"),
        unassigned_s=3600.0,
        first_assignment_s=4 * 3600.0,
        last_assignment_s=3600.0,
        assignee_stations=4,
        unique_assignees=2,
    )


def test_by_the_business_clock():
    week = {"mon": [("09:30", "12:00"), ("13:30", "17:00")]}
    settings = Settings(Calendars([Calendar("desk", "UTC", week)]), default_calendar="desk")
    changes = [assign("10:00", "a"), status("14:00", "solved", "open")]
    shown(
        row(ticket(), changes, settings=settings),
        unassigned_business_s=1800.0,
        first_assignment_business_s=2.5 * 3600,
        last_assignment_business_s=2.5 * 3600,
    )


def test_assigned_only_after_the_resolution():
    found = row(ticket(), [status("10:00", "solved", "open"), assign("11:00", "a")])
    shown(found, unassigned_s=7200.0, first_assignment_s=None, last_assigned_at=None)


def test_made_with_an_assignee():
    shown(row(ticket(assignee_id="a", team_id="t")), unassigned_s=0.0, assignee_stations=1,
          group_stations=1, transfers=0)  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "transfers"),
    [
        ([team("10:00", "t1"), assign("11:00", "a"), team("12:00", "t2", "t1")], 1),
        ([assign("10:00", "a"), team("11:00", "t1")], 0),  # the first team it ever got
        ([team("10:00", "t2", "t1"), assign("11:00", "a")], 0),  # before the first assignment
        ([team("10:00", "t1"), assign("11:00", "a"), team("11:00", "t2", "t1")], 0),  # with it
        ([team("10:00", "t2", "t1")], 0),  # never assigned
        (
            [assign("09:30", "a"), team("10:00", None, "t1"), team("11:00", "t2")],
            1,
        ),  # by way of none
        ([assign("09:30", "a"), team("10:00", None, "t1"), team("11:00", "t1")], 0),  # and back
    ],
)
def test_transfers(changes, transfers):
    found = row(ticket(), changes)
    shown(found, transfers=transfers, escalations=transfers)


def test_escalations_are_moves_into_the_teams_that_are_named():
    rules = SourceRules(escalation_teams=frozenset({"l2", "l3"}))
    settings = Settings(sources={"s": rules})
    changes = [
        team("10:00", "l2", "l1"),  # before any assignment, and yet an escalation
        assign("10:30", "a"),
        team("11:00", "l1", "l2"),
        team("12:00", "l3", "l1"),
    ]
    shown(
        row(ticket(), changes, settings=settings),
        transfers=2,
        escalations=2,
        escalated_at=at("10:00"),
    )
    shown(row(ticket(team_id="l2"), settings=settings), escalations=0, escalated_at=None)
