from __future__ import annotations

import html
import math
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deskpulse.untrusted import Untrusted
from deskpulse_notifiers.slack.mrkdwn import ESCAPES, QUIET, link, quiet
from deskpulse_notifiers.sparks import sparkline
from deskpulse_notifiers.text import clean, fit, one_line, units
from deskpulse_notifiers.urls import web_address
from deskpulse_notifiers.words import local_time, number
from support.hostile import HOSTILE, NAMES, TEXTS
from support.messages import COMPLETE_TO


@pytest.mark.parametrize("text", TEXTS, ids=NAMES)
def test_clean_text_steers_no_display(text):
    cleaned = clean(Untrusted(text))
    assert not any(ord(sign) < 32 and sign != "\n" for sign in cleaned)
    assert not any(0x7F <= ord(sign) <= 0x9F for sign in cleaned)
    assert not any(
        sign in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069" for sign in cleaned
    )
    cleaned.encode("utf-8")  # no half characters


@pytest.mark.parametrize("text", TEXTS, ids=NAMES)
def test_one_line_is_one_line_for_every_splitter(text):
    assert len(one_line(text).splitlines()) <= 1


def test_harmless_text_stays_as_it_is():
    for name, text in HOSTILE:
        if name in {"arabic", "cjk", "jinja", "tex", "emoji-only", "slack-bold"}:
            assert clean(text) == text


def test_fit_keeps_what_fits_exactly():
    assert fit("abc", 3) == "abc"
    assert fit("abcd", 3) == "ab…"
    assert fit("&", 5, ESCAPES) == "&amp;"
    assert fit("&&", 9, ESCAPES) == "&amp;…"
    assert fit("😀😀", 3) == "😀…"


@settings(max_examples=300, deadline=None, derandomize=True)
@given(
    st.text(st.sampled_from("a<&>*😀 \n") | st.characters(codec="utf-8"), max_size=60),
    st.integers(1, 80),
)
def test_fit_never_exceeds_and_never_breaks_an_escape(text, limit):
    cut = fit(text, limit, ESCAPES)
    assert units(cut) <= limit
    kept = html.unescape(cut.removesuffix("…")) if "&" in cut else cut.removesuffix("…")
    if text.isascii():
        assert text.startswith((kept, kept.rstrip()))
    assert "<" not in cut
    assert ">" not in cut


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.text(max_size=30))
def test_quiet_markup_can_be_read_back(text):
    shown = text.translate(QUIET).replace("\u200d", "")
    assert html.unescape(shown) == text.replace("\u200d", "")
    for sign in "*_~`":
        assert shown.count(sign) == text.count(sign)


def test_links_only_to_plain_addresses():
    assert (
        link("https://a.example/t?x=1&y=2", "A & B", 400)
        == "<https://a.example/t?x=1&amp;y=2|A &amp; B>"
    )
    assert link("https://a.example/a|b>c <d", "x", 400) == "<https://a.example/a%7Cb%3Ec%20%3Cd|x>"
    for bad in (
        "javascript:alert(1)",
        "ftp://a.example",
        "https://",
        "http://[",
        None,
        "",
        "x" * 3000,
    ):
        assert web_address(bad) == ""
        assert link(bad, "label", 400) == "label"
    assert quiet("  ", 10) == ""


def test_sparklines():
    assert sparkline([1, 2, 3]) == "▁▅█"
    assert sparkline([5, 5]) == "▄▄"
    assert sparkline([None, math.nan, math.inf]) == "···"
    assert sparkline([]) == ""
    assert sparkline([0, None, 7]) == "▁·█"
    assert len(sparkline(list(range(500)))) == 60
    assert sparkline([-1.7e308, 1.7e308]) == "▁█"


def test_times_at_the_edges_and_unknown_zones():
    assert local_time(COMPLETE_TO, "Europe/Berlin") == "2026-11-22 07:58 Europe/Berlin"
    assert local_time(COMPLETE_TO, "No/Where") == "2026-11-22 06:58 UTC"
    assert local_time(COMPLETE_TO, "../../etc/passwd") == "2026-11-22 06:58 UTC"
    late = datetime.max.replace(tzinfo=COMPLETE_TO.tzinfo)
    assert local_time(late, "Asia/Tokyo") == "9999-12-31 23:59 UTC"


def test_numbers():
    assert [number(value) for value in (1234.5, 7, 0, None, math.nan, 1e300)] == [
        "1,234.5",
        "7",
        "0",
        "no data",
        "no data",
        "1e+300",
    ]
