"""What came of a bot's answer, as far as the customer let it be known."""

import pytest

from support.fact_cases import at, change, facts, message, ticket

TALK = [message("09:00", "customer"), message("09:01", "bot")]
CSAT = {"kind": "csat", "scale_min": 1.0, "scale_max": 5.0, "higher_is_better": True}


def survey(time, score, **more):
    answered = None if time is None else at(time)
    return {**CSAT, "score": score, "sent_at": at("09:30"), "answered_at": answered, **more}


@pytest.mark.parametrize(
    ("more", "surveys", "changes", "outcome"),
    [
        ([], [], [], "assumed"),
        ([message("09:20", "customer")], [], [], "unanswered"),
        ([message("09:20", "customer", auto=True)], [], [], "assumed"),
        ([message("09:20", "customer", public=False)], [], [], "assumed"),
        ([message("09:20", "system")], [], [], "assumed"),
        ([message("09:20", "customer"), message("09:21", "bot")], [], [], "assumed"),
        ([message("09:20", "agent")], [survey("10:00", 5.0)], [], "person"),
        ([message("09:20", "agent", public=False)], [], [], "assumed"),
        ([], [], [change("09:20", "handoff", "human")], "person"),
        ([], [survey("10:00", 4.0)], [], "confirmed"),
        ([message("09:20", "customer")], [survey("10:00", 4.0)], [], "confirmed"),
        ([], [survey("10:00", 2.0)], [], "refused"),
        ([], [survey("10:00", 2.0), survey("11:00", 5.0)], [], "confirmed"),
        ([], [survey("10:00", 1.0, kind="fcr", scale_min=0.0, scale_max=1.0)], [], "confirmed"),
        ([], [survey("10:00", 9.0, kind="nps", scale_max=10.0)], [], "assumed"),
        ([], [survey(None, None)], [], "assumed"),
        ([], [survey("10:00", 1.0, removed_reason="deleted")], [], "assumed"),
    ],
)
def test_the_outcome(more, surveys, changes, outcome):
    row = facts(ticket(), changes, [*TALK, *more], surveys=surveys).tickets.row(0, named=True)
    assert row["bot_outcome"] == outcome


def test_without_a_bot_there_is_none():
    row = facts(ticket(), (), [message("09:00", "customer")]).tickets.row(0, named=True)
    assert (row["bot_outcome"], row["last_bot_message_at"]) == (None, None)


def test_the_last_message_of_the_bot_counts():
    messages = [*TALK, message("09:20", "bot"), message("09:25", "bot", public=False)]
    row = facts(ticket(), (), messages).tickets.row(0, named=True)
    assert row["last_bot_message_at"] == at("09:20")
