from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from deskpulse_reports.report import html_page
from support.hostile import HOSTILE
from support.reporting import empty_report, hostile_report, report, row

VOID = {"meta", "link", "br", "hr", "img", "input", "wbr"}
ALLOWED = {
    *("html", "head", "meta", "link", "title", "style", "body", "main", "header", "footer"),
    *("section", "article", "div", "p", "span", "strong", "small", "code", "h1", "h2", "h3"),
    *("ul", "li", "dl", "dt", "dd", "figure", "figcaption", "details", "summary"),
    *("table", "thead", "tbody", "tr", "th", "td"),
    *("svg", "rect", "line", "path", "circle", "text"),
}


class Page(HTMLParser):
    """Checks nesting while reading; collects tags, attributes and text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str, str]] = []
        self.words: list[str] = []
        self.feed(text)
        self.close()
        assert not self.open, f"never closed: {self.open}"

    def handle_starttag(self, tag, attrs):
        self.handle_startendtag(tag, attrs)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]

    def handle_endtag(self, tag):
        assert self.open, f"</{tag}> closes nothing"
        opened = self.open.pop()
        assert opened == tag, f"</{tag}> closes <{opened}>"

    def handle_data(self, data):
        if "style" not in self.open:
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def inspect(text: str) -> Page:
    page = Page(text)
    assert page.tags <= ALLOWED, page.tags - ALLOWED
    for tag, name, value in page.attributes:
        assert not name.startswith("on"), (tag, name)
        assert name not in {"src", "srcset", "style", "action", "xlink:href"}, (tag, name)
        if name == "href":
            assert value == "data:,", value
    style = "".join(re.findall(r"<style>(.*?)</style>", text, re.DOTALL))
    assert "url(" not in style
    assert "@import" not in style
    return page


@pytest.mark.parametrize(
    "make", [report, lambda: report(late=True), empty_report], ids=["full", "late", "empty"]
)
def test_well_formed_and_self_contained(make):
    text = html_page.render(make())
    page = inspect(text)
    assert "http:" not in text
    assert "https:" not in text
    assert "<script" not in text
    policy = next(
        value
        for tag, name, value in page.attributes
        if name == "content" and "default-src" in value
    )
    assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'; img-src data:")
    assert len(text) < 250_000


@pytest.mark.parametrize("text", [pytest.param(text, id=name) for name, text in HOSTILE])
def test_hostile_text_stays_text(text):
    page = html_page.render(hostile_report(text))
    inspect(page)
    if "{{7*7}}" in text:
        assert "{{7*7}}" in page  # foreign text is never run as a template
    page.encode()
    assert len(page) < 600_000


def test_it_says_what_it_shows():
    page = inspect(html_page.render(report()))
    for said in (
        "Example Outfitters",
        "27 Apr to 24 May 2026",
        "Data complete to 07:58 Europe/Berlin",
        "tickets came in and",
        "Changes are against the 28 days before",
        "When tickets come in (Europe/Berlin)",
        "Orders & returns",
        "How this is measured",
        "deleted, spam, merged and missing tickets are excluded",
        "Mon 27 Apr 2026",
        "week of 4 May 2026",
    ):
        assert said in page.text, said
    assert "Old data" not in page.text


def test_every_chart_has_its_numbers_beside_it():
    text = html_page.render(report())
    figures = re.findall(r"<figure.*?</figure>", text, re.DOTALL)
    assert len(figures) == 12
    for figure in figures:
        assert '<svg class="chart' in figure
        assert 'aria-label="' in figure
        assert "<details>" in figure
        assert "<table>" in figure


def test_late_data_is_said():
    page = inspect(html_page.render(report(late=True)))
    assert (
        "Old data. helpdesk: complete to Sun 24 May 2026 23:00 Europe/Berlin, 9 h old" in page.text
    )


def test_no_data_is_not_zero():
    page = inspect(html_page.render(empty_report()))
    assert "No data in this period. Choose another period" in page.text
    assert page.text.count("No data in this period.") == 13  # the notice and 12 charts
    assert "there is no data." in page.text
    assert " 0 " not in page.text


def test_unanswered_questions_are_left_out():
    page = inspect(html_page.render(report(answers={})))
    assert "Volume" not in page.text
    assert "How this is measured" in page.text


def test_a_change_below_the_minimum_sample_is_not_in_percent():
    plain = report()
    headline = plain.book.headlines[4].total
    few = row("first_reply_time", 1_200.0, 19, 600.0)
    answers = {headline: replace(plain.answers[headline], rows=(few,))}
    text = inspect(html_page.render(replace(plain, answers=answers))).text
    assert "+10 min" in text
    assert "+100 %" not in text
