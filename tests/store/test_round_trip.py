"""What is stored comes back as it was, field by field, on both databases."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from deskpulse.records import KINDS, Record, Survey
from deskpulse.store.types import BOOLEAN, DAY, INSTANT, JSON, MONEY, NUMBER, TEXT, form_of
from support.stores import Desk, message, rows, ticket

TEXTS = st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\0"), max_size=30)
IDS = TEXTS.filter(bool)
INSTANTS = st.datetimes(
    datetime(1970, 1, 2), datetime(2099, 12, 31), timezones=st.just(UTC)
)  # fmt: skip
SIMPLE = {
    TEXT: TEXTS,
    INSTANT: INSTANTS,
    BOOLEAN: st.booleans(),
    NUMBER: st.floats(allow_nan=False, allow_infinity=False),
    MONEY: st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**12)),
    DAY: st.dates(date(1970, 1, 1), date(2099, 12, 31)),
}
SCALARS = st.one_of(
    st.none(), TEXTS, st.booleans(), st.integers(-(2**53), 2**53), st.floats(-1e9, 1e9)
)
OBJECTS = {
    "custom": st.dictionaries(TEXTS, SCALARS, max_size=4),
    "dims": st.dictionaries(TEXTS, TEXTS, max_size=3),
    "filter": st.dictionaries(TEXTS, st.lists(TEXTS, max_size=2), max_size=2),
    "targets": st.lists(
        st.fixed_dictionaries({"metric": TEXTS, "target_s": st.integers(0, 10**9)}), max_size=2
    ),
    "weekly": st.dictionaries(
        st.sampled_from(["mon", "tue", "sun"]),
        st.lists(st.tuples(st.just("09:00"), st.just("17:00")), max_size=2),
        max_size=2,
    ),
    "holidays": st.lists(SIMPLE[DAY], max_size=3),
}


def values(name: str, info) -> st.SearchStrategy:
    annotation, form = info.annotation, form_of(info.annotation)
    literal = _literal(annotation)
    if literal:
        some = st.sampled_from(literal)
    elif name in OBJECTS:
        some = OBJECTS[name]
    elif form is JSON:
        some = st.lists(TEXTS, max_size=3)
    elif name in {"id", "into", "merged_into"} or name.endswith("_id"):
        some = IDS
    elif form in SIMPLE:
        some = SIMPLE[form]
    else:
        some = st.integers(-(2**62), 2**62)
    return some if info.is_required() or info.default is not None else st.none() | some


def _literal(annotation):
    arms = getattr(annotation, "__args__", ())
    if "Literal" in str(annotation) and arms and isinstance(arms[0], str):
        return arms
    return next((found for arm in arms if (found := _literal(arm))), ())


@st.composite
def records(draw, kind: type[Record]) -> Record:
    fields = {
        name: draw(values(name, info))
        for name, info in kind.model_fields.items()
        if name != "source"
    }
    if kind.kind_name == "tombstone":
        # core fills in what the vendor does not say, which has a test of its own
        fields["gone_at"] = fields["gone_at"] or draw(INSTANTS)
    return kind.read(fields)


@pytest.mark.parametrize("name", KINDS)
@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_every_field_of_every_kind_comes_back(store, name, data):
    record = data.draw(records(KINDS[name]))
    with store.writing() as connection:
        connection.execute(text(f'DELETE FROM "{name}"'))
        connection.execute(text("DELETE FROM lease"))
    desk = Desk(store)
    store.keep_bodies = True
    assert desk.put(record).new >= 1
    stored = desk.get(name, record.id)
    assert stored.source == "desk"
    again = {**stored.model_dump(), "source": ""}
    assert KINDS[name].read(again) == record
    tally = desk.put(record)
    assert (tally.new, tally.changed) == (0, 0)


def test_numbers_that_a_float_would_bend_stay_exact(store):
    desk = Desk(store)
    subscription = KINDS["subscription"].read(
        {"id": str(2**63), "mrr": Decimal("0.1000"), "currency": "EUR"}
    )
    desk.put(subscription)
    stored = desk.get("subscription", "9223372036854775808")
    assert str(stored.mrr) == "0.1000"


def test_the_same_id_in_two_sources_is_two_records(store):
    a, b = Desk(store, "a"), Desk(store, "b")
    a.put(ticket("7", subject="in a"))
    b.put(ticket("7", subject="in b"))
    assert (a.get("ticket", "7").subject, b.get("ticket", "7").subject) == ("in a", "in b")
    assert (store.count("ticket"), store.count("ticket", "a")) == (2, 1)
    assert [record.subject for record in store.all("ticket", "b")] == ["in b"]


def test_more_records_than_one_statement_takes(store):
    desk = Desk(store)
    many = [ticket(str(n)) for n in range(2_000)]
    assert desk.put(*many).new == 2_000
    assert desk.put(*many).unchanged == 2_000
    assert len(store.get("ticket", "desk", [t.id for t in many])) == 2_000


@pytest.mark.parametrize(
    "subject", ["a\0b", "cut \ud83d emoji", "<!channel></script>\r\n", "\u202e"]
)
def test_text_that_a_database_refuses_does_not_lose_the_page(store, subject):
    desk = Desk(store)
    desk.put(ticket("1", subject=subject, custom={"x": subject}, tags=[subject]), ticket("2"))
    stored = desk.get("ticket", "1")
    expected = subject.replace("\0", "").replace("\ud83d", "?")
    assert stored.subject == expected
    assert {stored.custom["x"], *stored.tags} <= {subject, expected}  # JSON can say NUL
    assert desk.get("ticket", "2")


def test_ten_megabytes_of_text_are_stored(store):
    desk = Desk(store)
    desk.put(ticket("1", subject="x" * 10_000_000))
    assert len(desk.get("ticket", "1").subject) == 10_000_000


def test_bodies_are_dropped_unless_they_are_wanted(store):
    desk = Desk(store)
    desk.put(message("m1", body="my card is 4111"), message("m2", body="x"))
    desk.put(Survey(id="s", score=1.0, comment="call me on 555 0100"))
    assert desk.get("message", "m1").body is None
    assert desk.get("survey", "s").comment is None
    store.keep_bodies = True
    desk.put(message("m1", body="my card is 4111"))
    assert desk.get("message", "m1").body == "my card is 4111"


def test_rejected_records_are_kept_aside_once(store):
    desk = Desk(store)
    for _ in range(2):
        desk.put(rejected=[("f1", "no id", None), ("f2", "no date", '{"id": 2}')])
    kept = {row["fingerprint"]: (row["error"], row["raw"]) for row in store.rejected("desk")}
    assert kept == {"f1": ("no id", None), "f2": ("no date", '{"id": 2}')}
    assert store.rejected("another") == []


def test_a_message_that_moved_is_one_row(store):
    desk = Desk(store)
    desk.put(message("m1", of="1"))
    desk.put(message("m1", of="2"))
    assert rows(store, "SELECT id, ticket_id FROM message") == [("m1", "2")]
