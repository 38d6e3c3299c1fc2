"""Should we notify? One pure function; its answer has a name, which is kept and shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from deskpulse.alerts.alert import Alert, severity_of
from deskpulse.alerts.silence import Silence
from deskpulse.alerts.told import Told
from deskpulse.message import MessageKind

Reason = Literal[
    # why it is told
    "new",
    "escalated",
    "eased",
    "repeat",
    "snooze over",
    "acknowledged",
    "flapping",
    "steady",
    "resolved",
    "moved",
    "came and went",
    # why it is not
    "pending",
    "told",
    "over",
    "never told",
    "unknown",
    "snoozed",
    "attended",
    "silenced",
    "inhibited",
    "flaps on",
    "quiet hours",
    "repeats used up",
    "group wait",
    "no route",
]


@dataclass(frozen=True, slots=True)
class Verdict:
    """`kind` None: nothing is told. `until`: when the answer may become another by itself."""

    reason: Reason
    kind: MessageKind | None = None
    detail: str = ""
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Habits:
    """How often a rule repeats itself, and what it calls flapping."""

    repeat_every: timedelta | None = None
    repeat_at_most: int = 3
    flap_limit: int = 4
    flap_window: timedelta = timedelta(hours=1)
    holds_for: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class Case:
    """All that the answer depends on, about one subject and one route.

    `alert` speaks for the subject. `firings`: how often it fired within the flap window.
    `quiet_until` is None outside quiet hours and for what breaks through them.
    """

    now: datetime
    alert: Alert
    told: Told
    habits: Habits = Habits()
    routed: bool = True
    silence: Silence | None = None
    inhibitor: Alert | None = None
    quiet_until: datetime | None = None
    firings: int = 0


def should_notify(case: Case) -> Verdict:
    """Whether the route is told about the subject now, as what, and why (not)."""
    alert, told = case.alert, case.told
    if alert.stands == "pending":
        until = alert.since_at + case.habits.holds_for
        return Verdict("pending", None, f"must hold until {_moment(until)}", until)
    if not case.routed:
        return _gone_elsewhere(case)
    if not alert.fires:
        return _ended(case)
    if alert.state == "unknown":
        known = alert.content.complete_to
        return Verdict("unknown", None, f"known up to {_moment(known)}" if known else "")
    return _kept_quiet(case) or _news(told, case)


def _gone_elsewhere(case: Case) -> Verdict:
    if case.told.running:
        return Verdict("moved", "resolved", "it is now told elsewhere")
    return Verdict("no route")


def _ended(case: Case) -> Verdict:
    """Only where its beginning was told, its end is told."""
    told, alert = case.told, case.alert
    if not told.running:
        if told.held_at is None or alert.fired_at is None:
            return Verdict("over" if told.state == "resolved" else "never told")
        if case.quiet_until is not None:
            return _quiet(case.quiet_until)
        return Verdict("came and went", "note", "it came and went in quiet hours")
    if case.silence is not None:
        return Verdict("silenced", None, case.silence.words, case.silence.ends_at)
    if _flaps(case):
        return _flaps_on(case)
    if case.quiet_until is not None:
        return _quiet(case.quiet_until)
    return Verdict("resolved", "resolved", alert.outcome)


def _kept_quiet(case: Case) -> Verdict | None:
    alert, told = case.alert, case.told
    if alert.state in {"acknowledged", "snoozed"} and (told.acknowledged or not told.running):
        if alert.state == "snoozed":
            until = alert.snoozed_until
            return Verdict("snoozed", None, f"by {alert.acknowledged_by}", until)
        return Verdict("attended", None, f"by {alert.acknowledged_by}")
    if case.silence is not None:
        return Verdict("silenced", None, case.silence.words, case.silence.ends_at)
    if case.inhibitor is not None:
        wide = case.inhibitor
        return Verdict("inhibited", None, f"by alert {wide.id} of rule {wide.rule}")
    if _flaps(case) and told.state == "flapping":
        return _flaps_on(case)
    if case.quiet_until is not None and _news(told, case).kind is not None:
        return _quiet(case.quiet_until)
    return None


def _news(told: Told, case: Case) -> Verdict:
    """What there is to say when nothing keeps it quiet."""
    alert = case.alert
    if _flaps(case) and told.state != "flapping":
        words = f"fired {case.firings} times within {case.habits.flap_window}"
        return Verdict("flapping", "update" if told.running else "firing", words)
    if not told.running:
        return Verdict("new", "firing")
    if alert.state in {"acknowledged", "snoozed"}:
        return Verdict("acknowledged", "update", _attended(alert))
    if told.state == "flapping":
        return Verdict("steady", "update", "it is calm again, and still fires")
    changed = alert.level != told.level or alert.severity != severity_of(told.rank)
    if changed and alert.rank > told.rank:
        return Verdict("escalated", "firing", alert.level)
    if told.acknowledged:
        return Verdict("snooze over", "firing", f"snoozed by {alert.acknowledged_by}")
    if changed and alert.rank < told.rank:
        return Verdict("eased", "update", alert.level)
    return _repeated(told, case)


def _repeated(told: Told, case: Case) -> Verdict:
    every = case.habits.repeat_every
    if every is None or told.told_at is None:
        return Verdict("told", None, _when(told))
    if told.repeats >= case.habits.repeat_at_most:
        return Verdict("repeats used up", None, f"{told.repeats} times")
    due = told.told_at + every
    if case.now >= due:
        return Verdict("repeat", "firing", f"{told.repeats + 1} of {case.habits.repeat_at_most}")
    return Verdict("told", None, _when(told), due)


def _flaps(case: Case) -> bool:
    """Hysteresis: it begins above the limit and ends when one firing is left in the window."""
    limit = 1 if case.told.state == "flapping" else case.habits.flap_limit
    return case.firings > limit


def _flaps_on(case: Case) -> Verdict:
    again = case.now + case.habits.flap_window / 4
    return Verdict("flaps on", None, f"{case.firings} times in {case.habits.flap_window}", again)


def _quiet(until: datetime) -> Verdict:
    return Verdict("quiet hours", None, f"held until {_moment(until)}", until)


def _attended(alert: Alert) -> str:
    if alert.state == "snoozed" and alert.snoozed_until is not None:
        return f"snoozed until {_moment(alert.snoozed_until)} by {alert.acknowledged_by}"
    return f"acknowledged by {alert.acknowledged_by}"


def _when(told: Told) -> str:
    return "" if told.told_at is None else f"at {_moment(told.told_at)}"


def _moment(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%M} UTC"
