from datetime import timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskpulse.http.headers import (
    Allowance,
    allowance_of,
    next_link,
    reset_after,
    retry_after,
    vendor_date,
)
from support.clock import MONDAY


def http_date(seconds):
    return format_datetime(MONDAY + timedelta(seconds=seconds), usegmt=True)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1", 1),
        (" 30 ", 30),
        ("0.25", 0.25),
        ("3600", 3600),
        ("86400", 86_400),
        (http_date(90), 90),
        ("Monday, 05-Jan-26 09:01:30 GMT", 90),
        ("0", None),
        ("-5", None),
        ("abc", None),
        ("", None),
        ("inf", None),
        ("nan", None),
        ("1e3", None),
        ("99999999999", None),
        ("9" * 400, None),
        (http_date(-10), None),
        (http_date(0), None),
        ("Fri, 31 Dec 9999 23:59:59 GMT", None),
        ("Mon, 99 Foo 2026 09:00:00 GMT", None),
    ],
)
def test_retry_after(text, seconds):
    assert retry_after({"retry-after": text}, MONDAY) == seconds


def test_retry_after_missing():
    assert retry_after({}, MONDAY) is None


def test_a_date_is_measured_by_the_vendors_clock_not_by_ours():
    headers = {"retry-after": http_date(90), "date": http_date(60)}
    assert retry_after(headers, MONDAY - timedelta(days=400)) == 30


@given(st.text())
def test_no_header_breaks_it(text):
    headers = {"retry-after": text, "date": text, "ratelimit-reset": text, "x-rate-limit": text}
    wait = retry_after(headers, MONDAY)
    assert wait is None or wait > 0
    allowance_of(headers | {"ratelimit-remaining": text}, MONDAY)
    vendor_date(headers)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"ratelimit-reset": "41"}, 41),
        ({"x-ratelimit-reset": str(int(MONDAY.timestamp()) + 20)}, 20),
        ({"x-ratelimit-reset": str(int(MONDAY.timestamp() + 20) * 1000)}, 20),
        ({"x-rate-limit-reset": "7", "x-rate-limit-remaining": "0"}, 7),
        ({"ratelimit-reset": "7", "ratelimit-remaining": "3"}, None),
        ({"ratelimit-reset": "0"}, None),
        ({}, None),
    ],
)
def test_reset(headers, seconds):
    assert reset_after(headers, MONDAY) == seconds


def test_allowance_of_zendesk():
    headers = {"x-rate-limit": "700", "x-rate-limit-remaining": "0", "ratelimit-reset": "12"}
    assert allowance_of(headers, MONDAY) == Allowance(0, 700, 12)
    assert allowance_of({"x-rate-limit": "700"}, MONDAY) is None


@pytest.mark.parametrize(
    ("link", "following"),
    [
        ('<https://a.example/x?page=2>; rel="next"', "https://a.example/x?page=2"),
        ("<https://a.example/x?page=2>; rel=next", "https://a.example/x?page=2"),
        ('<x?p=1>; rel="prev", <x?p=3>; rel="next"', "x?p=3"),
        ('<x?p=1>;rel="prev",<x?ids=1,2;3>;title="a, b; c";REL="last NEXT"', "x?ids=1,2;3"),
        ('<x?p=9>; rel="last"', None),
        ('<x>; title="rel=next"', None),
        ('<x>; title="a; rel=next"', None),
        ('<x>; title="a", <y>; rel="next"; type="b"', "y"),
        ("<x>", None),
        ('<>; rel="next"', None),
        ("x; rel=next", None),
        ("", None),
    ],
)
def test_the_next_page_is_the_link_that_says_so(link, following):
    assert next_link({"link": link}) == following
    assert next_link({}) is None
