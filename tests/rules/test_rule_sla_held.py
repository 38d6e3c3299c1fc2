"""A breach waits for data that is complete up to it: an answer may be on its way."""

from datetime import timedelta

import pytest

from deskpulse.alerts.transition import Timing, step
from deskpulse_reports.freshness import Freshness
from deskpulse_reports.rules.judging import HELD
from deskpulse_reports.rules.sla import Sla
from support.rule_desks import at, clock, desk

DUE = at("2026-01-05T10:00")  # of a clock that began at 9 with an hour
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


def signals(after, behind, clocks=None, expected=timedelta(hours=2), usual=None):
    """Signals by level so long `after` the due instant, on data so far `behind` the present."""
    now = DUE + after
    sources = {"desk": Freshness("desk", now - behind, expected, usual)}
    rule = Sla(Sla.Config(levels=["75%", "breach", "+1h"]))
    found = rule.signals(desk(now, *(clocks or [clock()]), sources=sources))
    return {signal.level: signal for signal in found}


def said(*moment, **fields):
    return {level: signal.condition for level, signal in signals(*moment, **fields).items()}


def test_while_the_data_ends_before_it_nothing_is_told():
    assert said(SECOND, MINUTE) == {"75%": "holds", "breach": "unknown", "+1h": "clear"}
    assert said(HELD - SECOND, HELD)["breach"] == "unknown"


@pytest.mark.parametrize("behind", [timedelta(0), timedelta(milliseconds=500)])
def test_once_the_data_reaches_it_it_is_told_at_once(behind):
    assert said(SECOND, behind)["breach"] == "holds"


def test_it_is_not_held_for_long():
    """A source that is usually read by then, and now is not: somebody had better look."""
    assert said(HELD, timedelta(minutes=10))["breach"] == "holds"


@pytest.mark.parametrize("usual", [6, 11])
def test_a_source_that_is_always_late_is_given_its_time(usual):
    behind = usual * MINUTE
    late = {"usual": behind}
    assert said(behind - SECOND, behind, **late)["breach"] == "unknown"
    assert said(behind, behind + SECOND, **late)["breach"] == "holds"


def test_a_source_that_is_usually_faster_is_given_the_least():
    assert said(HELD - SECOND, HELD, usual=SECOND)["breach"] == "unknown"
    assert said(HELD, HELD + SECOND, usual=SECOND)["breach"] == "holds"


def test_nothing_is_held_longer_than_until_the_data_is_stale():
    day = timedelta(days=1)
    assert said(20 * MINUTE, 20 * MINUTE, expected=20 * MINUTE, usual=day)["breach"] == "holds"


def test_what_is_told_before_the_data_reaches_it_says_so():
    told = signals(HELD, timedelta(minutes=10))["breach"].summary
    assert told.endswith(
        "Of desk only what happened up to 09:52, Mon is known: what ended it since is not seen yet."
    )
    assert "is known" not in signals(HELD, timedelta(0))["breach"].summary
    assert "is known" not in signals(HELD, timedelta(minutes=10))["75%"].summary


def test_a_wait_that_grows_takes_nothing_back():
    """Told after two minutes; then a slow sync makes the usual wait longer."""
    told = signals(HELD, timedelta(minutes=10))["breach"]
    alert = step(None, told, DUE + HELD, Timing(), rule="promises").alert
    again = signals(HELD + MINUTE, timedelta(minutes=11), usual=timedelta(minutes=30))["breach"]
    after = step(alert, again, DUE + HELD + MINUTE, Timing(), rule="promises").alert
    assert (alert.state, after.state) == ("firing", "unknown")


def test_what_the_store_knows_to_be_broken_is_not_held():
    broken = clock(state="breached", breached_at=DUE, due_at=DUE)
    assert said(SECOND, MINUTE, clocks=[broken])["breach"] == "holds"


def test_stale_data_says_neither():
    late = said(timedelta(hours=3), timedelta(hours=4))
    assert late == {"75%": "unknown", "breach": "unknown", "+1h": "unknown"}


def test_the_rung_after_it_is_held_alike():
    hour = timedelta(hours=1)
    assert said(hour + SECOND, MINUTE) == {
        "75%": "holds", "breach": "holds", "+1h": "unknown"
    }  # fmt: skip
    assert said(hour + SECOND, timedelta(0))["+1h"] == "holds"
