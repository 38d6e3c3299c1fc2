"""`csat` and `vip`: rules about single customers."""

from datetime import timedelta

import pytest
from pydantic import ValidationError

from deskpulse.records import Account
from deskpulse.untrusted import Untrusted
from deskpulse_reports.freshness import Freshness
from deskpulse_reports.rules import Wait
from deskpulse_reports.rules.csat import Csat
from deskpulse_reports.rules.vip import Vip
from support.hostile import NAMES, TEXTS
from support.rule_desks import (
    HOUR,
    TICK,
    at,
    conditions,
    desk,
    mistakes,
    says,
    survey,
    team,
    ticket,
)

NOW = "2026-01-05T12:00"

# --- csat ------------------------------------------------------------------------------------


def answer(score, low=1.0, high=5.0, **fields):
    return survey(score=score, scale_min=low, scale_max=high, **fields)


@pytest.mark.parametrize(
    ("one", "config", "condition"),
    [
        (answer(0, 0, 1), {}, "holds"),
        (answer(1, 0, 1), {}, "clear"),
        (answer(2), {}, "holds"),
        (answer(3), {}, "clear"),
        (answer(3), {"at_most": 3}, "holds"),
        (answer(3.5), {"at_most": 3}, "clear"),
        (answer(6, 1, 7, kind="ces", higher_is_better=False), {"surveys": ["ces"]}, "holds"),
        (answer(2, 1, 7, kind="ces", higher_is_better=False), {"surveys": ["ces"]}, "clear"),
        (survey(score=0), {}, "holds"),
    ],
)
def test_what_a_bad_answer_is(one, config, condition):
    assert conditions(Csat, desk(NOW, all_surveys=[one]), **config) == {("desk/s1", ""): condition}


@pytest.mark.parametrize(
    ("age", "found"),
    [
        (HOUR - TICK, ["holds"]),
        (HOUR, ["gone"]),
        (2 * HOUR, ["gone"]),
        (2 * HOUR + TICK, []),
        (-TICK, []),  # dated after the present
    ],
)
def test_it_is_told_of_for_a_while(age, found):
    one = answer(1).model_copy(update={"answered_at": at(NOW) - age})
    given = conditions(Csat, desk(NOW, all_surveys=[one]), within="1h")
    assert list(given.values()) == found


def test_other_kinds_of_survey_and_those_without_an_answer_are_left_alone():
    given = [answer(0, 0, 10, kind="nps"), survey("s2", score=None)]
    assert says(Csat, desk(NOW, all_surveys=given)) == []


def test_what_it_says_of_a_bad_answer():
    one = answer(1, ticket_id="1", agent_id="42", comment="Never again")
    on = desk(
        NOW, all_surveys=[one], all_teams=[team("3", "Billing")],
        all_tickets=[ticket(subject="Refund", team_id="3", url="https://desk.example/1")],
    )  # fmt: skip
    [signal] = says(Csat, on)
    assert signal.title == "Satisfaction 1 of 5 for desk/1"
    assert signal.labels == {
        "source": "desk", "team": "3", "team_name": "Billing", "agent": "42", "survey": "csat",
    }  # fmt: skip
    comment, tickets = signal.parts
    assert comment.lines[0].open() == "Never again"
    assert tickets.items[0].subject.open() == "Refund"


def test_a_comment_is_shown_only_where_bodies_are_kept():
    one = answer(1, ticket_id="1", comment="Never again")
    [signal] = says(Csat, desk(NOW, all_surveys=[one], keeps_bodies=False))
    assert len(signal.parts) == 1


@pytest.mark.parametrize("text", TEXTS, ids=NAMES)
def test_a_comment_travels_closed(text):
    [signal] = says(Csat, desk(NOW, all_surveys=[answer(1, ticket_id="1", comment=text)]))
    for part in signal.parts:
        for item in getattr(part, "lines", ()):
            assert isinstance(item, Untrusted)
    if len(text.strip()) > 5:
        assert text not in repr(signal)


def test_only_some_teams():
    on = desk(NOW, all_surveys=[answer(1, team_id="3")], all_teams=[team("3", "Billing")])
    assert len(says(Csat, on, teams=["Billing"])) == 1
    assert says(Csat, on, teams=["4"]) == []
    assert "did you mean 'Billing'" in mistakes(Csat, on, teams=["Biling"])[0]


# --- vip -------------------------------------------------------------------------------------


def wait(since="2026-01-05T10:00", **fields):
    moment = at(since) if since else None
    given = {"source": "desk", "ticket_id": "1", "account_id": "a7", "calendar": "office"}
    return Wait(since=moment, **(given | fields))


ACCOUNT = Account.read({"source": "desk", "id": "a7", "tier": "gold", "value": "5000"})


def waiting(now, *waits, **fields):
    return desk(now, all_waits=waits, all_accounts=[ACCOUNT], **fields)


