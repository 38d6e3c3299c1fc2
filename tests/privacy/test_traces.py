"""Where a trace of somebody is found in a text, and where it is somebody else's."""

import pytest

from deskpulse.store.traces import GONE, Traces

NAMES = {"900123": "erased-1", "cus_x9": "erased-2", "q@z.example": "erased-3", "ann zwack": GONE}
HERE = Traces(NAMES, frozenset({"desk/1"}), frozenset())
BOOKS = Traces(NAMES, frozenset({"desk/1"}), frozenset(), references_differ=True)


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("user 900123.", "user erased-1."),
        ("1900123 and 900123.5 and #900123", "1900123 and 900123.5 and #900123"),
        ("/users/900123/tickets", "/users/erased-1/tickets"),
        ("https://x/CUS_X9?a=1", "https://x/erased-2?a=1"),
        ("<Q@Z.example>, aq@z.example", "<erased-3>, aq@z.example"),
        ("Ann  Zwack, Ann Zwack's, Joann Zwack", f"Ann  Zwack, {GONE}'s, Joann Zwack"),
        ('{"id": 900123, "n": 900123.5, "900123": ["900123"]}',
         '{"id":"erased-1","n":900123.5,"erased-1":["erased-1"]}'),
        ("{no json 900123", "{no json erased-1"),
    ],
)  # fmt: skip
def test_texts(text, clean):
    assert HERE.cleaned(text) == clean
    assert HERE.named(text) == (clean != text)


def test_in_our_own_books_a_number_after_a_slash_is_a_ticket():
    assert BOOKS.cleaned("desk/900123 by 900123") == "desk/900123 by erased-1"


def test_what_names_nobody_stays_the_same_object():
    text = '{"a":  1}'
    assert HERE.cleaned(text) is text
