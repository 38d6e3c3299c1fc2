"""How far SLA clocks have run: all of them at once, in whole microseconds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from deskpulse.calendars import Calendars
from deskpulse.clock import to_micros
from deskpulse_reports.rules.desk import Desk
from deskpulse_reports.rules.judging import freshness
from deskpulse_reports.rules.levels import Level
from deskpulse_reports.sla.clock import SlaClock

_MICROS = 1_000_000


@dataclass(frozen=True, slots=True)
class Run:
    """`now_us` of the clock's time have passed by now, `known_us` by where the data ends.

    Until then the clock surely ran; afterwards something may have ended it that was not read yet.
    """

    now_us: int
    known_us: int

    @property
    def now_s(self) -> float:
        """The seconds that have passed by now."""
        return self.now_us / _MICROS


def runs(clocks: Sequence[SlaClock], desk: Desk) -> list[Run | None]:
    """How far each clock has run; None where its calendar is not configured any more."""
    numbers = {name: number for number, name in enumerate(desk.calendars.names)}
    known = [clock for clock in clocks if clock.calendar_name in numbers]
    if not known:
        return [None] * len(clocks)
    calendar = np.array([numbers[clock.calendar_name] for clock in known], dtype=np.int64)
    before = np.array([round(clock.elapsed_s * _MICROS) for clock in known], dtype=np.int64)
    start = np.array([to_micros(_counted_from(clock, desk.now)) for clock in known], dtype=np.int64)
    now = np.full(len(known), to_micros(desk.now), dtype=np.int64)
    ends = {source: to_micros(_end(desk, source)) for source in {clock.source for clock in known}}
    end = np.array([ends[clock.source] for clock in known], dtype=np.int64)
    passed = before + desk.calendars.between(calendar, start, now)
    surely = before + desk.calendars.between(calendar, start, np.maximum(end, start))
    found = iter(
        Run(now_us, known_us)
        for now_us, known_us in zip(passed.tolist(), surely.tolist(), strict=True)
    )
    return [next(found) if clock.calendar_name in numbers else None for clock in clocks]


def is_reached(level: Level, clock: SlaClock, micros: int) -> bool:
    """Whether a clock that has run so far is at a level.

    What ends exactly when the target is reached is in time, so a breach is after that. A breach
    that was seen stays one.
    """
    if level.kind == "breach":
        return clock.state == "breached" or micros > round(clock.target_s * _MICROS)
    return micros >= round(level.after_s(clock.target_s) * _MICROS)


def reached_at(level: Level, clock: SlaClock, calendars: Calendars) -> datetime | None:
    """When a level was reached, or will be; None while it is paused, or where that is not known.

    The lead is measured in the target's own clock: an hour before Tuesday 08:30 is Monday 17:30
    where the desk opens at 8 and closes at 18.
    """
    if level.kind == "breach" and clock.breached_at is not None:
        return clock.breached_at
    ahead = level.after_s(clock.target_s) - clock.elapsed_s
    if ahead <= 0 or clock.standing_at is None or clock.paused:
        return None
    return calendars.due(clock.calendar_name, clock.standing_at, ahead)


def _counted_from(clock: SlaClock, now: datetime) -> datetime:
    """Where its time goes on; a clock that stands still has none to add."""
    if not clock.running or clock.paused:
        return now
    return clock.standing_at or clock.started_at or now


def _end(desk: Desk, source: str) -> datetime:
    """Where its data ends, at most the present."""
    complete_to = freshness(desk, source).complete_to
    return min(complete_to, desk.now) if complete_to else _LONG_AGO


_LONG_AGO = datetime.fromisoformat("1970-01-02T00:00:00+00:00")
