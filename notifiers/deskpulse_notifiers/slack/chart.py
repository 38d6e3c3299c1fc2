"""A series as Slack's own chart. Pure.

Limits: 2 in a message, title 50, at most 20 points with a label of 20, and no gaps.
(https://docs.slack.dev/reference/block-kit/blocks/data-visualization-block)
"""

from __future__ import annotations

import math
from typing import Any

from deskpulse.message import Series
from deskpulse.untrusted import Text
from deskpulse_notifiers.text import fit, one_line

CHARTS = 2
POINTS = 20
LABEL = 20
TITLE = 50
KIND = "data_visualization"
_LARGEST = 1e15
# It is not documented whether these strings are unescaped: so nothing in them needs it.
_HARMLESS = str.maketrans({"<": "\u2039", ">": "\u203a", "&": "+"})


def chart_of(part: Series) -> dict[str, Any] | None:
    """The block for the last 20 points; None where a chart cannot say it: gaps, or one point."""
    points = [(_cut(label, LABEL), value) for label, value in part.points[-POINTS:]]
    labels = [label for label, _ in points]
    values = [
        value
        for _, value in points
        if value is not None and math.isfinite(value) and abs(value) < _LARGEST
    ]
    if len(points) < 2 or len(values) < len(points):
        return None
    if not all(labels) or len(set(labels)) < len(labels):
        return None
    unit = _cut(part.unit, LABEL)
    data = [{"label": label, "value": value} for label, value in zip(labels, values, strict=True)]
    return {
        "type": KIND,
        "title": _cut(part.title, TITLE) or "Trend",
        "chart": {
            "type": "line",
            "series": [{"name": unit or "value", "data": data}],
            "axis_config": {"categories": labels} | ({"y_label": unit} if unit else {}),
        },
    }


def _cut(text: Text, limit: int) -> str:
    return fit(one_line(text).translate(_HARMLESS), limit)
