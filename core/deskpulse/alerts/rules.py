"""A configured rule as the pipeline sees it: everything but its condition."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from deskpulse.alerts.decision import Habits
from deskpulse.alerts.transition import Timing
from deskpulse.rule import Scope


@dataclass(frozen=True, slots=True)
class Plan:
    """`[rules.NAME]`: how its alerts are timed, told, grouped and repeated."""

    name: str
    scope: Scope = "single"
    timing: Timing = field(default_factory=Timing)
    habits: Habits = field(default_factory=Habits)
    routes: tuple[str, ...] = ()
    group_by: tuple[str, ...] = ()
    group_wait: timedelta = timedelta(0)
    group_interval: timedelta = timedelta(minutes=5)
    group_above: int = 5
