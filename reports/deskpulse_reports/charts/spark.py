"""Sparklines: a trend in the space of a word."""

from __future__ import annotations

from collections.abc import Sequence

from deskpulse_reports.charts import svg
from deskpulse_reports.charts.line import runs

_BARS = "▁▂▃▄▅▆▇█"
_GAP = "·"
_WIDTH, _HEIGHT, _PAD = 230.0, 34.0, 4.0


def sparkline(values: Sequence[float | None]) -> str:
    """Text bars from 0 to the largest value: `▃▅▂█`; a day without data is `·`.

    Works wherever a fixed set of block characters does: Slack, plain mail, a terminal.
    """
    top = max((value for value in values if value is not None), default=0.0)
    return "".join(_GAP if value is None else _bar(value, top) for value in values)


def _bar(value: float, top: float) -> str:
    if top <= 0:
        return _BARS[0]
    return _BARS[round(max(value, 0.0) / top * (len(_BARS) - 1))]


def sparkline_svg(values: Sequence[float | None], label: str) -> str:
    """The same as a small `<svg>` line that ends in a dot; empty without two known values."""
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return ""
    low, high = min(known), max(known)
    step = (_WIDTH - 2 * _PAD) / max(len(values) - 1, 1)

    def place(index: int, value: float) -> tuple[float, float]:
        share = (value - low) / (high - low) if high > low else 0.5
        return _PAD + index * step, _HEIGHT - _PAD - share * (_HEIGHT - 2 * _PAD)

    parts = []
    last = (0.0, 0.0)
    for run in runs(tuple(values)):
        points = [place(index, value) for index, value in run]
        last = points[-1]
        path = "L".join(f"{svg.coordinate(x)} {svg.coordinate(y)}" for x, y in points)
        if len(points) > 1:
            parts.append(svg.tag("path", d=f"M{path}", class_="stroke s1"))
    parts.append(svg.tag("circle", cx=last[0], cy=last[1], r=2.6, class_="dot s1"))
    return svg.drawing(_WIDTH, _HEIGHT, label, parts, "spark")
