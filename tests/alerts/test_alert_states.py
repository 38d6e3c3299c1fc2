"""The state machine alone: every state against every condition."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from deskpulse.alerts.alert import Alert
from deskpulse.alerts.transition import Timing, acknowledge, pass_time, snooze, step
from deskpulse.message import Message
from support.alerting import signal

NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)
M = timedelta(minutes=1)
TIMING = Timing(holds_for=10 * M, keep_firing_for=5 * M)
BASE = Alert(
    rule="late", subject="t1", level="", state="firing", severity="warning",
    content=Message("k", "firing", "T", "S"), since_at=NOW - 20 * M, opened_at=NOW - 20 * M,
    seen_at=NOW - M, fired_at=NOW - 10 * M,
)  # fmt: skip
YOUNG = {"since_at": NOW - 5 * M, "fired_at": None}
CLEARED = {"clear_at": NOW - 5 * M}

TABLE = [
    # state, what else of it, condition, state afterwards, what happened
    (None, {}, "holds", "pending", "pending"),
    (None, {}, "clear", None, ""),
    (None, {}, "unknown", None, ""),
    (None, {}, "gone", None, ""),
    ("pending", YOUNG, "holds", "pending", ""),
    ("pending", YOUNG | {"since_at": NOW - 10 * M}, "holds", "firing", "firing"),
    ("pending", YOUNG, "clear", "expired", "expired"),
    ("pending", YOUNG, "gone", "expired", "expired"),
    ("pending", YOUNG, "unknown", "unknown", "unknown"),
    ("firing", {}, "holds", "firing", ""),
    ("firing", {}, "clear", "firing", "clearing"),
    ("firing", CLEARED, "clear", "resolved", "resolved"),
    ("firing", CLEARED, "holds", "firing", ""),
    ("firing", CLEARED, "unknown", "unknown", "unknown"),
    ("firing", {}, "gone", "expired", "expired"),
    ("acknowledged", {}, "holds", "acknowledged", ""),
    ("acknowledged", CLEARED, "clear", "resolved", "resolved"),
    ("acknowledged", {}, "unknown", "unknown", "unknown"),
    ("snoozed", {}, "holds", "snoozed", ""),
    ("snoozed", CLEARED, "clear", "resolved", "resolved"),
    ("unknown", {"before": "firing"}, "unknown", "unknown", ""),
    ("unknown", {"before": "firing"}, "holds", "firing", "known again"),
    ("unknown", {"before": "acknowledged"}, "holds", "acknowledged", "known again"),
    ("unknown", {"before": "firing"}, "clear", "firing", "clearing"),
    ("unknown", YOUNG | {"before": "pending"}, "holds", "pending", "known again"),
    ("unknown", YOUNG | {"before": "pending"}, "clear", "expired", "expired"),
    ("unknown", {"before": "firing"}, "gone", "expired", "expired"),
]


@pytest.mark.parametrize(("state", "more", "condition", "after", "what"), TABLE)
def test_every_state_against_every_condition(state, more, condition, after, what):
    before = None if state is None else replace(BASE, state=state, **more)
    done = step(before, signal(condition=condition), NOW, TIMING, rule="late")
    assert done.what == what
    assert (None if done.alert is None else done.alert.state) == after
    if after in ("resolved", "expired"):
        assert done.alert.closed_at == NOW
    if before is not None and condition != "unknown":
        assert done.alert.seen_at == NOW


@pytest.mark.parametrize(
    ("state", "more", "changes"),
    [
        ("firing", {}, True),
        ("acknowledged", {}, True),
        ("snoozed", {}, True),
        ("unknown", {"before": "firing"}, True),
        ("unknown", {"before": "pending"}, False),
        ("pending", YOUNG, False),
        ("resolved", {"closed_at": NOW}, False),
        ("expired", {"closed_at": NOW}, False),
    ],
)
def test_who_may_be_attended_to(state, more, changes):
    alert = replace(BASE, state=state, **more)
    for done, stands in (
        (acknowledge(alert, "Ann"), "acknowledged"),
        (snooze(alert, "Ann", NOW + M), "snoozed"),
    ):
        assert bool(done.what) is changes
        assert done.alert.stands == stands if changes else done.alert == alert
        assert (done.alert.state == "unknown") is (state == "unknown")


def test_time_alone():
    snoozed = replace(BASE, state="snoozed", snoozed_until=NOW)
    assert pass_time(snoozed, NOW - M, TIMING).what == ""
    assert pass_time(snoozed, NOW, TIMING).alert.state == "firing"
    assert pass_time(BASE, NOW + TIMING.expire_after, TIMING).alert.state == "expired"


def test_the_severity_of_the_settings_counts():
    timing = replace(TIMING, severity="critical")
    assert step(None, signal(), NOW, timing, rule="late").alert.severity == "critical"
    assert step(BASE, signal(), NOW, timing, rule="late").alert.severity == "critical"
