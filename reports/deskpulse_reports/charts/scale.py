"""Axes that people can read: round steps in the unit's own terms."""

from __future__ import annotations

from deskpulse_reports import words

_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_DURATION_STEPS = (
    *(1, 2, 5, 10, 15, 30),
    *(step * _MINUTE for step in (1, 2, 5, 10, 15, 30)),
    *(step * _HOUR for step in (1, 2, 3, 6, 12)),
    *(step * _DAY for step in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)),
)
_RATE_STEPS = (0.005, 0.01, 0.02, 0.05, 0.1, 0.25)


def ticks(top: float, unit: str, most: int = 4) -> tuple[float, ...]:
    """Values from 0 to at least `top`, at most `most` steps apart, never a broken ticket."""
    if words.is_rate(unit):
        step = next((s for s in _RATE_STEPS if s * most >= top), 0.25)
    elif words.is_duration(unit):
        step = next((s for s in _DURATION_STEPS if s * most >= top), top / most)
    else:
        step = _round_step(top / most)
    steps = 1
    while step * steps < top and steps < most * 2:
        steps += 1
    return tuple(step * index for index in range(steps + 1))


def _round_step(wanted: float) -> float:
    step = 1.0
    while True:
        for factor in (1, 2, 5):
            if step * factor >= wanted:
                return step * factor
        step *= 10


def tick_label(value: float, unit: str, clock: str = "calendar") -> str:
    """A tick in few characters: `0`, `30 min`, `2 h`, `1.5 d`, `25 %`."""
    if value == 0:
        return "0"
    if words.is_rate(unit):
        return words.percent(value, digits=0 if round(value * 1000) % 10 == 0 else 1)
    if not words.is_duration(unit):
        return words.number(value)
    if value >= _DAY and clock != "business":
        return f"{words.number(value / _DAY)} d"
    return words.duration(value, "business")
