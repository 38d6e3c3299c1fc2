"""The state machine: what a signal, a person or the passing of time makes of an alert. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from deskpulse.alerts.alert import Alert, State
from deskpulse.message import Message
from deskpulse.rule import Severity, Signal


@dataclass(frozen=True, slots=True)
class Timing:
    """How long a condition must hold before it counts, and must be gone before that counts."""

    holds_for: timedelta = timedelta(0)
    keep_firing_for: timedelta = timedelta(0)
    expire_after: timedelta = timedelta(days=1)
    severity: Severity | None = None
    """Instead of the signal's own."""


@dataclass(frozen=True, slots=True)
class Step:
    """The alert afterwards, and what happened to it in one word ("" for nothing)."""

    alert: Alert | None
    what: str = ""


def step(
    alert: Alert | None, signal: Signal, now: datetime, timing: Timing, *, rule: str, rung: int = 0
) -> Step:
    """What `signal` makes of the open `alert` (None: there is none). `now` is aware."""
    if alert is None:
        if signal.condition != "holds":
            return Step(None)
        return _hold(_begin(rule, signal, rung, now, timing), now, timing, begins=True)
    if signal.condition == "unknown":
        return lose_sight(replace(alert, seen_at=now))
    told = _told(alert, signal, rung, now, timing)
    if signal.condition == "gone":
        return close(told, "expired", now, signal.outcome or "there is nothing left to judge")
    known, what = _see_again(told, signal, now)
    if signal.condition == "holds":
        after = _hold(known, now, timing)
        return Step(after.alert, after.what or what)
    after = _clear(known, now, timing, signal.outcome)
    return Step(after.alert, after.what or what)


def pass_time(alert: Alert, now: datetime, timing: Timing) -> Step:
    """What happens without any signal: a snooze ends; what nobody reports any more expires."""
    if now - alert.seen_at >= timing.expire_after:
        return close(alert, "expired", now, "no longer reported")
    if alert.state == "snoozed" and alert.snoozed_until is not None and now >= alert.snoozed_until:
        return Step(replace(alert, state="firing", snoozed_until=None), "snooze over")
    return Step(alert)


def acknowledge(alert: Alert, who: str) -> Step:
    """Somebody looks after it. Nothing happens to what does not fire: the end came first."""
    return _attend(alert, "acknowledged", who, None)


def snooze(alert: Alert, who: str, until: datetime) -> Step:
    """Somebody wants to hear of it again at `until`."""
    return _attend(alert, "snoozed", who, until)


def close(alert: Alert, state: State, now: datetime, outcome: str = "") -> Step:
    """It is over. What never fired is never called resolved."""
    ended: State = "resolved" if state == "resolved" and alert.fires else "expired"
    closed = replace(alert, state=ended, before="", closed_at=now, clear_at=None, outcome=outcome)
    return Step(closed, ended)


def lose_sight(alert: Alert) -> Step:
    """The data is stale: neither a breach nor an all-clear can be told from it."""
    if alert.state == "unknown":
        return Step(alert)
    return Step(replace(alert, state="unknown", before=alert.state, clear_at=None), "unknown")


def _begin(rule: str, signal: Signal, rung: int, now: datetime, timing: Timing) -> Alert:
    return Alert(
        rule=rule,
        subject=signal.subject,
        level=signal.level,
        state="pending",
        severity=timing.severity or signal.severity,
        content=_content(signal),
        since_at=_since(signal, now),
        opened_at=now,
        seen_at=now,
        rung=rung,
        labels=dict(signal.labels),
        due_at=signal.due_at,
    )


def _hold(alert: Alert, now: datetime, timing: Timing, *, begins: bool = False) -> Step:
    alert = replace(alert, clear_at=None)
    if alert.state == "pending":
        if now - alert.since_at >= timing.holds_for:
            return Step(replace(alert, state="firing", fired_at=now), "firing")
        return Step(alert, "pending" if begins else "")
    return Step(alert)


def _clear(alert: Alert, now: datetime, timing: Timing, outcome: str) -> Step:
    if not alert.fires:
        return close(alert, "expired", now, "it did not last")
    since = alert.clear_at or now
    if now - since >= timing.keep_firing_for:
        return close(alert, "resolved", now, outcome)
    return Step(replace(alert, clear_at=since), "" if alert.clear_at else "clearing")


def _see_again(alert: Alert, signal: Signal, now: datetime) -> tuple[Alert, str]:
    """Back to what it was. A time that had to be held unseen begins anew."""
    if alert.state != "unknown" or not alert.before:
        return alert, ""
    since = _since(signal, now) if alert.before == "pending" else alert.since_at
    return replace(alert, state=alert.before, before="", since_at=since), "known again"


def _attend(alert: Alert, state: State, who: str, until: datetime | None) -> Step:
    if not alert.fires or alert.closed_at is not None:
        return Step(alert)
    changed = replace(alert, acknowledged_by=who, snoozed_until=until)
    if alert.state == "unknown":
        return Step(replace(changed, before=state), state)
    return Step(replace(changed, state=state), state)


def _told(alert: Alert, signal: Signal, rung: int, now: datetime, timing: Timing) -> Alert:
    return replace(
        alert,
        severity=timing.severity or signal.severity,
        content=_content(signal),
        labels=dict(signal.labels),
        due_at=signal.due_at,
        seen_at=now,
        rung=rung,
    )


def _since(signal: Signal, now: datetime) -> datetime:
    return now if signal.since is None else min(signal.since, now)


def _content(signal: Signal) -> Message:
    return Message(
        key=signal.subject,
        kind="firing",
        title=signal.title,
        summary=signal.summary,
        parts=signal.parts,
        links=signal.links,
        complete_to=signal.complete_to,
    )
