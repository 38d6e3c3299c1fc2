"""Should we notify? Every reason once, as a table; and the page that explains them is whole."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest

from deskpulse.alerts.alert import Alert
from deskpulse.alerts.decision import Case, Habits, Reason, should_notify
from deskpulse.alerts.silence import Silence
from deskpulse.alerts.told import Told
from deskpulse.message import Message
from support.docs import ROOT

NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)
H = timedelta(hours=1)
ALERT = Alert(
    rule="late", subject="t1", level="75%", state="firing", severity="warning",
    content=Message("k", "firing", "T", "S"), since_at=NOW - 2 * H, opened_at=NOW - 2 * H,
    seen_at=NOW, fired_at=NOW - H, acknowledged_by="Ann", id=7,
)  # fmt: skip
NEW = Told("late", "t1", "all")
TOLD = replace(
    NEW, state="firing", thread="x", level="75%", rank=ALERT.rank, told_at=NOW - H, messages=1
)
BASE = Case(NOW, ALERT, TOLD, Habits(repeat_every=2 * H, repeat_at_most=2, flap_limit=4))
QUIET = {"quiet_until": NOW + H}
SILENCE = {"silence": Silence(1, {}, "Ann", "", NOW - H, NOW + H)}
OVER = replace(ALERT, state="resolved", closed_at=NOW)


def alert(**changes):
    return {"alert": replace(ALERT, **changes)}


def told(**changes):
    return {"told": replace(TOLD, **changes)}


CASES = [
    ({"told": NEW}, "new", "firing"),
    ({}, "told", None),
    (alert(level="breach", rung=1), "escalated", "firing"),
    (alert(severity="critical"), "escalated", "firing"),
    (alert(level="", severity="info"), "eased", "update"),
    (alert(rung=3), "told", None),  # another place on the ladder is no news
    (told(told_at=NOW - 2 * H), "repeat", "firing"),
    (told(told_at=NOW - 9 * H, repeats=2), "repeats used up", None),
    (told(told_at=NOW + H), "told", None),  # the clock has stepped back
    (alert(state="acknowledged"), "acknowledged", "update"),
    (alert(state="acknowledged") | told(acknowledged=True), "attended", None),
    (alert(state="acknowledged") | {"told": NEW}, "attended", None),
    (alert(state="snoozed", snoozed_until=NOW + H) | told(acknowledged=True), "snoozed", None),
    (told(acknowledged=True), "snooze over", "firing"),
    (alert(state="unknown", before="firing"), "unknown", None),
    (alert(state="unknown", before="pending"), "pending", None),
    (alert(state="pending"), "pending", None),
    (SILENCE | {"told": NEW}, "silenced", None),
    ({"inhibitor": replace(ALERT, rule="stale"), "told": NEW}, "inhibited", None),
    (QUIET | {"told": NEW}, "quiet hours", None),
    (QUIET, "told", None),
    ({"firings": 5}, "flapping", "update"),
    ({"firings": 5, "told": NEW}, "flapping", "firing"),
    ({"firings": 4}, "told", None),
    ({"firings": 2} | told(state="flapping"), "flaps on", None),
    ({"firings": 1} | told(state="flapping"), "steady", "update"),
    ({"alert": OVER}, "resolved", "resolved"),
    ({"alert": OVER} | SILENCE, "silenced", None),
    ({"alert": OVER} | QUIET, "quiet hours", None),
    ({"alert": OVER, "firings": 6}, "flaps on", None),
    ({"alert": OVER, "told": NEW}, "never told", None),
    ({"alert": OVER} | told(state="resolved"), "over", None),
    ({"alert": OVER, "told": replace(NEW, held_at=NOW - H)}, "came and went", "note"),
    ({"alert": OVER, "told": replace(NEW, held_at=NOW - H)} | QUIET, "quiet hours", None),
    ({"routed": False}, "moved", "resolved"),
    ({"routed": False, "told": NEW}, "no route", None),
]


@pytest.mark.parametrize(("changes", "reason", "kind"), CASES)
def test_the_answer_and_its_name(changes, reason, kind):
    verdict = should_notify(replace(BASE, **changes))
    assert (verdict.reason, verdict.kind) == (reason, kind)


def test_every_reason_is_in_the_table_and_on_the_page():
    reasons = set(get_args(Reason))
    assert {reason for _, reason, _ in CASES} == reasons - {"group wait"}  # grouping says that
    page = (ROOT / "docs" / "alerts.md").read_text(encoding="utf-8")
    section = page.partition("## Should we notify?")[2].partition("\n## ")[0]
    listed = re.findall(
        r"^\| ([a-z ]+) \| (?:firing|update|resolved|note|none)", section, re.MULTILINE
    )
    assert set(listed) == reasons
    assert len(listed) == len(reasons)


def test_what_waits_says_until_when():
    assert should_notify(replace(BASE, **SILENCE)).until == NOW + H
    assert should_notify(BASE).until == NOW + H  # the next repeat
    assert should_notify(replace(BASE, told=NEW, **QUIET)).until == NOW + H
    snoozed = replace(ALERT, state="snoozed", snoozed_until=NOW + H)
    verdict = should_notify(replace(BASE, alert=snoozed, **told(acknowledged=True)))
    assert verdict.until == NOW + H
