"""Every open alert, and every signal of this cycle: what became of each. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from deskpulse.alerts.alert import Alert
from deskpulse.alerts.rules import Plan
from deskpulse.alerts.transition import close, pass_time, step
from deskpulse.rule import Signal

SEEN_WITHIN = timedelta(minutes=10)
"""An alert of which only the last sight has changed is written this seldom."""


@dataclass(frozen=True, slots=True)
class Moved:
    """An alert before (None: it is new) and after, and what happened ("" for nothing)."""

    before: Alert | None
    after: Alert
    what: str

    @property
    def changed(self) -> bool:
        """Whether it has to be written."""
        if self.before is None or self.what:
            return True
        same = replace(self.after, seen_at=self.before.seen_at) == self.before
        return not same or self.after.seen_at - self.before.seen_at >= SEEN_WITHIN


def advance(
    alerts: Iterable[Alert],
    signals: Mapping[str, Sequence[Signal]],
    plans: Mapping[str, Plan],
    now: datetime,
) -> list[Moved]:
    """`signals` by rule; a rule that is not there was not asked this time."""
    rest = {(alert.rule, alert.subject, alert.level): alert for alert in alerts}
    moved: list[Moved] = []
    for rule, said in signals.items():
        timing = plans[rule].timing
        rungs: Counter[str] = Counter()
        for signal in said:
            rung, rungs[signal.subject] = rungs[signal.subject], rungs[signal.subject] + 1
            before = rest.pop((rule, signal.subject, signal.level), None)
            stepped = step(before, signal, now, timing, rule=rule, rung=rung)
            if stepped.alert is None:
                continue
            after, what = stepped.alert, stepped.what
            if after.closed_at is None:
                woken = pass_time(after, now, timing)
                after, what = woken.alert or after, woken.what or what
            moved.append(Moved(before, after, what))
    for alert in rest.values():
        plan = plans.get(alert.rule)
        if plan is None:
            stepped = close(alert, "expired", now, "its rule is no longer configured")
        else:
            stepped = pass_time(alert, now, plan.timing)
        moved.append(Moved(alert, stepped.alert or alert, stepped.what))
    return moved
