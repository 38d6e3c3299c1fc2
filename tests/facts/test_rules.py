"""The decisions, one by one: trust, closing, removal, ties, odd instants, credit, surveys."""

from __future__ import annotations

import polars as pl
import pytest

from deskpulse.calendars import Calendar, Calendars
from deskpulse.errors import ConfigError
from deskpulse_reports.facts import History, Settings, SourceRules, derive
from support.golden import micros

DAY = "2025-06-02T"
STATED = Settings(sources={"s": SourceRules(trust="stated")})


def at(time):
    return micros(f"{DAY}{time}:00Z")


def ticket(**more):
    return pl.DataFrame([{"source": "s", "id": "1", "created_at": at("09:00"), **more}])


def rows(*given):
    listed = [{"source": "s", "ticket_id": "1", "id": str(n), **row} for n, row in enumerate(given)]
    return pl.DataFrame(listed, infer_schema_length=None) if listed else None


def status(time, new, old=None, **more):
    return {"changed_at": at(time), "field": "status", "old": old, "new": new, **more}


def message(time, role, **more):
    return {"sent_at": at(time), "author_role": role, "public": True, **more}


def facts(given, changes=(), messages=(), settings=None, **tables):
    history = History.of(given, changes=rows(*changes), messages=rows(*messages), **tables)
    return derive(history, settings or Settings())


def row(*args, **kwargs):
    return facts(*args, **kwargs).tickets.row(0, named=True)


def test_trust_stated_ignores_solves_of_the_history_and_clips_its_statuses():
    given = ticket(status="solved", solved_at=at("12:00"), closed_at=at("15:00"))
    changes = [
        status("10:00", "solved", "new"),
        status("11:00", "pending", "solved"),
        status("14:00", "open", "pending"),
    ]
    found = facts(given, changes, settings=STATED)
    assert found.stages["stage"].to_list() == ["new", "pending", "solved", "closed"]
    ticket_row = found.tickets.row(0, named=True)
    assert ticket_row["full_resolution_s"] == 3 * 3600
    assert ticket_row["closed_at"] == at("15:00")
    assert (ticket_row["resolutions"], ticket_row["reopens"]) == (1, 0)
    assert ticket_row["history"] == "stated"


def test_trust_stated_without_an_end_falls_back_on_history_once_the_ticket_is_done():
    changes = [status("10:00", "solved", "new")]
    assert row(ticket(status="solved"), changes, settings=STATED)["resolved_at"] == at("10:00")
    assert row(ticket(status="open"), changes, settings=STATED)["resolved_at"] is None


def test_history_without_status_changes_uses_what_is_stated():
    found = row(ticket(status="solved", solved_at=at("11:00"), first_reply_at=at("09:30")))
    assert (found["full_resolution_s"], found["first_reply_s"]) == (7200, 1800)
    assert (found["history"], found["touch"]) == ("stated", None)
    changed = row(ticket(solved_at=at("11:00")), [status("10:00", "open", "new")])
    assert changed["resolved_at"] is None


def test_touch_is_unknown_where_no_message_is():
    """An export of tickets alone does not tell that nobody replied."""
    changes = [status("10:00", "solved", "new")]
    assert row(ticket(), changes)["touch"] is None
    asked = message("09:00", "customer")
    assert row(ticket(), changes, messages=[asked])["touch"] == "zero"
    note = message("09:30", "agent", public=False)
    assert row(ticket(), changes, messages=[note])["touch"] == "zero"


def test_further_messages_are_those_after_the_first_reply_that_counts():
    given = ticket(status="solved", solved_at=at("11:00"), first_reply_at=at("09:10"))
    written = [
        message("09:00", "customer"),
        message("09:20", "customer"),
        message("09:30", "agent"),
    ]
    assert row(given, messages=written)["further_customer_messages"] == 0
    stated = row(given, messages=written, settings=STATED)
    assert stated["first_reply_s"] == 600
    assert stated["further_customer_messages"] == 1


def test_stated_first_reply_counts_only_where_no_public_message_is_known():
    given = ticket(first_reply_at=at("09:10"))
    seen = row(given, messages=[message("09:00", "customer"), message("09:30", "agent")])
    assert seen["first_reply_s"] == 1800
    note = row(given, messages=[message("09:05", "agent", public=False)])
    assert note["first_reply_s"] == 600


