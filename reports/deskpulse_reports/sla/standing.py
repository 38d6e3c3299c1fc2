"""How a clock stands at a moment: what the stored row says, carried on to then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from deskpulse.clock import to_micros

if TYPE_CHECKING:
    from deskpulse.calendars import Calendars
    from deskpulse_reports.sla.clock import SlaClock

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


def standing(clock: SlaClock, now: datetime, calendars: Calendars) -> Standing:
    """How the clock stands at `now` (aware). Exactly at its due instant it is still active.

    What happened after `now` is not taken back: a clock that has ended is what it became. One whose
    calendar is not among `calendars` (it was edited away; the next derive judges the clock anew)
    is late once its due instant is over, and stands otherwise as it was stored.
    """
    state, breached_at = clock.state, clock.breached_at
    elapsed = clock.elapsed_s + _passed(clock, now, calendars)
    due_at = clock.due_at
    unknown = clock.calendar_name not in calendars.names
    overdue = due_at is not None and now > due_at
    if state == "active" and (overdue if unknown else elapsed > clock.target_s):
        state, breached_at = "breached", due_at
    return Standing(
        state=state,
        running=clock.running,
        elapsed_s=elapsed,
        remaining_s=max(clock.target_s - elapsed, 0.0),
        late_s=max(elapsed - clock.target_s, 0.0),
        due_at=due_at,
        breached_at=breached_at,
    )


def _passed(clock: SlaClock, now: datetime, calendars: Calendars) -> float:
    """Seconds of the clock's time since it last began to run."""
    still = clock.state == "active" or (clock.state == "breached" and clock.due_at is not None)
    if not (still and clock.running) or clock.standing_at is None or now <= clock.standing_at:
        return 0.0
    if clock.calendar_name not in calendars.names:
        return 0.0
    number = calendars.number(clock.calendar_name)
    passed = calendars.between(number, to_micros(clock.standing_at), to_micros(now))
    return float(passed) / MICROS
