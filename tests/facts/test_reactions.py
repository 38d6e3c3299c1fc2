"""What counts as a reaction to a customer, and to whose credit."""

import pytest

from support.fact_cases import at, change, facts, message, status, ticket

AGENT = {"actor_id": "ann", "actor_role": "agent"}
ASKED = [message("09:00", "customer")]


def ends(found):
    """(started, ended, how, who, seconds) of each row."""
    return found.reactions.select("started_at", "ended_at", "ended_by", "agent_id", "s").rows()


@pytest.mark.parametrize(
    ("act", "how"),
    [
        (status("09:20", "solved", "open", **AGENT), "archive"),
        (status("09:20", "closed", "open", **AGENT), "archive"),
        (change("09:20", "assignee", "bob", **AGENT), "assignment"),
        (change("09:20", "team", "billing", "triage", **AGENT), "assignment"),
    ],
)
def test_the_first_act_of_an_agent_ends_it(act, how):
    replied = message("09:50", "agent", author_id="bob")
    found = facts(ticket(), [act], [*ASKED, replied])
    assert ends(found) == [(at("09:00"), at("09:20"), how, "ann", 1200.0)]


def test_a_reply_ends_it_and_messages_in_a_row_are_one():
    more = [message("09:10", "customer"), message("09:40", "agent", author_id="ann")]
    found = facts(ticket(), (), [*ASKED, *more, message("10:00", "customer")])
    assert ends(found) == [
        (at("09:00"), at("09:40"), "reply", "ann", 2400.0),
        (at("10:00"), None, None, None, None),
    ]


@pytest.mark.parametrize(
    "act",
    [
        status("09:20", "solved", "open", actor_role="system"),
        change("09:20", "assignee", "bob", actor_id="robot", actor_role="bot"),
        change("09:20", "assignee", "ann", **AGENT),  # takes it herself
        change("09:20", "assignee", None, "bob", **AGENT),
        change("09:20", "priority", "high", **AGENT),
        status("09:20", "pending", "open", **AGENT),
        status("09:00", "solved", "open", **AGENT),  # as it was made
    ],
)
def test_what_rules_do_and_what_hands_nothing_on_ends_nothing(act):
    replied = message("09:50", "agent", author_id="ann")
    found = facts(ticket(), [act], [*ASKED, replied])
    assert ends(found) == [(at("09:00"), at("09:50"), "reply", "ann", 3000.0)]


def test_notes_bots_and_auto_replies_end_nothing():
    messages = [
        message("09:10", "agent", public=False),
        message("09:11", "bot"),
        message("09:12", "agent", auto=True),
    ]
    assert ends(facts(ticket(), (), [*ASKED, *messages])) == [(at("09:00"), None, None, None, None)]


def test_taking_a_ticket_with_its_team_hands_it_to_nobody():
    acts = [
        change("09:20", "team", "billing", "triage", seq=1, **AGENT),
        change("09:20", "assignee", "ann", seq=2, **AGENT),
    ]
    assert ends(facts(ticket(), acts, ASKED)) == [(at("09:00"), None, None, None, None)]


def test_credit_goes_to_the_team_that_handed_it_on():
    act = change("09:20", "team", "billing", "triage", **AGENT)
    assert facts(ticket(), [act], ASKED).reactions["team_id"].to_list() == ["triage"]


@pytest.mark.parametrize(
    ("given", "acts"),
    [({}, [status("09:20", "solved", "open")]), ({"solved_at": at("09:20")}, [])],
)
def test_where_nobody_is_named_it_ends_without_a_time(given, acts):
    more = [message("10:00", "customer"), message("10:30", "agent", author_id="ann")]
    assert ends(facts(ticket(**given), acts, [*ASKED, *more])) == [
        (at("09:00"), at("09:20"), "unknown", None, None),
        (at("10:00"), at("10:30"), "reply", "ann", 1800.0),
    ]


def test_a_message_from_before_its_ticket_waits_from_creation_on():
    messages = [message("08:00", "customer"), message("09:30", "agent", author_id="ann")]
    assert ends(facts(ticket(), (), messages)) == [
        (at("09:00"), at("09:30"), "reply", "ann", 1800.0)
    ]
