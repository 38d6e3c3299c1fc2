"""`[privacy]` as a pure function of a record: subjects, addresses, age."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskpulse.privacy import Erased, Keyed, Rules
from deskpulse.privacy.fields import FACTUAL
from deskpulse.records import KINDS, read_record
from deskpulse.records.people import email_key
from deskpulse.store.history import TRACKED

KEYED = Keyed(b"a key of sixteen characters or more")
NOW = datetime(2026, 11, 22, tzinfo=UTC)
HASHED = Rules("hashed", "hashed", KEYED)
DROPPED = Rules("dropped", "dropped", KEYED)


def record(kind, **fields):
    return read_record({"record": kind, "id": "1", **fields})


def ticket(**fields):
    return record("ticket", created_at="2026-01-01T00:00:00Z", **fields)


def test_what_is_not_asked_for_is_left_alone():
    given_record = ticket(subject="hello a@b.example", requester_id="a@b.example")
    assert Rules().applied([given_record], NOW) == [given_record]
    assert Rules().applied([given_record], NOW)[0] is given_record


def test_equal_subjects_stay_equal_and_others_stay_others():
    kept = [HASHED.of(ticket(subject=each)).subject for each in ("Help", " help ", "Help me")]
    assert kept[0] == kept[1] != kept[2]
    assert all(each.startswith("hash-") and "elp" not in each for each in kept)
    assert DROPPED.of(ticket(subject="Help")).subject is None


def test_another_key_gives_another_hash():
    other = Rules("hashed", "hashed", Keyed(b"another key of many characters"))
    assert HASHED.of(ticket(subject="Help")) != other.of(ticket(subject="Help"))


def test_a_hash_is_not_hashed_again():
    once = HASHED.of(ticket(subject="Help", requester_id="A@b.example"))
    assert HASHED.of(once) == once
    person = HASHED.of(record("customer", email="A@b.example", custom={"mail": "A@b.example"}))
    assert HASHED.of(person) == person


def test_a_person_known_by_their_address_is_the_same_in_every_record():
    address = "Jane@b.example"
    made = [
        HASHED.of(record("customer", email=address).model_copy(update={"id": address})).id,
        HASHED.of(ticket(requester_id=address.lower())).requester_id,
        HASHED.of(message(author_id=address)).author_id,
        HASHED.of(change("assignee", new=address)).new,
        HASHED.of(record("survey", customer_id=address)).customer_id,
        HASHED.of(record("role", person_id=address, role="customer")).person_id,
    ]
    assert len(set(made)) == 1
    assert DROPPED.of(ticket(requester_id=address)).requester_id == made[0], "it links records"


def message(**fields):
    return record("message", ticket_id="1", sent_at="2026-01-01T00:00:00Z", public=True, **fields)


def change(field, **values):
    return record("change", ticket_id="1", changed_at="2026-01-01T00:00:00Z", field=field, **values)


def test_sources_still_know_the_same_customer():
    whole = HASHED.of(record("customer", email="a@b.example"))
    bare = HASHED.of(record("customer", custom={"email_key": email_key("A@b.example")}))
    assert whole.custom == bare.custom
    assert whole.email == whole.custom["email_key"]
    dropped = DROPPED.of(record("customer", email="a@b.example", custom={"n": 1}))
    assert (dropped.email, dropped.custom) == (None, {"n": 1})
    assert DROPPED.of(record("customer", custom={"email_key": "ab"})).custom == {}


def test_addresses_within_texts():
    said = "ask <jane.o'neil@b.example>, or mailto:x@y.example."
    dropped = DROPPED.of(message(body=said)).body
    assert dropped == "ask <(address)>, or mailto:(address)."
    hashed = HASHED.of(message(body=said)).body
    assert "example" not in hashed
    assert hashed.count("hash-") == 2
    assert HASHED.of(change("note", old=said)).old == hashed
    assert HASHED.of(record("agent", name="x@y.example")).name.startswith("hash-")


def test_message_ids_and_statuses_are_no_addresses_of_people():
    given_record = message().model_copy(update={"id": "<1@mail.example>"})
    assert HASHED.of(given_record).id == "<1@mail.example>"
    assert HASHED.of(change("status", old="new", new="open")).new == "open"


def test_facts_read_no_change_that_an_erasure_blanks():
    assert set(TRACKED) <= FACTUAL


@given(st.sampled_from(sorted(KINDS)), st.text(min_size=1, max_size=30))
def test_nobody_erased_means_nothing_changed(kind, ident):
    erased = Erased(KEYED, frozenset({"0" * 32}))
    fields = dict.fromkeys(KINDS[kind].model_fields) | {"id": ident, "source": ""}
    fields |= {"field": "note", "record": "customer", "dims": {}}
    made = KINDS[kind].model_construct(**{n: fields[n] for n in KINDS[kind].model_fields})
    assert erased.clean("desk", made) is made


OLD, YOUNG = "2026-01-01T00:00:00Z", "2026-11-21T00:00:00Z"


@pytest.mark.parametrize(
    ("kind", "fields", "left"),
    [
        ("order", {"placed_at": OLD}, None),
        ("order", {"placed_at": OLD, "updated_at": YOUNG}, {"updated_at"}),
        ("usage", {"customer_id": "c", "day": "2026-01-01"}, None),
        ("measurement", {"name": "visits", "value": 1, "day": "2026-11-21"}, {"name"}),
        ("ticket", {"created_at": OLD, "status": "closed"}, None),
        ("ticket", {"created_at": OLD, "status": "open", "subject": "x"}, {"subject"}),
        ("customer", {"created_at": OLD, "name": "Jane"}, {"name"}),
        ("survey", {"sent_at": OLD, "comment": "bad", "score": 1}, {"score"}),
        ("worklog", {}, {"id"}),
    ],
)
def test_age(kind, fields, left):
    rules = Rules(retention={kind: timedelta(days=30), "message": timedelta(days=5000)})
    kept = rules.applied([record(kind, **fields)], NOW)
    if left is None:
        assert kept == []
    else:
        [found] = kept
        assert all(getattr(found, name) is not None for name in left)
        assert not (kind == "survey" and found.comment)


def test_the_words_of_old_messages_go_and_the_message_stays():
    rules = Rules(retention={"message": timedelta(days=30), "change": timedelta(days=30)})
    told = [message(body="b", subject="s"), change("note", old="o"), change("status", new="open")]
    kept = rules.applied(told, NOW)
    assert (kept[0].body, kept[0].subject, kept[0].sent_at) == (None, None, told[0].sent_at)
    assert (kept[1].old, kept[2].new) == (None, "open")
