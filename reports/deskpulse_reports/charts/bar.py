"""Bars side by side: the first kind is filled, the second outlined."""

from __future__ import annotations

from deskpulse_reports.charts import svg
from deskpulse_reports.charts.frame import Frame, framed
from deskpulse_reports.charts.series import Chart


def draw(chart: Chart) -> str:
    """Return the chart as `<svg>`: for each label one bar a line."""

    def marks(frame: Frame) -> list[str]:
        gap = min(frame.column * 0.22, 14)
        width = min((frame.column - gap) / max(len(chart.lines), 1), 26)
        parts = []
        for place, line in enumerate(chart.lines):
            for index, value in enumerate(line.values):
                if not value:
                    continue
                left = frame.x(index) + (place - len(chart.lines) / 2) * width
                parts.append(
                    svg.tag(
                        "rect",
                        x=left + width * 0.06,
                        y=frame.y(value),
                        width=max(width * 0.88, 0.8),
                        height=frame.base - frame.y(value),
                        rx=min(width * 0.2, 2.5),
                        class_=f"bar s{place + 1}",
                    )
                )
        return parts

    return framed(chart, "bar", marks)
