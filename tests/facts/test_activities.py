"""What counts as an activity, whose it is, and whether it was before the resolution."""

from __future__ import annotations

import pytest

from support.fact_cases import at, call, change, facts, message, status, ticket, worklog


def kinds(found):
    return [
        (row["type"], row["agent_id"], row["actor_role"])
        for row in found.activities.iter_rows(named=True)
    ]


def test_messages_are_replies_notes_and_chat():
    found = facts(
        ticket(channel="email"),
        messages=[
            message("09:00", "customer", author_id="c"),
            message("09:10", "agent", author_id="a"),
            message("09:20", "agent", author_id="a", public=False),
            message("09:30", "agent", author_id="a", channel="messaging"),
            message("09:40", "bot", author_id="b"),
            message("09:50", "agent", author_id="a", auto=True),
            message("09:55", None, author_id="who"),
        ],
    )
    assert kinds(found) == [
        ("public_reply", "a", "agent"),
        ("chat_message", "a", "agent"),
        ("public_reply", "b", "bot"),
        ("public_reply", "a", "system"),
        ("internal_note", "a", "agent"),
    ]
    row = found.tickets.row(0, named=True)
    assert (row["agent_activities"], row["agents_involved"], row["bot_messages"]) == (3, 1, 1)


def test_a_burst_in_a_chat_is_one_activity():
    found = facts(
        ticket(channel="chat"),
        messages=[
            message("09:00", "customer", author_id="c"),
            message("09:01", "agent", author_id="a"),
            message("09:02", "agent", author_id="a"),
            message("09:03", "agent", author_id="a", public=False),  # a note is no interruption
            message("09:04", "agent", author_id="a"),
            message("09:05", "customer", author_id="c"),
            message("09:06", "agent", author_id="a"),
            message("09:07", "agent", author_id="b"),
        ],
    )
    assert [kind for kind, _, _ in kinds(found)].count("chat_message") == 3
    assert found.tickets["agent_replies"].to_list() == [5]


def test_changes_count_for_who_made_them_and_not_as_the_ticket_was_made():
    found = facts(
        ticket(requester_id="c"),
        [
            status("09:00", "new", actor_id="a"),
            status("10:00", "open", "new", actor_id="a", actor_role="agent"),
            change("10:01", "assignee", "x", actor_id="rule", actor_role="system"),
            change("10:02", "priority", "high", actor_id="a", actor_role="agent"),
            change("10:03", "tags", "y", actor_id="c"),
            change("10:04", "team", "t"),
            change("10:05", "tags", "z", actor_id="stranger"),
        ],
    )
    assert kinds(found) == [
        ("status_change", "a", "agent"),
        ("assignment", "rule", "system"),
        ("field_change", "a", "agent"),
        ("assignment", None, None),
    ]
    assert found.activities["field"].to_list() == ["status", "assignee", "priority", "team"]
    assert found.activities["team_id"].to_list() == [None, None, None, "t"]
    assert found.tickets["agent_activities"].to_list() == [2]


def test_activities_after_the_resolution_are_not_part_of_it():
    found = facts(
        ticket(),
        [status("10:00", "solved", "open", actor_id="a", actor_role="agent")],
        [message("09:30", "agent"), message("10:30", "agent", public=False)],
    )
    before = dict(found.activities.select("type", "before_resolution").iter_rows())
    assert before == {"public_reply": True, "status_change": True, "internal_note": False}
    assert found.tickets["agent_activities"].to_list() == [2]
    unsolved = facts(ticket(), messages=[message("09:30", "agent"), message("10:30", "agent")])
    assert unsolved.activities["before_resolution"].to_list() == [None, None]
    assert unsolved.tickets["agent_activities"].to_list() == [2]


def test_time_entries():
    found = facts(
        ticket(),
        worklogs=[
            worklog("09:30", 60.0),
            worklog("09:40", 30.0, removed_reason="deleted"),
            worklog(None, 15.0),
            worklog("09:50", -5.0),
            worklog("09:55", None, ticket_id=None),
        ],
    )
    rows = found.activities.select(
        "activity_id", "spent_s", "counted", "flawed", "ticket_id"
    ).rows()
    assert sorted(rows) == [
        ("0", 60.0, True, False, "1"),
        ("1", 30.0, False, False, "1"),
        ("2", 15.0, True, False, "1"),
        ("3", None, True, True, "1"),
        ("4", None, True, False, None),
    ]
    row = found.tickets.row(0, named=True)
    assert (row["logged_s"], row["agent_activities"]) == (75.0, 3)
    nothing = facts(ticket()).tickets.row(0, named=True)
    assert (nothing["logged_s"], nothing["handled_s"], nothing["agent_activities"]) == (
        None,
        None,
        0,
    )


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"direction": "inbound", "outcome": "answered"}, "call_in"),
        ({"direction": "outbound", "outcome": "missed"}, "call_out"),
        ({"outcome": "answered"}, "call_in"),
        ({"direction": "inbound", "outcome": "missed"}, None),
        ({"direction": "inbound", "outcome": "answered", "agent_id": None}, None),
        ({"direction": "inbound", "outcome": "answered", "channel": "chat"}, None),
    ],
)
def test_calls(fields, kind):
    found = facts(ticket(team_id="t"), interactions=[call("09:10", **{"agent_id": "a", **fields})])
    rows = found.activities.select("type", "acted_at", "team_id").rows()
    assert rows == ([(kind, at("09:10"), "t")] if kind else [])


def test_a_removed_ticket_does_not_count():
    found = facts(ticket(removed_reason="spam"), messages=[message("09:30", "agent")])
    assert found.activities["counted"].to_list() == [False]


def test_bots():
    def bot(*messages, changes=()):
        row = facts(ticket(), changes, messages).tickets.row(0, named=True)
        return row["bot_resolved"], row["handoffs"], row["first_handoff_at"]

    solved = status("10:00", "solved", "open")
    handoff = change("09:20", "handoff", "human")
    assert bot(message("09:10", "bot"), changes=[solved]) == (True, 0, None)
    assert bot(message("09:10", "bot")) == (False, 0, None)
    assert bot(message("09:10", "agent"), changes=[solved]) == (None, 0, None)
    later = [message("09:10", "bot"), message("09:30", "agent")]
    assert bot(*later, changes=[handoff, solved]) == (False, 1, at("09:20"))


def test_further_customer_messages_come_after_the_first_reply():
    asked = [message("09:00", "customer"), message("09:05", "customer")]
    assert facts(ticket(), messages=asked).tickets["further_customer_messages"].to_list() == [0]
    more = [*asked, message("09:10", "agent"), message("09:20", "customer")]
    assert facts(ticket(), messages=more).tickets["further_customer_messages"].to_list() == [1]


def test_surveys_of_a_ticket():
    surveys = [
        {"sent_at": at("11:00")},
        {"sent_at": at("12:00"), "answered_at": at("12:30"), "score": 1.0},
        {"sent_at": at("13:00"), "removed_reason": "deleted"},
    ]
    row = facts(ticket(), surveys=surveys).tickets.row(0, named=True)
    assert (row["surveys_sent"], row["surveys_answered"]) == (2, 1)
