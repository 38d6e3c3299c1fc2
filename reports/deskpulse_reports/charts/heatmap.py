"""A heatmap: the stronger the colour, the larger the amount; each cell says its number."""

from __future__ import annotations

from deskpulse_reports import words
from deskpulse_reports.charts import svg
from deskpulse_reports.charts.frame import HEIGHT, WIDTH
from deskpulse_reports.charts.series import Heat

_LEFT, _TOP, _BOTTOM = 40.0, 6.0, 40.0
_SHADES = 6


def shade(value: float | None, top: float) -> int:
    """0 for nothing, 1 to 6 for a share of the largest cell."""
    if not value or top <= 0:
        return 0
    return min(_SHADES, 1 + int(value / top * _SHADES * 0.9999))


def draw(heat: Heat) -> str:
    """Return the grid as `<svg>`; every third column is labelled, a scale stands below."""
    wide = (WIDTH - _LEFT) / max(len(heat.columns), 1)
    high = (HEIGHT - _TOP - _BOTTOM) / max(len(heat.rows), 1)
    parts = []
    for row, name in enumerate(heat.rows):
        y = _TOP + row * high
        parts.append(
            svg.text(name[:3], x=_LEFT - 8, y=y + high / 2 + 4, class_="axis", text_anchor="end")
        )
        for column, value in enumerate(heat.cells[row]):
            said = f"{name} {heat.columns[column]}: {words.value(value, heat.unit)}"
            parts.append(
                svg.tag(
                    "rect",
                    svg.tip(said),
                    x=_LEFT + column * wide + 1,
                    y=y + 1,
                    width=wide - 2,
                    height=high - 2,
                    rx=2.5,
                    class_=f"cell h{shade(value, heat.top)}",
                )
            )
    for column, name in enumerate(heat.columns):
        if column % 3 == 0:
            x = _LEFT + (column + 0.5) * wide
            y = HEIGHT - _BOTTOM + 15
            parts.append(svg.text(name, x=x, y=y, class_="axis", text_anchor="middle"))
    parts += _scale(heat)
    return svg.drawing(WIDTH, HEIGHT, heat.summary, parts, "heatmap")


def _scale(heat: Heat) -> list[str]:
    y = HEIGHT - 12
    parts = [svg.text("0", x=WIDTH - 150, y=y + 9, class_="axis", text_anchor="end")]
    parts += [
        svg.tag("rect", x=WIDTH - 144 + 16 * n, y=y, width=14, height=10, rx=2, class_=f"cell h{n}")
        for n in range(_SHADES + 1)
    ]
    most = words.value(heat.top, heat.unit)
    parts.append(svg.text(most, x=WIDTH - 26, y=y + 9, class_="axis"))
    return parts
