"""Clocks in words: metric, target, and how one stands."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from deskpulse_reports import words

if TYPE_CHECKING:
    from deskpulse_reports.sla.clock import SlaClock
    from deskpulse_reports.sla.standing import Standing

PAST = {
    "reply": "answered",
    "solved": "solved",
    "moved": "went to another team",
    "policy": "no policy has a target for it any more",
    "customer": "waits for a message of the customer",
}
"""What a `reason` of the store means; any other one speaks for itself."""


def metric(name: str) -> str:
    """`first reply`, `total resolution`."""
    return name.removesuffix("_time").replace("_", " ")


def named(clock: SlaClock) -> str:
    """The metric of a clock; `next reply 2` is the second of its ticket."""
    return metric(clock.metric) + (f" {clock.n}" if clock.n > 1 else "")


def due(stand: Standing, zone: str, now: datetime) -> str:
    """When it is, or was, due, in the desk's zone: `14:30`, `Mon 4 May 09:00`."""
    moment = stand.breached_at or stand.due_at
    if moment is None:
        return ""
    local, today = moment.astimezone(ZoneInfo(zone)), now.astimezone(ZoneInfo(zone)).date()
    if local.date() == today:
        return f"{local:%H:%M}"
    return f"{words.day(local.date(), year=local.year != today.year)} {local:%H:%M}"


def left(clock: SlaClock, stand: Standing) -> str:
    """`38 min left`, `2 h 05 min late`; by the clock of the target."""
    if stand.late_s > 0:
        return f"{words.duration(stand.late_s, clock.clock)} late"
    if stand.running or clock.state == "paused":
        return f"{words.duration(stand.remaining_s, clock.clock)} left"
    return ""


def told(clock: SlaClock, stand: Standing, zone: str, now: datetime) -> str:
    """A sentence: `active, due 14:30, 38 min left of 1 h; policy config/vip`."""
    target = words.duration(clock.target_s, clock.clock)
    parts = [stand.state if not stand.running else f"{stand.state}, running"]
    if stand.state == "active":
        parts = ["active"]
    if when := due(stand, zone, now):
        parts.append(f"due {when}")
    parts.append(left(clock, stand) or f"took {words.duration(stand.elapsed_s, clock.clock)}")
    if clock.reason:
        parts.append(PAST.get(clock.reason, clock.reason))
    sort = "business" if clock.clock == "business" else "calendar"
    return f"{', '.join(parts)}; target {target} of {sort} time by {clock.policy}"
