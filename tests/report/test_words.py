from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime
from html import escape
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskpulse_reports import headline, words
from deskpulse_reports.safe import clean


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0 s"),
        (45.4, "45 s"),
        (59.6, "1 min"),
        (60, "1 min"),
        (2_280, "38 min"),
        (3_599, "1 h"),
        (7_500, "2 h 05 min"),
        (7_200, "2 h"),
        (172_740, "47 h 59 min"),
        (172_800, "2.0 d"),
        (276_480, "3.2 d"),
        (-180, "-3 min"),
    ],
)
def test_durations(seconds, said):
    assert words.duration(seconds) == said


def test_business_durations_have_no_days():
    assert words.duration(192_000, "business") == "53 h 20 min"


@given(st.floats(0, 1e9))
def test_a_duration_never_says_sixty_minutes(seconds):
    numbers = re.findall(r"(\d+) (s|min)", words.duration(seconds))
    assert all(int(amount) < 60 for amount, _ in numbers)


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (None, "count", "no data"),
        (0, "count", "0"),
        (0, "seconds", "0 s"),
        (0.0, "ratio", "0.0 %"),
        (0.63421, "ratio", "63.4 %"),
        (1348.0, "count", "1,348"),
        (3.256, "score", "3.26"),
        (1200.5, "money", "1,200.5"),
    ],
)
def test_values(value, unit, said):
    assert words.value(value, unit) == said


@pytest.mark.parametrize(
    ("now", "before", "unit", "cases", "short", "tone"),
    [
        (88, 100, "seconds", 50, "-12 %", "good"),
        (112, 100, "seconds", None, "+12 %", "bad"),
        (720, 600, "seconds", 19, "+2 min", "bad"),
        (480, 600, "seconds", 19, "-2 min", "good"),
        (100.2, 100, "seconds", 50, "unchanged", "neutral"),
        (600.2, 600, "seconds", 3, "unchanged", "neutral"),
        (5, 0, "count", 500, "+5", "bad"),
        (0, 0, "count", 0, "unchanged", "neutral"),
        (0.5, 0.47, "ratio", 500, "+3.0 points", "bad"),
        (0.5, 0.5001, "ratio", 500, "unchanged", "neutral"),
    ],
)
def test_changes(now, before, unit, cases, short, tone):
    changed = words.change(now, before, unit, versus="before", direction="lower", cases=cases)
    assert changed is not None
    assert (changed.short, changed.tone) == (short, tone)


def test_change_says_against_what():
    changed = words.change(88, 100, "count", versus="the week before", cases=88)
    assert changed is not None
    assert changed.text == "-12 % vs the week before"
    assert words.change(None, 100, "count", versus="x") is None
    assert words.change(1, None, "count", versus="x") is None


def test_direction_decides_the_tone():
    assert words.tone(1, "higher") == "good"
    assert words.tone(1, "lower") == "bad"
    assert words.tone(1, "neutral") == "neutral"


def test_times_and_days():
    moment = datetime(2026, 5, 25, 5, 58, tzinfo=UTC)
    assert words.instant(moment, "Europe/Berlin") == "Mon 25 May 2026 07:58 Europe/Berlin"
    assert words.instant(moment, "Europe/Berlin", today=date(2026, 5, 25)) == "07:58 Europe/Berlin"
    assert words.span(date(2025, 12, 29), date(2026, 1, 4)) == "29 Dec 2025 to 4 Jan 2026"
    assert words.span(date(2026, 1, 4), date(2026, 1, 4)) == "Sun 4 Jan 2026"


def sentence(came_in, resolved, reply):
    return headline.sentence("Yesterday", came_in, resolved, reply, "the Monday before")


def test_the_sentence_of_an_ordinary_day():
    said = sentence(42, 38, headline.Pace(2_280, 2_600, 30))
    assert said == (
        "Yesterday 42 tickets came in and 38 were resolved; first reply took 38 min (median), "
        "12 % faster than the Monday before."
    )


@pytest.mark.parametrize(
    ("came_in", "resolved", "reply", "said"),
    [
        (None, None, headline.Pace(None), "Yesterday there is no data."),
        (0, 0, headline.Pace(None), "Yesterday no ticket came in and none was resolved."),
        (1, 1, headline.Pace(None), "Yesterday 1 ticket came in and 1 was resolved."),
        (3, 0, headline.Pace(None), "Yesterday 3 tickets came in and none was resolved."),
        (3, None, headline.Pace(None), "Yesterday 3 tickets came in."),
        (
            3,
            2,
            headline.Pace(600, 300, 3),
            (
                "Yesterday 3 tickets came in and 2 were resolved; first reply took 10 min (median), "
                "5 min more than the Monday before."
            ),
        ),
        (
            30,
            2,
            headline.Pace(600, 601, 30),
            (
                "Yesterday 30 tickets came in and 2 were resolved; first reply took 10 min (median), "
                "as fast as the Monday before."
            ),
        ),
    ],
)
def test_other_days(came_in, resolved, reply, said):
    assert sentence(came_in, resolved, reply) == said


@given(st.text(alphabet=st.characters(), max_size=300), st.integers(1, 50))
def test_clean_text_is_one_short_printable_line(text, limit):
    line = clean(text, limit)
    assert len(line) <= limit
    kinds = {unicodedata.category(sign) for sign in line if sign not in "\u200c\u200d"}
    assert not kinds & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    ET.fromstring(f"<text>{escape(line)}</text>")
    line.encode()


def test_clean_keeps_what_people_write():
    assert clean("注文  が\n届きません 👩‍👧") == "注文 が 届きません 👩‍👧"
    assert clean("invoice\u202efdp.exe \x1b[31mred") == "invoicefdp.exe [31mred"
