"""The status of a conversation through time, case by case by hand."""

from datetime import timedelta

import pytest

from deskpulse_connectors.mail.records import Case, is_ticket, to_records
from deskpulse_connectors.mail.settings import StatusRules
from deskpulse_connectors.mail.status import steps
from support.letters import DESK, T0, letter, ours

WEEK = 7 * 24
AUTO = {"Auto_Submitted": "auto-replied"}


def course(*letters, until=10_000, seen=None, **rules):
    """(hours since T0, status, whether observed) of every step up to `until` hours."""
    found = steps(
        letters,
        StatusRules(**rules),
        now=T0 + timedelta(hours=until),
        seen_at=None if seen is None else T0 + timedelta(hours=seen),
    )
    return [((s.at - T0) / timedelta(hours=1), s.status, s.observed) for s in found]


def spoken(*letters, **options):
    return [(at, status) for at, status, _ in course(*letters, **options)]


def test_new_until_the_team_answers_then_whoever_spoke_last():
    talk = [letter("a"), letter("b", 1), ours("c", 2), letter("d", 3), ours("e", 4)]
    assert spoken(*talk, until=5) == [
        (0, "new"),
        (2, "pending"),
        (3, "open"),
        (4, "pending"),
    ]


def test_silence_ends_it_a_week_after_the_team_s_last_letter():
    talk = [letter("a"), ours("b", 1), ours("c", 5)]
    assert spoken(*talk, until=5 + WEEK - 0.01)[-1] == (1, "pending")
    assert spoken(*talk, until=5 + WEEK)[-1] == (5 + WEEK, "solved")


def test_a_customer_who_comes_back_after_silence_opens_it_again():
    talk = [letter("a"), ours("b", 1), letter("c", 2 + WEEK)]
    assert spoken(*talk) == [(0, "new"), (1, "pending"), (1 + WEEK, "solved"), (2 + WEEK, "open")]


def test_silence_after_a_customer_s_letter_ends_nothing():
    assert spoken(letter("a")) == [(0, "new")]


def test_silence_can_be_switched_off_or_mean_something_else():
    talk = [letter("a"), ours("b", 1)]
    assert spoken(*talk, silence_days=0)[-1] == (1, "pending")
    assert spoken(*talk, silence_days=2, silence="closed")[-1] == (49, "closed")


def test_what_was_true_stays_true_whenever_it_is_told():
    """A later letter adds steps and takes none back: nothing depends on when a mail is read."""
    talk = [letter("a"), ours("b", 1), letter("c", 300), ours("d", 301), letter("e", 302)]
    told = set()
    for hours in (0, 1, 2, 200, 300, 301, 302, 1000):
        told |= set(
            spoken(*[x for x in talk if (x.sent_at - T0) <= timedelta(hours=hours)], until=hours)
        )
    assert told == set(spoken(*talk))


@pytest.mark.parametrize("noise", [AUTO, {"Return_Path": "<>"}, {"Precedence": "bulk"}])
def test_machines_change_nothing(noise):
    """An out-of-office answer neither opens a conversation nor breaks the silence."""
    talk = [letter("a"), ours("b", 1), letter("c", 1.1, **noise)]
    assert spoken(*talk) == [(0, "new"), (1, "pending"), (1 + WEEK, "solved")]


def test_a_letter_within_the_team_changes_nothing():
    note = letter("b", 1, sender="anna@acme.example", to=DESK)
    assert spoken(letter("a"), note) == [(0, "new")]


def test_what_the_team_begins_is_pending():
    assert spoken(ours("a", 0), until=1) == [(0, "pending")]


def test_a_label_counts_while_the_last_letter_carries_it():
    done = {"labels": {"Done": "solved"}}
    talk = [letter("a"), ours("b", 1, labels=("done",))]
    assert course(*talk, until=2, seen=2, **done)[-1] == (2, "solved", True)
    again = [*talk, letter("c", 3)]
    assert spoken(*again, until=4, **done)[-1] == (3, "open")


