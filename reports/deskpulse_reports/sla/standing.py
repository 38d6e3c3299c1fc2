"""How a clock stands at a moment: what the stored row says, carried on to then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from deskpulse.clock import from_micros, to_micros

if TYPE_CHECKING:
    from deskpulse.calendars import Calendars
    from deskpulse_reports.sla.clock import Clock

MICROS = 1_000_000


@dataclass(frozen=True, slots=True)
class Standing:
    """A clock at a moment, in the words of `sla_clock`.

    Spans are seconds in the clock's own time (business or calendar).
    `due_at`: when the target is, or was, reached if nothing stops the clock; None while it is
    paused and once it ended. `remaining_s`: what is left of the target, 0 when it is used up.
    `late_s`: by how much it is over the target. `running`: still waiting for what would end it.
    """

    state: str
    running: bool
    elapsed_s: float
    remaining_s: float
    late_s: float
    due_at: datetime | None
    breached_at: datetime | None


def standing(clock: Clock, now: datetime, calendars: Calendars) -> Standing:
    """How the clock stands at `now` (aware). Exactly at its due instant it is still active.

    What happened after `now` is not taken back: a clock that has ended is what it became. One whose
    calendar is not among `calendars` (it was edited away; the next derive judges the clock anew)
    is late once its due instant is over, and stands otherwise as it was stored.
    """
    state, breached_at = clock.state, clock.breached_at
    elapsed = clock.elapsed_s + _passed(clock, to_micros(now), calendars)
    due_at = clock.due_at
    unknown = clock.calendar not in calendars.names
    overdue = due_at is not None and to_micros(now) > due_at
    if state == "active" and (overdue if unknown else elapsed > clock.target_s):
        state, breached_at = "breached", due_at
    return Standing(
        state=state,
        running=clock.running,
        elapsed_s=elapsed,
        remaining_s=max(clock.target_s - elapsed, 0.0),
        late_s=max(elapsed - clock.target_s, 0.0),
        due_at=None if due_at is None else from_micros(due_at),
        breached_at=None if breached_at is None else from_micros(breached_at),
    )


def warn_at(
    clock: Clock,
    calendars: Calendars,
    *,
    used: float | None = None,
    left_s: float | None = None,
) -> datetime | None:
    """When a running clock will have `used` a share (0 to 1) of its target, or has `left_s` left.

    Both are measured in the clock's own time, so a lead of an hour before Tuesday 08:30 is Monday
    17:30 where the desk opens at 8 and closes at 18. A point that was passed before the clock last
    began to run is that instant. None while the clock is paused, once it ended or is over its
    target, where a lead is not shorter than the target, and where its calendar is not known. Raises
    `ValueError` unless exactly one of `used` and `left_s` is given.
    """
    if (used is None) == (left_s is None):
        raise ValueError("give exactly one of used and left_s")
    point = clock.target_s * used if used is not None else clock.target_s - (left_s or 0.0)
    if clock.state != "active" or not clock.running or clock.standing_at is None:
        return None
    if point > clock.target_s or (left_s is not None and point <= 0):
        return None
    if clock.calendar not in calendars.names:
        return None
    still = round((point - clock.elapsed_s) * MICROS)
    number = calendars.number(clock.calendar)
    return from_micros(int(calendars.add(number, clock.standing_at, max(still, 0))))


def _passed(clock: Clock, now: int, calendars: Calendars) -> float:
    """Seconds of the clock's time since it last began to run."""
    still = clock.state == "active" or (clock.state == "breached" and clock.due_at is not None)
    if not (still and clock.running) or clock.standing_at is None or now <= clock.standing_at:
        return 0.0
    if clock.calendar not in calendars.names:
        return 0.0
    number = calendars.number(clock.calendar)
    return float(calendars.between(number, clock.standing_at, now)) / MICROS
