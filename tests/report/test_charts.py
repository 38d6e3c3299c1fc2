from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskpulse_reports import charts
from deskpulse_reports.charts import Chart, Heat, Line, scale, sparkline, sparkline_svg
from deskpulse_reports.charts.heatmap import shade
from deskpulse_reports.charts.line import runs
from support.hostile import HOSTILE


def parsed(svg: str) -> ET.Element:
    return ET.fromstring(svg)


def chart(*values, unit="count", name="Tickets", labels=None) -> Chart:
    labels = labels or tuple(f"{day} May" for day in range(1, len(values[0]) + 1))
    lines = tuple(Line(f"{name} {place}", row) for place, row in enumerate(values))
    return Chart("Title", labels, labels, lines, unit)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ((), ""),
        ((0, 0), "▁▁"),
        ((1, 2, 3, 4, 5, 6, 7, 8), "▂▃▄▅▅▆▇█"),
        ((3, None, 8), "▄·█"),
        ((None, None), "··"),
        ((-5, 10), "▁█"),
    ],
)
def test_sparkline(values, said):
    assert sparkline(values) == said


@given(st.floats(0, 1e12), st.sampled_from(["count", "seconds", "ratio", "score"]))
def test_ticks_cover_the_data_in_few_steps(top, unit):
    if unit == "ratio":
        top = top % 1.0
    steps = scale.ticks(top, unit)
    assert steps[0] == 0
    assert steps[-1] >= top * 0.999999
    assert 2 <= len(steps) <= 9
    if unit == "count":
        assert all(float(step).is_integer() for step in steps)


@pytest.mark.parametrize(
    ("value", "unit", "label"),
    [
        (0, "seconds", "0"),
        (1_800, "seconds", "30 min"),
        (7_200, "seconds", "2 h"),
        (86_400, "seconds", "1 d"),
        (0.25, "ratio", "25 %"),
        (0.005, "ratio", "0.5 %"),
        (3 * 0.1, "ratio", "30 %"),
        (1_500, "count", "1,500"),
    ],
)
def test_tick_labels(value, unit, label):
    assert scale.tick_label(value, unit) == label


def test_a_gap_stays_a_gap():
    assert list(runs((1.0, None, 2.0, 3.0))) == [[(0, 1.0)], [(2, 2.0), (3, 3.0)]]
    drawn = charts.line.draw(chart((1, None, 2, 3, None, 4)))
    assert drawn.count('class="stroke') == 1  # only 2, 3 make a line; 1 and 4 are dots
    assert drawn.count("<circle") == 3


def test_bars_are_as_high_as_their_value():
    drawn = parsed(charts.bar.draw(chart((10, 20, 0, None))))
    heights = [float(bar.get("height")) for bar in drawn.iter("rect") if "bar" in bar.get("class")]
    assert len(heights) == 2
    assert heights[1] == pytest.approx(2 * heights[0], abs=0.2)


def test_stacked_bars_end_where_the_next_begins():
    drawn = parsed(charts.stacked.draw(chart((10,), (30,))))
    low, high = (bar for bar in drawn.iter("rect") if "piece" in bar.get("class"))
    assert float(high.get("y")) + float(high.get("height")) == pytest.approx(
        float(low.get("y")), abs=0.15
    )
    assert float(high.get("height")) == pytest.approx(3 * float(low.get("height")), abs=0.3)


def test_every_label_says_its_numbers_on_hover():
    drawn = parsed(charts.line.draw(chart((60, 7_500), (120, None), unit="seconds")))
    tips = [tip.text for tip in drawn.iter("title")]
    assert tips == [
        "1 May: Tickets 0 1 min, Tickets 1 2 min",
        "2 May: Tickets 0 2 h 05 min, Tickets 1 no data",
    ]


def test_the_drawing_says_in_words_what_it_shows():
    drawn = parsed(charts.ranked.draw(chart((60, 7_500), unit="seconds")))
    assert drawn.get("role") == "img"
    assert drawn.get("aria-label") == "Title: Tickets 0 between 1 min and 2 h 05 min"


def test_heatmap():
    heat = Heat("When", ("Monday", "Tuesday"), ("00", "01"), ((0, 3), (6, None)), "count")
    drawn = parsed(charts.heatmap.draw(heat))
    tips = [tip.text for tip in drawn.iter("title")]
    assert tips == ["Monday 00: 0", "Monday 01: 3", "Tuesday 00: 6", "Tuesday 01: no data"]
    assert drawn.get("aria-label") == "When: most on Tuesday at 00 (6)"
    assert [shade(value, 6) for value in (None, 0, 0.1, 3, 6)] == [0, 0, 1, 3, 6]


DRAWS = {
    "line": charts.line.draw,
    "bar": charts.bar.draw,
    "stacked": charts.stacked.draw,
    "ranked": charts.ranked.draw,
}


@pytest.mark.parametrize("kind", DRAWS)
@pytest.mark.parametrize("values", [(), (None,), (0,), (5,), (1e15, 3), (None, None, 1)], ids=repr)
def test_odd_data_still_draws(kind, values):
    assert parsed(DRAWS[kind](chart(values))).tag == "svg"


def test_empty_sparkline_svg():
    assert sparkline_svg((), "x") == ""
    assert sparkline_svg((None, 3), "x") == ""
    assert parsed(sparkline_svg((3, 3, None, 3), "x")).tag == "svg"


@pytest.mark.parametrize("text", [pytest.param(text, id=name) for name, text in HOSTILE])
def test_hostile_names_stay_text(text):
    labels = (text, "b")
    for draw in DRAWS.values():
        tree = parsed(draw(chart((1, 2), (3, 4), name=text[:1000], labels=labels)))
        assert {element.tag for element in tree.iter()} <= {
            *("svg", "rect", "line", "text", "title", "path", "circle")
        }
        assert not any(key.startswith("on") for item in tree.iter() for key in item.attrib)
