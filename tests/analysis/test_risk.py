"""Accounts at risk."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskpulse_reports.analysis.risk import Account, Tally, Thresholds, assess, at_risk

DAY = 86_400


def names(account, thresholds=None):
    return [reason.name for reason in assess(account, thresholds or Thresholds()).reasons]


def test_nothing_known_nothing_wrong():
    risk = assess(Account("a"))
    assert (risk.points, risk.reasons) == (0, ())
    assert at_risk([Account("a")]) == ()
    assert at_risk([]) == ()


@pytest.mark.parametrize(
    ("account", "name", "points", "words"),
    [
        (
            Account("a", unsolved_ages_s=(7 * DAY, 12 * DAY, DAY)),
            "old tickets", 2, "2 tickets unsolved for 7.0 d or longer, the oldest for 12.0 d",
        ),
        (
            Account("a", csat_before=Tally(45, 50), csat_now=Tally(20, 40)),
            "falling satisfaction", 2, "satisfaction fell from 90 % (n=50) to 50 % (n=40)",
        ),
        (
            Account("a", csat_before=Tally(4, 5), csat_now=Tally(3, 5)),
            "falling satisfaction", 2,
            "satisfaction fell from 80 % (n=5) to 60 % (n=5); so few ratings may be chance",
        ),
        (
            Account("a", contacts_before=4, contacts_now=14),
            "rising contacts", 1, "14 contacts now, 4 before",
        ),
        (
            Account("a", nps=(3, 6, 9)),
            "detractor", 2, "would not recommend us: 2 of 3 scores 6 or less",
        ),
        (
            Account("a", waits_s=(2 * DAY, 600)),
            "long waits", 1, "waited 48 h or longer 1 time, up to 48 h",
        ),
    ],
)  # fmt: skip
def test_each_reason(account, name, points, words):
    (reason,) = assess(account).reasons
    assert (reason.name, reason.points) == (name, points)
    assert reason.words.replace("2.0 d", "48 h") == words.replace("2.0 d", "48 h")


@pytest.mark.parametrize(
    "account",
    [
        Account("a", unsolved_ages_s=(7 * DAY - 1,)),
        Account("a", csat_before=Tally(45, 50), csat_now=Tally(40, 50)),  # ten points only
        Account("a", csat_before=Tally(4, 4), csat_now=Tally(0, 50)),  # four ratings only
        Account("a", csat_now=Tally(0, 50)),
        Account("a", contacts_before=4, contacts_now=6),  # within the noise
        Account("a", contacts_before=1000, contacts_now=1200),  # clear, but not by half
        Account("a", nps=(6, 9)),
        Account("a", nps=(7, 8)),
        Account("a", waits_s=(2 * DAY - 1,)),
        Account("a", value=1e9),
        Account("a", unsolved_ages_s=(float("nan"),)),
    ],
)
def test_just_below_is_no_reason(account):
    assert names(account) == []


def test_high_value_adds_to_other_reasons_only():
    limits = Thresholds(value=1000)
    assert names(Account("a", value=5000), limits) == []
    assert names(Account("a", value=5000, nps=(0,)), limits) == ["detractor", "high value"]
    assert names(Account("a", value=None, nps=(0,)), limits) == ["detractor"]
    assert names(Account("a", value=5000, nps=(0,))) == ["detractor"]
    risk = assess(Account("a", value=5000, nps=(0,)), limits)
    assert risk.points == 3
    assert risk.reasons[1].words == "worth 5,000, 1,000 or more is much"


def test_points_decide_the_order_then_value():
    angry = Account("angry", nps=(0,), unsolved_ages_s=(30 * DAY,), value=1)
    small, big = Account("small", nps=(0,), value=10), Account("big", nps=(0,), value=500)
    waiting = Account("waiting", waits_s=(9 * DAY,))
    found = at_risk([small, waiting, big, angry, Account("b", nps=(0,)), Account("a", nps=(0,))])
    assert [one.account.account_id for one in found] == ["angry", "big", "small", "a", "b"]
    assert [one.points for one in found] == [4, 2, 2, 2, 2]
    assert len(at_risk([waiting], Thresholds(at_risk=1))) == 1


def test_a_reason_may_be_switched_off():
    assert names(Account("a", nps=(0,)), Thresholds(nps_points=0)) == []


@given(
    st.builds(
        Account,
        account_id=st.just("a"),
        unsolved_ages_s=st.lists(st.floats(0, 1e7), max_size=4).map(tuple),
        contacts_before=st.integers(0, 50),
        contacts_now=st.integers(0, 50),
        nps=st.lists(st.integers(0, 10), max_size=5).map(tuple),
        waits_s=st.lists(st.floats(0, 1e7), max_size=4).map(tuple),
        value=st.none() | st.floats(0, 1e6),
    )
)
def test_the_points_are_the_sum_of_the_reasons(account):
    risk = assess(account, Thresholds(value=1000))
    assert risk.points == sum(reason.points for reason in risk.reasons)
    assert [reason.points for reason in risk.reasons] == sorted(
        (reason.points for reason in risk.reasons), reverse=True
    )
    assert all(reason.words for reason in risk.reasons)
