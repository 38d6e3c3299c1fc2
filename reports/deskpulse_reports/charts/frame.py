"""The frame that charts over time share: legend, grid, value axis, labels, hover strips."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from deskpulse_reports.charts import scale, svg
from deskpulse_reports.charts.series import Chart

WIDTH, HEIGHT = 460.0, 232.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 50.0, 10.0, 34.0, 26.0
_MOST_LABELS = 7


@dataclass(frozen=True, slots=True)
class Frame:
    """Where things go: `x(index)` is the middle of a label's column, `y(value)` a height."""

    columns: int
    top: float

    @property
    def column(self) -> float:
        """Width of one label's column."""
        return (WIDTH - _LEFT - _RIGHT) / max(self.columns, 1)

    @property
    def base(self) -> float:
        """The height of 0."""
        return HEIGHT - _BOTTOM

    def x(self, index: int) -> float:
        """The middle of a column."""
        return _LEFT + (index + 0.5) * self.column

    def y(self, value: float) -> float:
        """The height of a value."""
        return self.base - (self.base - _TOP) * (value / self.top if self.top else 0.0)


def framed(
    chart: Chart, kind: str, marks: Callable[[Frame], list[str]], top: float | None = None
) -> str:
    """Draw the frame of `chart` and `marks` within it. `top` is the largest height needed."""
    steps = scale.ticks(chart.top if top is None else top, chart.unit)
    frame = Frame(len(chart.labels), steps[-1])
    parts = [*_legend(chart), *_grid(chart, frame, steps), *_labels(chart, frame)]
    parts += [*marks(frame), *_strips(chart, frame)]
    return svg.drawing(WIDTH, HEIGHT, chart.summary, parts, kind)


def _legend(chart: Chart) -> list[str]:
    if len(chart.lines) == 1 and chart.lines[0].name == chart.title:
        return []
    parts, x = [], _LEFT
    for index, line in enumerate(chart.lines, start=1):
        name = line.name if len(line.name) <= 18 else line.name[:17] + "…"
        width = 24 + 6.4 * len(name)
        if x + width > WIDTH and index > 1:
            parts.append(svg.text("…", x=x, y=14, class_="legend"))
            break
        parts.append(svg.tag("rect", x=x, y=6, width=11, height=9, rx=2.5, class_=f"key s{index}"))
        parts.append(svg.text(name, x=x + 16, y=14, class_="legend"))
        x += width + 8
    return parts


def _grid(chart: Chart, frame: Frame, steps: tuple[float, ...]) -> list[str]:
    parts = []
    for step in steps:
        y = frame.y(step)
        kind = "grid" if step else "grid base"
        parts.append(svg.tag("line", x1=_LEFT, x2=WIDTH - _RIGHT, y1=y, y2=y, class_=kind))
        label = scale.tick_label(step, chart.unit, chart.clock)
        parts.append(svg.text(label, x=_LEFT - 7, y=y + 3.5, class_="axis", text_anchor="end"))
    return parts


def _labels(chart: Chart, frame: Frame) -> list[str]:
    every = -(-len(chart.labels) // _MOST_LABELS) or 1
    return [
        svg.text(label, x=frame.x(index), y=HEIGHT - 8, class_="axis", text_anchor="middle")
        for index, label in enumerate(chart.labels)
        if index % every == 0
    ]


def _strips(chart: Chart, frame: Frame) -> list[str]:
    return [
        svg.tag(
            "rect",
            svg.tip(chart.tip(index)),
            x=frame.x(index) - frame.column / 2,
            y=_TOP,
            width=frame.column,
            height=frame.base - _TOP,
            class_="hover",
        )
        for index in range(len(chart.labels))
    ]
