"""Calls and chats: what is stated, what follows from instants, and what cannot be."""

from __future__ import annotations

import math

import polars as pl
import pytest

from deskpulse.calendars import Calendar, Calendars
from deskpulse_reports.facts import History, Settings, SourceRules
from deskpulse_reports.facts import derive as derive_facts
from deskpulse_reports.facts import history as shapes
from support.fact_cases import at, call, facts, ticket
from support.golden import cases


def alone(settings=None, **fields):
    """The row of a call without a ticket."""
    row = {"source": "s", "id": "i", "channel": "voice", **fields}
    none = pl.DataFrame(schema=dict(shapes.TICKETS))
    calls = pl.DataFrame([row], infer_schema_length=None)
    found = derive_facts(History.of(none, interactions=calls), settings or Settings())
    return found.interactions.row(0, named=True)


def shown(row, **expected):
    assert {name: row[name] for name in expected} == expected


def test_golden_handle_time():
    [case] = [each for each in cases("aggregates") if each["kpi"] == "aht"]
    given = case["input"]
    row = alone(
        talk_s=float(given["talk_s"]),
        hold_s=float(given["hold_s"]),
        wrap_up_s=float(given["acw_s"]),
    )
    shown(row, handle_s=case["expect"]["aht_s"], outcome="answered")


def test_durations_follow_from_instants_where_none_is_stated():
    row = alone(queued_at=at("09:00"), answered_at=at("09:01"), ended_at=at("09:05"), hold_s=30.0)
    shown(row, wait_s=60.0, talk_s=210.0, handle_s=240.0, wrap_up_s=None, outcome="answered")
    shown(row, started_at=at("09:00"), flawed=False)
    gave_up = alone(queued_at=at("09:00"), ended_at=at("09:02"), outcome="abandoned")
    shown(gave_up, wait_s=120.0, talk_s=None, handle_s=None)
    stated = alone(queued_at=at("09:00"), answered_at=at("09:01"), wait_s=5.0)
    shown(stated, wait_s=5.0, talk_s=None, handle_s=None)


def test_what_was_not_answered_was_not_handled():
    shown(alone(talk_s=20.0, outcome="voicemail"), handle_s=None, talk_s=20.0)


def test_the_wait_of_what_was_answered_nobody_knows_when_is_unknown():
    """From the queue to the end it also talked."""
    given = {"queued_at": at("10:00"), "ended_at": at("10:05")}
    assert alone(**given, outcome="answered")["wait_s"] is None
    assert alone(**given, talk_s=200.0)["wait_s"] is None
    assert alone(**given, outcome="answered", wait_s=20.0)["wait_s"] == 20
    assert alone(**given, outcome="abandoned")["wait_s"] == 300
    assert alone(**given)["wait_s"] == 300


def test_instants_the_wrong_way_round_measure_nothing():
    shown(
        alone(queued_at=at("09:05"), answered_at=at("09:01"), ended_at=at("09:00")),
        wait_s=None,
        talk_s=None,
    )


@pytest.mark.parametrize("wrong", [-1.0, math.nan, math.inf])
def test_durations_that_cannot_be_are_null_and_said_so(wrong):
    shown(alone(hold_s=wrong, talk_s=60.0), hold_s=None, talk_s=60.0, handle_s=60.0, flawed=True)


def test_sentinels_are_no_instants():
    shown(alone(queued_at=0, ended_at=253402300799 * 10**6), started_at=None, in_hours=None)


def test_in_hours_by_the_teams_the_sources_or_the_default_calendar():
    def settings(**more):
        week = {"mon": [("09:00", "17:00")]}
        return Settings(Calendars([Calendar("desk", "UTC", week)]), **more)

    nine = {"queued_at": at("09:00")}
    shown(alone(settings(), queued_at=at("08:59")), in_hours=True, calendar="")
    shown(alone(settings(default_calendar="desk"), **nine), in_hours=True, calendar="desk")
    late = {"queued_at": at("17:00")}
    shown(alone(settings(default_calendar="desk"), **late), in_hours=False)
    shown(alone(settings(sources={"s": SourceRules(calendar="desk")}), **late), in_hours=False)
    of_team = settings(team_calendars={("s", "t"): "desk"})
    shown(alone(of_team, team_id="t", **late), in_hours=False)
    shown(alone(of_team, team_id="u", **late), in_hours=True)


def test_what_belongs_to_a_ticket_has_its_dimensions():
    found = facts(
        ticket(channel="email", reason="late", requester_id="c", removed_reason="spam"),
        interactions=[
            call("09:10", direction="inbound"),
            call("09:20", direction="outbound", customer_id="d", removed_reason="deleted"),
            call("09:30", ticket_id="unknown"),
        ],
    ).interactions
    columns = ("channel", "reason", "customer_id", "initiated_by", "counted")
    assert found.select(columns).rows() == [
        ("voice", "late", "c", "customer", False),
        ("voice", "late", "d", "agent", False),
        ("voice", None, None, None, True),
    ]


def test_handle_times_of_a_ticket_are_summed():
    calls = [
        call("09:10", talk_s=60.0),
        call("09:20", talk_s=30.0),
        call("09:30", talk_s=9.0, removed_reason="deleted"),
    ]
    assert facts(ticket(), interactions=calls).tickets["handled_s"].to_list() == [90.0]