def test_closing_without_solving():
    changes = [status("10:00", "closed", "new")]
    counts = row(ticket(), changes, messages=[message("09:00", "customer")])
    assert (counts["full_resolution_s"], counts["touch"]) == (3600, "zero")
    rules = Settings(sources={"s": SourceRules(closed_counts_as_resolved=False)})
    found = facts(ticket(), changes, settings=rules)
    ticket_row = found.tickets.row(0, named=True)
    assert (ticket_row["resolved_at"], ticket_row["touch"]) == (None, None)
    assert found.stages["leaves"].to_list() == [True, False]
    assert found.stages["ended_at"][0] == ticket_row["closed_at"] == at("10:00")


@pytest.mark.parametrize(
    "stated",
    [-86_400_000_000, 0, micros("1989-12-31T23:59:59Z"), micros("2100-01-01T00:00:00Z"), 2**62],
)
def test_stated_instants_that_cannot_be_are_none(stated):
    found = row(ticket(status="open", solved_at=stated, first_reply_at=stated), settings=STATED)
    assert (found["resolved_at"], found["first_reply_at"]) == (None, None)


def test_removal_ends_everything():
    given = ticket(removed_at=at("11:00"), removed_reason="spam")
    changes = [status("10:00", "open", "new"), status("12:00", "solved", "open")]
    found = facts(given, changes, [message("10:30", "customer")])
    assert found.stages["ended_at"].to_list() == [at("10:00"), at("11:00")]
    assert found.stages["leaves"].to_list() == [False, True]
    ticket_row = found.tickets.row(0, named=True)
    assert (ticket_row["counted"], ticket_row["resolved_at"]) == (False, None)
    assert (ticket_row["running_status"], ticket_row["waiting_since"]) == (None, None)
    assert ticket_row["requester_wait_s"] == 2 * 3600
    updated = row(ticket(removed_reason="deleted", updated_at=at("13:00")))
    assert updated["removed_at"] == at("13:00")
    assert row(ticket(removed_reason="missing"))["removed_at"] == at("09:00")


def test_a_merge_target_alone_makes_it_merged():
    found = row(ticket(merged_into="2"))
    assert (found["counted"], found["removed_reason"]) == (False, "merged")


def test_a_reply_from_before_the_ticket_is_a_message_but_no_first_reply():
    found = row(
        ticket(), messages=[message("08:59", "agent"), message("10:00", "agent", author_id="a")]
    )
    assert (found["first_reply_s"], found["agent_replies"]) == (3600, 2)
    assert found["first_reply_agent_id"] == "a"


def test_changes_from_before_the_ticket_move_to_its_creation():
    found = facts(ticket(), [status("08:00", "open"), status("10:00", "solved", "open")])
    assert found.stages["stage"].to_list() == ["open", "solved"]
    assert found.stages["started_at"].to_list() == [at("09:00"), at("10:00")]


def test_a_ticket_made_solved_is_resolved_at_once():
    found = facts(ticket(), [status("09:00", "solved")])
    assert found.tickets["full_resolution_s"].to_list() == [0.0]
    assert found.stages.select("stage", "resolves", "enters").rows() == [("solved", True, False)]


def test_automatic_messages_neither_answer_nor_ask():
    found = facts(
        ticket(),
        messages=[
            message("09:00", "customer"),
            message("09:10", "agent"),
            message("09:20", "customer", auto=True),
            message("09:30", "customer"),
            message("09:40", "agent", auto=True),
            message("09:50", "bot"),
            message("10:00", "agent"),
        ],
    )
    assert found.replies.select("started_at", "ended_at").rows() == [(at("09:30"), at("10:00"))]
    assert found.tickets["agent_replies"].to_list() == [2]


def test_unknown_authors_are_no_agents_and_the_requester_is_a_customer():
    roles = pl.DataFrame({"source": ["s"], "id": ["r"], "person_id": ["a"], "role": ["agent"]})
    messages = [
        message("09:00", None, author_id="c"),
        message("09:10", None, author_id="stranger"),
        message("09:20", None, author_id="a"),
    ]
    found = row(ticket(requester_id="c"), messages=messages, roles=roles)
    assert (found["first_reply_s"], found["customer_messages"]) == (1200, 1)
    assert found["initiated_by"] == "customer"