def test_a_label_of_which_nobody_saw_the_beginning_counts_from_the_last_letter():
    talk = [letter("a"), ours("b", 1, labels=("Done",))]
    assert course(*talk, labels={"Done": "solved"})[-1] == (1, "solved", True)


def test_a_label_goes_before_silence():
    talk = [letter("a"), ours("b", 1, labels=("Waiting",))]
    assert spoken(*talk, labels={"Waiting": "on_hold"})[-1] == (1, "on_hold")


def test_the_first_label_of_the_rules_counts():
    rules = {"labels": {"Done": "solved", "Waiting": "on_hold"}}
    assert spoken(letter("a", labels=("Waiting", "Done")), **rules)[-1] == (0, "solved")


def test_after_a_label_every_letter_says_its_status_again():
    """Else the label's status, which only the store remembers, would stay for ever."""
    rules = {"labels": {"Done": "solved"}}
    talk = [letter("a"), letter("b", 5), letter("c", 6)]
    assert spoken(*talk, **rules) == [(0, "new"), (5, "new"), (6, "new")]


def test_taking_the_label_off_is_seen():
    rules = {"labels": {"Done": "solved"}}
    assert course(letter("a"), until=9, seen=8, **rules)[-1] == (8, "new", True)


def test_ids_are_the_same_however_often_it_is_told():
    talk = [letter("a"), ours("b", 1)]
    rules = StatusRules()
    first = steps(talk, rules, now=T0 + timedelta(days=30), seen_at=None)
    longer = steps([*talk, letter("c", 900)], rules, now=T0 + timedelta(days=60), seen_at=None)
    assert [s.id for s in longer][: len(first)] == [s.id for s in first]
    assert len({s.id for s in longer}) == len(longer)


def records(*letters, until=10_000):
    case = Case("t1", list(letters), StatusRules(), T0 + timedelta(hours=until), version=7)
    return list(to_records(case))


def test_a_conversation_as_records():
    talk = [letter("a"), ours("b", 1), letter("c", 1.5, **AUTO), letter("d", 2)]
    found = records(*talk, until=3)
    ticket = found[0]
    assert (ticket.status, ticket.requester_id, ticket.assignee_id, ticket.initiated_by) == (
        "open",
        "jane@mail.example",
        "anna@acme.example",
        "customer",
    )
    assert (ticket.created_at, ticket.updated_at) == (T0, T0 + timedelta(hours=2))
    messages = [r for r in found if r.kind_name == "message"]
    assert [(m.id, m.author_role, m.auto) for m in messages] == [
        ("a", "customer", False),
        ("b", "agent", False),
        ("c", "customer", True),
        ("d", "customer", False),
    ]
    people = {r.id: r.kind_name for r in found if r.kind_name in ("agent", "customer")}
    assert people == {"jane@mail.example": "customer", "anna@acme.example": "agent"}
    assert len({(r.kind_name, r.id) for r in found}) == len(found)


def test_a_bounce_comes_from_nobody():
    talk = [ours("a", 0), letter("b", 1, sender="mailer-daemon@mx.example", answers="a")]
    found = records(*talk)
    assert found[0].requester_id == "jane@mail.example"
    assert {r.id for r in found if r.kind_name == "customer"} == {"jane@mail.example"}
    assert [m.author_role for m in found if m.kind_name == "message"] == ["agent", "system"]


def test_newsletters_and_bounces_alone_are_no_ticket():
    assert not is_ticket([letter("a", List_Id="<news.shop.example>")])
    assert is_ticket([letter("a", List_Id="<news.shop.example>"), ours("b", 1, answers="a")])


def test_the_assignee_is_whoever_answered_last():
    ben = {"sender": "ben@acme.example"}
    found = records(letter("a"), ours("b", 1), ours("c", 2, **ben), letter("d", 3))
    changes = [r for r in found if r.kind_name == "change" and r.field == "assignee"]
    assert [(c.old, c.new) for c in changes] == [
        (None, "anna@acme.example"),
        ("anna@acme.example", "ben@acme.example"),
    ]
    assert found[0].assignee_id == "ben@acme.example"
