"""Bars on top of each other: how a whole divides, through time."""

from __future__ import annotations

from deskpulse_reports.charts import svg
from deskpulse_reports.charts.frame import Frame, framed
from deskpulse_reports.charts.series import Chart


def draw(chart: Chart) -> str:
    """Return the chart as `<svg>`; the first line lies at the bottom."""
    heights = [
        sum(line.values[index] or 0.0 for line in chart.lines) for index in range(len(chart.labels))
    ]

    def marks(frame: Frame) -> list[str]:
        width = min(frame.column * 0.78, 30)
        parts = []
        for index in range(len(chart.labels)):
            below = 0.0
            for place, line in enumerate(chart.lines, start=1):
                value = line.values[index]
                if not value:
                    continue
                parts.append(
                    svg.tag(
                        "rect",
                        x=frame.x(index) - width / 2,
                        y=frame.y(below + value),
                        width=width,
                        height=frame.y(below) - frame.y(below + value),
                        class_=f"piece s{place}",
                    )
                )
                below += value
        return parts

    return framed(chart, "stacked", marks, max(heights, default=0.0))
