"""Repeated questions."""

import random

from hypothesis import given
from hypothesis import strategies as st

from deskpulse.untrusted import Untrusted, opened
from deskpulse_reports.analysis.questions import Question, grouping, repeated


def asked(subject, customers, *, reason=None, start=0, **more):
    return [
        Question(f"{start + n}", customer, subject, reason, **more)
        for n, customer in enumerate(customers)
    ]


def test_a_question_of_five_customers_is_a_candidate():
    questions = [
        *asked("Password reset", ["a", "b", "a"], agent_replies=2, handle_s=60),
        *asked("RE: reset password #123", ["c", "d", "e"], start=10, agent_replies=1),
        *asked("Broken zip", ["f"], start=20),
    ]
    (found,) = repeated(questions)
    assert opened(found.title) == "Password reset"
    assert isinstance(found.title, Untrusted)
    assert (found.by, found.tickets, found.customers) == ("subject", 6, 5)
    assert found.share == 6 / 7
    assert (found.agent_replies, found.handle_s, found.timed) == (9, 180, 3)
    assert found.samples == (("", "0"), ("", "1"), ("", "10"), ("", "11"), ("", "12"))


def test_four_customers_are_too_few_however_often_they_ask():
    assert repeated(asked("Password reset", "abcd" * 10)) == ()
    assert repeated(asked("Password reset", [None] * 10)) == ()
    assert len(repeated(asked("Password reset", "abcd" * 10), customers=4)) == 1


def test_two_percent_of_what_came_in():
    questions = asked("Password reset", "abcde")
    assert len(repeated(questions, created=250)) == 1
    assert repeated(questions, created=251) == ()
    assert len(repeated(questions, created=251, share=0.01)) == 1


def test_a_reason_is_stronger_than_a_subject():
    questions = [
        *asked("Password reset", "abcde", reason="login"),
        *asked("Cannot enter", "fgh", reason="login", start=10),
        *asked("Password reset", "uvwxy", start=20),
    ]
    found = repeated(questions)
    assert [(one.by, opened(one.title), one.tickets) for one in found] == [
        ("reason", "login", 8), ("subject", "Password reset", 5),
    ]  # fmt: skip


def test_automatic_mail_and_empty_subjects_are_in_no_group():
    assert repeated(asked("Out of office", "abcdefg")) == ()
    assert repeated(asked("Re: hello", "abcdefg")) == ()
    assert repeated(asked(None, "abcdefg")) == ()
    assert repeated([]) == ()
    assert repeated([], created=0) == ()


def test_unknown_handle_time_is_not_zero():
    (found,) = repeated(asked("Password reset", "abcde"))
    assert (found.handle_s, found.timed, found.agent_replies) == (None, 0, 0)


def test_the_same_id_in_two_sources_is_two_customers():
    questions = [
        Question(str(n), str(n % 3), "Password reset", source=source)
        for source in ("zd", "fd") for n in range(3)
    ]  # fmt: skip
    assert repeated(questions)[0].customers == 6


SUBJECTS = st.sampled_from(
    [
        "reset password",
        "password reset now",
        "refund",
        "REFUND!",
        "where parcel",
        "注文が届きません",
    ]
)


@given(st.lists(st.tuples(SUBJECTS, st.sampled_from("abcdefgh")), max_size=60), st.randoms())
def test_every_telling_ticket_is_in_one_group_in_any_order(given_, dice):
    questions = [Question(str(n), who, what) for n, (what, who) in enumerate(given_)]
    groups = grouping(questions)
    assert sorted(one.ticket_id for group in groups.values() for one in group) == sorted(
        one.ticket_id for one in questions
    )
    found = repeated(questions)
    dice.shuffle(questions)
    assert repeated(questions) == found


def test_planted_questions_are_found_among_many():
    dice = random.Random(2)
    names = [f"{a}{b}{c}" for a in "bdfgk" for b in "aeiou" for c in "lmnrst"]
    noise = [
        Question(str(n), str(n), " ".join(dice.choices(names, k=5)) + f" {n}") for n in range(4_000)
    ]
    forms = [
        "Where is my parcel {}?",
        "RE: parcel where?",
        "Parcel {} tracking link broken",
        "parcel",
    ]
    planted = [Question(f"p{n}", f"p{n}", form.format(n)) for form in forms for n in range(150)]
    found = repeated(noise + planted)
    assert {opened(one.title).split()[0].lower() for one in found} <= {"where", "re:", "parcel"}
    assert sum(one.tickets for one in found) == 4 * 150