def test_human_response_runs_from_the_reopening():
    messages = [message("09:00", "customer"), message("12:00", "agent")]
    changes = [status("10:00", "solved", "open"), status("11:00", "open", "solved")]
    found = row(ticket(), changes, messages)
    assert (found["first_reply_s"], found["human_response_s"]) == (3 * 3600, 3600)


def test_credit_goes_to_those_who_held_the_ticket_then():
    changes = [
        {"changed_at": at("09:30"), "field": "assignee", "old": "a", "new": "b"},
        {"changed_at": at("09:30"), "field": "team", "old": None, "new": "t"},
        status("10:00", "solved", "open"),
        {"changed_at": at("11:00"), "field": "assignee", "old": "b", "new": None},
    ]
    messages = [message("09:00", "customer"), message("09:30", "agent", author_id="z")]
    given = {"score": 1.0, "scale_min": 0.0, "scale_max": 1.0}
    surveys = rows({"kind": "csat", **given, "sent_at": at("10:30")})
    found = facts(ticket(assignee_id=None), changes, messages, surveys=surveys)
    ticket_row = found.tickets.row(0, named=True)
    assert ticket_row["first_reply_agent_id"] == "z"
    assert (ticket_row["first_reply_team_id"], ticket_row["resolved_agent_id"]) == ("t", "b")
    assert ticket_row["resolved_team_id"] == "t"
    spans = found.stages.select("stage", "agent_id", "team_id").rows()
    assert spans == [
        ("open", "a", None),
        ("open", "b", "t"),
        ("solved", "b", "t"),
        ("solved", None, "t"),
    ]
    assert found.surveys.select("agent_id", "good").rows() == [("b", True)]


def test_observed_changes_are_named_so():
    found = row(ticket(), [status("10:00", "solved", "open", observed=True)])
    assert found["history"] == "observed"


def test_values_that_are_no_status_are_left_out():
    found = facts(ticket(), [status("10:00", "wait", "open"), status("11:00", "solved", "wait")])
    assert found.stages["stage"].to_list() == ["new", "solved"]


@pytest.mark.parametrize(
    ("score", "low", "high", "good"),
    [
        (1.0, None, None, None),  # the worst of five, or a thumb up: nobody knows
        (0.0, 0.0, 1.0, False),
        (5.0, None, None, None),
        (6.0, 1.0, 5.0, None),
        (0.0, 1.0, 5.0, None),
        (4.0, 1.0, 5.0, True),
        (3.0, 1.0, 5.0, False),
        (None, 1.0, 5.0, None),
        (1.0, 1.0, 1.0, None),
    ],
)
def test_good_surveys(score, low, high, good):
    surveys = rows({"kind": "csat", "score": score, "scale_min": low, "scale_max": high})
    found = facts(ticket(), surveys=surveys).surveys
    assert found["good"].to_list() == [good]
    on_scale = score is not None and low is not None and low <= score <= high
    assert found["points"].to_list() == [score if on_scale else None]


def test_a_scale_that_falls_is_turned_round():
    survey = {"kind": "csat", "score": 1.0, "scale_min": 1.0, "scale_max": 5.0}
    surveys = rows({**survey, "higher_is_better": False})
    assert facts(ticket(), surveys=surveys).surveys["good"].to_list() == [True]


def test_the_calendar_is_the_schedules_the_teams_the_sources_or_the_default():
    week = {"mon": [("09:00", "17:00")]}
    calendars = Calendars([Calendar(name, "UTC", week) for name in ("a", "b", "c", "d")])
    settings = Settings(
        calendars,
        default_calendar="a",
        sources={"s": SourceRules(calendar="b")},
        team_calendars={("s", "t"): "c"},
        schedules={("s", "7"): "d"},
    )
    for more, name in (
        ({}, "b"),
        ({"team_id": "t"}, "c"),
        ({"team_id": "t", "schedule_id": "7"}, "d"),
        ({"schedule_id": "a"}, "a"),
        ({"schedule_id": "gone"}, "b"),
        ({"source": "other"}, "a"),
    ):
        assert row(ticket(**more), settings=settings)["calendar"] == name


def test_a_setting_with_an_unknown_calendar_is_refused_by_name():
    with pytest.raises(ConfigError, match="unknown calendar 'deks'"):
        facts(ticket(), settings=Settings(default_calendar="deks"))