@pytest.mark.parametrize(
    ("config", "watched"),
    [
        ({"tiers": ["gold"]}, True),
        ({"tiers": ["silver"]}, False),
        ({"accounts": ["a7"]}, True),
        ({"accounts": ["desk/a7"]}, True),
        ({"accounts": ["other/a7"]}, False),
        ({"tags": ["vip"]}, True),
        ({"tags": ["angry"]}, False),
        ({"value_above": 4999}, True),
        ({"value_above": 5000}, False),
    ],
)
def test_who_is_a_vip(config, watched):
    on = waiting(NOW, wait(tags=("vip", "de")))
    assert bool(says(Vip, on, **config)) is watched


def test_a_ticket_without_an_account_may_have_the_tag():
    assert len(says(Vip, waiting(NOW, wait(account_id=None, tags=("vip",))), tags=["vip"])) == 1
    assert says(Vip, waiting(NOW, wait(account_id=None)), tiers=["gold"]) == []


@pytest.mark.parametrize(
    ("now", "condition"),
    [(at("2026-01-05T11:00") - TICK, "clear"), (at("2026-01-05T11:00"), "holds")],
)
def test_waiting_to_the_microsecond(now, condition):
    [signal] = says(Vip, waiting(now, wait()), tiers=["gold"])
    assert signal.condition == condition
    assert signal.due_at == at("2026-01-05T11:00")


def test_by_open_time_and_around_the_clock():
    friday = wait("2026-01-02T15:30")
    assert conditions(Vip, waiting("2026-01-05T08:29", friday), tiers=["gold"]) == {
        ("desk/1", ""): "clear"
    }
    assert conditions(Vip, waiting("2026-01-05T08:30", friday), tiers=["gold"]) == {
        ("desk/1", ""): "holds"
    }
    by_the_clock = {"tiers": ["gold"], "clock": "calendar"}
    assert conditions(Vip, waiting("2026-01-02T16:30", friday), **by_the_clock) == {
        ("desk/1", ""): "holds"
    }


def test_an_answer_ends_it():
    [signal] = says(Vip, waiting(NOW, wait(since=None)), tiers=["gold"])
    assert (signal.condition, signal.outcome) == ("clear", "answered")


def test_a_wait_that_became_too_long_after_the_data_ended_is_unknown():
    late = {"sources": {"desk": Freshness("desk", at("2026-01-05T10:59"), timedelta(minutes=5))}}
    assert conditions(Vip, waiting(NOW, wait(), **late), tiers=["gold"]) == {
        ("desk/1", ""): "unknown"
    }
    judged = {"sources": {"desk": Freshness("desk", at("2026-01-05T11:00"), timedelta(minutes=5))}}
    assert conditions(Vip, waiting(NOW, wait(), **judged), tiers=["gold"]) == {
        ("desk/1", ""): "holds"
    }


@pytest.mark.parametrize(
    ("behind", "usual", "condition"), [(3, None, "holds"), (3, 6, "unknown"), (6, 6, "holds")]
)
def test_a_wait_that_became_too_long_waits_for_data_that_is_on_its_way(behind, usual, condition):
    minute = timedelta(minutes=1)
    now = at("2026-01-05T11:00") + behind * minute
    lag = None if usual is None else usual * minute
    late = Freshness("desk", at("2026-01-05T10:59"), timedelta(hours=2), lag)
    found = conditions(Vip, waiting(now, wait(), sources={"desk": late}), tiers=["gold"])
    assert found == {("desk/1", ""): condition}


def test_what_it_says_of_a_vip():
    labels = {"source": "desk", "team": "3", "account": "a7"}
    on = waiting(
        "2026-01-05T11:30", wait(labels=labels), all_teams=[team("3", "Billing")],
        all_tickets=[ticket(subject="<!channel>")],
    )  # fmt: skip
    [signal] = says(Vip, on, tiers=["gold"])
    assert signal.title == "VIP waits for an answer since 10:00, Mon: desk/1"
    assert signal.summary == (
        "A VIP of desk/1 has waited 1 h 30 min of open time; 1 h of open time are allowed."
    )
    assert signal.labels == labels | {"team_name": "Billing"}
    assert "<!channel>" not in repr(signal)


def test_a_vip_must_be_told_by_something():
    with pytest.raises(ValidationError, match="say who is a VIP"):
        Vip.Config(longer_than="1h")


def test_mistakes_of_a_vip_rule():
    on = waiting(NOW)
    assert "did you mean 'gold'" in mistakes(Vip, on, tiers=["golden"])[0]
    assert mistakes(Vip, on, accounts=["a7", "desk/a7"], tiers=["gold"]) == []
    assert len(mistakes(Vip, on, accounts=["a8"])) == 1
    assert mistakes(Vip, desk(NOW), tiers=["golden"], accounts=["x"]) == []
