"""A breach waits for data that is complete up to it: an answer may be on its way."""

from datetime import timedelta

import pytest

from deskpulse_reports.freshness import Freshness
from deskpulse_reports.rules.sla import HELD, Sla
from support.rule_desks import at, clock, desk

DUE = at("2026-01-05T10:00")  # of a clock that began at 9 with an hour
SECOND = timedelta(seconds=1)


def said(after, behind, clocks=None, expected=timedelta(hours=2)):
    """Conditions by level so long `after` the due instant, on data so far `behind` the present."""
    now = DUE + after
    sources = {"desk": Freshness("desk", now - behind, expected)}
    rule = Sla(Sla.Config(levels=["75%", "breach", "+1h"]))
    signals = rule.signals(desk(now, *(clocks or [clock()]), sources=sources))
    return {signal.level: signal.condition for signal in signals}


def test_while_the_data_ends_before_it_nothing_is_told():
    assert said(SECOND, timedelta(minutes=1)) == {"75%": "holds", "breach": "clear", "+1h": "clear"}
    assert said(HELD - SECOND, HELD)["breach"] == "clear"


@pytest.mark.parametrize("behind", [timedelta(0), timedelta(milliseconds=500)])
def test_once_the_data_reaches_it_it_is_told_at_once(behind):
    assert said(SECOND, behind)["breach"] == "holds"


def test_it_is_not_held_for_long():
    """Some sources are always minutes behind; they go stale only after hours."""
    assert said(HELD, timedelta(minutes=10))["breach"] == "holds"


def test_what_the_store_knows_to_be_broken_is_not_held():
    broken = clock(state="breached", breached_at=DUE, due_at=DUE)
    assert said(SECOND, timedelta(minutes=1), [broken])["breach"] == "holds"


def test_stale_data_says_neither():
    late = said(timedelta(hours=3), timedelta(hours=4))
    assert late == {"75%": "unknown", "breach": "unknown", "+1h": "unknown"}


def test_the_rung_after_it_is_held_alike():
    hour = timedelta(hours=1)
    assert said(hour + SECOND, timedelta(minutes=1)) == {
        "75%": "holds", "breach": "holds", "+1h": "clear"
    }  # fmt: skip
    assert said(hour + SECOND, timedelta(0))["+1h"] == "holds"
