"""What happens to the desk and to the line between two kills. All dice are one `Random`."""

from __future__ import annotations

from random import Random
from typing import Any

from benchmarks.desk import Desk

FAULTS: tuple[dict[str, Any], ...] = (
    {"kind": "throttle", "retry_after": "0", "probability": 0.1},
    {"kind": "throttle", "retry_after": "1", "times": 1},
    {"kind": "throttle", "retry_after": "date+1", "times": 1},
    {"kind": "status", "status": 500, "probability": 0.03},
    {"kind": "status", "status": 503, "probability": 0.03},
    {"kind": "cut", "where": "before", "probability": 0.05},
    {"kind": "cut", "where": "headers", "probability": 0.05},
    {"kind": "cut", "where": "body", "probability": 0.05},
    {"kind": "slow", "seconds": 0.05, "probability": 0.2},
    {"kind": "expired", "after": 3, "times": 1},
    {"kind": "too_large", "path": "/api/v2/incremental/*", "larger_than": 60, "probability": 0.3},
    {"kind": "html", "times": 1, "after": 5},
)


def befall(desk: Desk, dice: Random) -> None:
    """Another mixture of faults, and some of what life brings."""
    desk.tell("faults", dice.sample(FAULTS, dice.randint(0, 4)))
    if dice.random() < 0.7:
        live(desk, dice)
    if dice.random() < 0.2:
        desk.tell("tie", {"count": dice.randint(2, 40)})
    if dice.random() < 0.1:
        desk.tell("expire")
    if dice.random() < 0.3:
        desk.tell("settle")


def live(desk: Desk, dice: Random) -> None:
    """Replies, notes, changes, deletions, merges, renamed people; within a second or an hour."""
    desk.tell("change", {"count": dice.randint(1, 12), "spread": dice.choice((1, 60, 3600))})
