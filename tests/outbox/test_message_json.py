"""A message written down is the same message; what a customer wrote stays marked as such."""

import json
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from deskpulse import message_json
from deskpulse.message import (
    Action,
    Figure,
    Figures,
    Link,
    Message,
    Paragraph,
    Series,
    Table,
    TicketLine,
    Tickets,
)
from deskpulse.untrusted import Untrusted

TEXTS = st.text(st.characters(blacklist_categories=("Cs",)), max_size=20)
TEXT = TEXTS | TEXTS.map(Untrusted)
MAYBE = st.none() | TEXT


def tuples(some, size=3):
    return st.lists(some, max_size=size).map(tuple)


PARTS = st.one_of(
    st.builds(Paragraph, tuples(TEXT), MAYBE),
    st.builds(
        Figures,
        tuples(
            st.builds(
                Figure,
                TEXT,
                TEXTS,
                st.none() | TEXTS,
                st.sampled_from(["good", "bad", "neutral"]),
                st.none() | TEXTS,
                st.none() | TEXTS,
            )
        ),
        MAYBE,
    ),
    st.builds(Table, tuples(TEXT), tuples(tuples(TEXT)), MAYBE),
    st.builds(Series, TEXT, tuples(st.tuples(TEXTS, st.none() | st.floats(-1e9, 1e9))), TEXTS),
    st.builds(
        Tickets,
        tuples(st.builds(TicketLine, TEXTS, TEXT, TEXT, st.none() | TEXTS)),
        MAYBE,
        st.none() | st.integers(0, 10**6),
    ),
)
MESSAGES = st.builds(
    Message,
    key=TEXTS,
    kind=st.sampled_from(["firing", "update", "resolved", "digest", "note"]),
    title=TEXT,
    summary=TEXT,
    parts=tuples(PARTS),
    links=tuples(st.builds(Link, TEXTS, TEXTS)),
    actions=tuples(st.builds(Action, TEXTS, TEXTS, TEXTS)),
    complete_to=st.none() | st.datetimes(timezones=st.just(UTC)),
    zone=st.just("Europe/Berlin"),
    id=TEXTS,
    severity=st.sampled_from(["info", "warning", "critical"]),
    acknowledged=st.booleans(),
)


@given(MESSAGES)
def test_every_message_comes_back(message):
    assert message_json.loads(message_json.dumps(message)) == message


def test_half_a_character_does_not_keep_a_message_from_being_written_down():
    message = Message("k", "note", Untrusted("cut \ud83d"), "ok")
    assert message_json.loads(message_json.dumps(message)).title.open() == "cut ?"


def test_a_message_written_down_before_a_field_existed_has_its_default():
    kept = json.loads(message_json.dumps(Message("k", "firing", "t", "s")))
    del kept["severity"], kept["acknowledged"]
    message = message_json.loads(json.dumps(kept))
    assert (message.severity, message.acknowledged) == ("warning", False)


def test_instants_keep_their_moment():
    at = datetime(2026, 1, 5, 9, 0, 0, 123456, tzinfo=UTC)
    message = Message("k", "note", "t", "s", complete_to=at)
    assert message_json.loads(message_json.dumps(message)).complete_to == at
