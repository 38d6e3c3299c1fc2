"""Charts as SVG text, without a dependency, a script or a network request.

Each `draw` takes a `Chart` (or a `Heat`) and returns one `<svg>` that scales to its container. The
SVG carries class names only; `STYLE` gives them colours for light, dark and print. No chart relies
on colour alone: second lines are dashed, second bars are outlined, legends are in the drawing, and
whoever places a chart puts its numbers in a table beside it.
"""

from deskpulse_reports.charts import bar, heatmap, line, ranked, stacked
from deskpulse_reports.charts.series import Chart, Heat, Line
from deskpulse_reports.charts.spark import sparkline, sparkline_svg
from deskpulse_reports.charts.style import STYLE

__all__ = [
    "STYLE",
    "Chart",
    "Heat",
    "Line",
    "bar",
    "heatmap",
    "line",
    "ranked",
    "sparkline",
    "sparkline_svg",
    "stacked",
]
