"""The report as one HTML file: no script, no request to anywhere, readable in a browser in a train.

Everything that comes from outside goes through Jinja's escaping (forced on) after `safe.clean`; the
only markup that is passed through is the SVG that `charts` wrote, which escapes on its own. The
page's Content-Security-Policy forbids what a mistake in that could do.
"""

from __future__ import annotations

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from deskpulse_reports import charts
from deskpulse_reports.charts import Chart, Heat
from deskpulse_reports.report.model import Report
from deskpulse_reports.report.view import Picture, Tile, lay_out
from deskpulse_reports.safe import clean

_DRAW = {
    "line": charts.line.draw,
    "spread": charts.line.draw,
    "bar": charts.bar.draw,
    "stacked": charts.stacked.draw,
    "ranked": charts.ranked.draw,
}


def render(report: Report) -> str:
    """Return the whole page."""
    environment = Environment(
        loader=PackageLoader("deskpulse_reports.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["clean"] = clean
    environment.filters["draw"] = _draw
    environment.filters["spark"] = _spark
    page = environment.get_template("report.html")
    style, _, _ = environment.loader.get_source(environment, "report.css")  # type: ignore[union-attr]  # set above
    return page.render(view=lay_out(report), style=Markup(charts.STYLE + style))  # noqa: S704  our own files


def _draw(picture: Picture) -> Markup:
    chart = picture.chart
    if isinstance(chart, Heat):
        return Markup(charts.heatmap.draw(chart))  # noqa: S704  charts escape every text
    assert isinstance(chart, Chart)
    return Markup(_DRAW[picture.kind](chart))  # noqa: S704  charts escape every text


def _spark(tile: Tile) -> Markup:
    return Markup(charts.sparkline_svg(tile.course, f"Course of {tile.title}"))  # noqa: S704  escaped
