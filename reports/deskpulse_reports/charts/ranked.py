"""Horizontal bars with their value in words beside them: few categories, long names."""

from __future__ import annotations

from deskpulse_reports.charts import svg
from deskpulse_reports.charts.frame import HEIGHT, WIDTH
from deskpulse_reports.charts.series import Chart

_NAME, _VALUE = 118.0, 84.0
_LEAST_ROW, _MOST_ROW = 29.0, 52.0


def draw(chart: Chart) -> str:
    """Return the first line as `<svg>`, one bar a label, in the order given."""
    line = chart.lines[0]
    room = WIDTH - _NAME - _VALUE
    row = min(max(HEIGHT / max(len(chart.labels), 1), _LEAST_ROW), _MOST_ROW)
    thick = row * 0.56
    parts = []
    for index, (label, value) in enumerate(zip(chart.labels, line.values, strict=True)):
        middle = (index + 0.5) * row
        length = room * (value or 0.0) / chart.top if chart.top else 0.0
        name = label if len(label) <= 18 else label[:17] + "…"
        parts += [
            svg.text(name, x=_NAME - 10, y=middle + 4, class_="legend", text_anchor="end"),
            svg.tag(
                "rect",
                svg.tip(chart.tip(index)),
                x=_NAME,
                y=middle - thick / 2,
                width=max(length, 1.5),
                height=thick,
                rx=3,
                class_="bar s1",
            ),
            svg.text(chart.say(value), x=_NAME + length + 8, y=middle + 4, class_="said"),
        ]
    height = max(row * len(chart.labels), HEIGHT)
    return svg.drawing(WIDTH, height, chart.summary, parts, "ranked")
