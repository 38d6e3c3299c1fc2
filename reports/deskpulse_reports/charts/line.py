"""Lines through time. The first line is solid and, when alone, filled; the second is dashed."""

from __future__ import annotations

from collections.abc import Iterator

from deskpulse_reports.charts import svg
from deskpulse_reports.charts.frame import Frame, framed
from deskpulse_reports.charts.series import Chart, Values


def draw(chart: Chart) -> str:
    """Return the chart as `<svg>`; gaps stay gaps."""

    def marks(frame: Frame) -> list[str]:
        parts = []
        for place, line in enumerate(chart.lines, start=1):
            for run in runs(line.values):
                points = [(frame.x(index), frame.y(value)) for index, value in run]
                parts += _run(points, frame.base, place, filled=len(chart.lines) == 1)
        return parts

    return framed(chart, "line", marks)


def runs(values: Values) -> Iterator[list[tuple[int, float]]]:
    """Stretches of known values without a gap, as (index, value)."""
    run: list[tuple[int, float]] = []
    for index, value in enumerate(values):
        if value is not None:
            run.append((index, value))
        elif run:
            yield run
            run = []
    if run:
        yield run


def _run(points: list[tuple[float, float]], base: float, place: int, *, filled: bool) -> list[str]:
    path = "L".join(f"{svg.coordinate(x)} {svg.coordinate(y)}" for x, y in points)
    parts = []
    if filled and len(points) > 1:
        start, end = svg.coordinate(points[0][0]), svg.coordinate(points[-1][0])
        floor = svg.coordinate(base)
        area = f"M{start} {floor}L{path}L{end} {floor}Z"
        parts.append(svg.tag("path", d=area, class_=f"area s{place}"))
    if len(points) > 1:
        parts.append(svg.tag("path", d=f"M{path}", class_=f"stroke s{place}"))
    x, y = points[-1]
    parts.append(svg.tag("circle", cx=x, cy=y, r=3, class_=f"dot s{place}"))
    return parts
