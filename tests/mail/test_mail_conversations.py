"""Which letters belong together: by References, and not by subject alone."""

from hypothesis import given
from hypothesis import strategies as st

from deskpulse_connectors.mail.conversations import conversations
from support.letters import OURS, letter, ours


def grouped(*letters):
    return [[each.id for each in found.letters] for found in conversations(letters, OURS)]


def test_by_references():
    found = grouped(letter("a"), ours("b", 1, answers="a"), letter("c", 2, answers="a b"))
    assert found == [["a", "b", "c"]]


def test_a_changed_subject_stays_with_what_it_answers():
    assert grouped(letter("a"), letter("b", 1, subject="Anything", answers="a")) == [["a", "b"]]


def test_one_subject_of_two_customers_is_two_matters():
    """Forms send everything under one subject; Gmail puts it all into one thread."""
    other = {"sender": "kim@mail.example"}
    assert grouped(letter("a"), letter("b", 1, **other)) == [["a"], ["b"]]
    assert grouped(letter("a"), letter("b", 1, subject="Re: Refund", **other)) == [["a"], ["b"]]


def test_one_subject_twice_is_two_matters_unless_it_says_re():
    assert grouped(letter("a"), letter("b", 1)) == [["a"], ["b"]]
    assert grouped(letter("a"), letter("b", 1, subject="Re: Refund")) == [["a", "b"]]


def test_re_joins_the_latest_of_that_subject_and_person():
    found = grouped(letter("a"), letter("b", 1), letter("c", 2, subject="AW: Refund"))
    assert found == [["a"], ["b", "c"]]


def test_an_answer_of_ours_without_references_goes_to_whom_it_is_written():
    kim = {"sender": "kim@mail.example"}
    found = grouped(letter("a"), letter("b", 1, **kim), ours("c", 2, subject="Re: Refund"))
    assert found == [["a", "c"], ["b"]]


def test_siblings_whose_parent_is_not_there():
    assert grouped(letter("b", 1, answers="lost"), letter("c", 2, answers="lost")) == [["b", "c"]]


def test_the_nearest_parent_decides():
    found = grouped(letter("a"), letter("b", 1), letter("c", 2, answers="a b"))
    assert found == [["a"], ["b", "c"]]


def test_the_root_is_the_same_whether_or_not_it_is_seen():
    whole = conversations([letter("a"), letter("b", 1, answers="a")], OURS)
    part = conversations([letter("b", 1, answers="a")], OURS)
    assert whole[0].root == part[0].root == "a@x"


@given(st.permutations(range(6)))
def test_the_order_of_reading_does_not_matter(order):
    letters = [
        letter("a"),
        ours("b", 1, answers="a"),
        letter("c", 2, answers="b"),
        letter("d", 3, subject="Re: Refund"),
        letter("e", 4, sender="kim@mail.example"),
        letter("f", 5, answers="e x"),
    ]
    assert grouped(*(letters[at] for at in order)) == grouped(*letters)


@given(st.integers(1, 6))
def test_a_later_letter_never_moves_an_earlier_one(count):
    letters = [
        letter("a"),
        letter("b", 1),
        letter("c", 2, answers="b a"),
        letter("d", 3, subject="Re: Refund"),
        letter("e", 4, answers="c b"),
        letter("f", 5, answers="zz"),
    ]
    before, after = grouped(*letters[:count]), grouped(*letters)
    for early, late in zip(before, after, strict=False):
        assert late[: len(early)] == early
