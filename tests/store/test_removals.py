"""What is gone stays known: in whatever order the record and its tombstone arrive."""

import pytest

from deskpulse.records import Customer, Tombstone
from support.stores import DAY_1, DAY_2, DAY_3, NOW, Desk, contents, micros, ticket


def stone(reason: str = "deleted", of: str = "ticket", ident: str = "1", **fields) -> Tombstone:
    return Tombstone.read({"id": ident, "record": of, "reason": reason, **fields})


@pytest.mark.parametrize("record_first", [True, False])
@pytest.mark.parametrize("together", [True, False])
def test_a_record_and_its_tombstone_in_any_order(store, record_first, together):
    desk = Desk(store)
    page = [ticket("1", status="open", updated_at=DAY_1), stone(gone_at=DAY_2)]
    page = page if record_first else page[::-1]
    if together:
        desk.put(*page)
    else:
        for record in page:
            desk.put(record)
    assert desk.removed("ticket", "1") == (micros(DAY_2), "deleted")
    assert desk.get("ticket", "1").status == "open"  # the last status stays


@pytest.mark.parametrize("reason", ["deleted", "spam", "missing"])
@pytest.mark.parametrize("back_first", [True, False])
def test_a_newer_version_brings_a_record_back(store, reason, back_first):
    desk = Desk(store)
    back, gone = ticket("1", updated_at=DAY_3), stone(reason, gone_at=DAY_2)
    for record in (back, gone) if back_first else (ticket("1", updated_at=DAY_1), gone, back):
        desk.put(record)
    assert desk.removed("ticket", "1") == (None, None)


def test_a_merge_is_for_good(store):
    desk = Desk(store)
    desk.put(ticket("1", updated_at=DAY_1), stone("merged", gone_at=DAY_2, into="9"))
    desk.put(ticket("1", updated_at=DAY_3))
    assert desk.removed("ticket", "1") == (micros(DAY_2), "merged")


@pytest.mark.parametrize("merged_first", [True, False])
def test_a_merged_ticket_that_is_deleted_later_stays_merged(store, merged_first):
    desk = Desk(store)
    desk.put(ticket("1", updated_at=DAY_1))
    stones = [stone("merged", gone_at=DAY_1, into="9"), stone("deleted", gone_at=DAY_2)]
    for each in stones if merged_first else stones[::-1]:
        desk.put(each)
    assert desk.removed("ticket", "1") == (micros(DAY_1), "merged")
    [kept] = store.all("tombstone")
    assert kept.into == "9"


@pytest.mark.parametrize("first", [DAY_2, DAY_3])
def test_a_merge_was_when_it_was_first_said_to_be(store, first):
    desk = Desk(store)
    desk.put(ticket("1", updated_at=DAY_1))
    for gone_at in (first, DAY_3 if first == DAY_2 else DAY_2):
        desk.put(stone("merged", gone_at=gone_at))
    assert desk.removed("ticket", "1") == (micros(DAY_2), "merged")


def test_halves_of_a_tombstone_add_up(store):
    desk = Desk(store)
    desk.put(stone("merged", gone_at=DAY_2))
    desk.put(stone("merged", into="9"))
    [kept] = store.all("tombstone")
    assert (kept.gone_at, kept.into) == (DAY_2, "9")


def test_when_the_vendor_does_not_say_it_went_when_we_heard_of_it(store):
    desk = Desk(store)
    desk.put(ticket("1", updated_at=DAY_1))
    desk.put(stone(), now=NOW)
    assert desk.removed("ticket", "1") == (micros(NOW), "deleted")


def test_hearing_of_it_again_changes_nothing(store):
    desk = Desk(store)
    desk.put(ticket("1", updated_at=DAY_1), now=DAY_1)
    desk.put(stone(), now=DAY_2)
    before = contents(store)
    desk.clean()
    assert desk.put(stone(), now=DAY_3).changed == 0
    assert contents(store) == before
    assert desk.dirty() == set()


def test_gone_back_and_gone_again(store):
    desk = Desk(store)
    desk.put(ticket("1", updated_at=DAY_1), now=DAY_1)
    desk.put(stone("missing"), now=DAY_1)
    desk.put(ticket("1", updated_at=DAY_2), now=DAY_2)
    assert desk.removed("ticket", "1") == (None, None)
    desk.put(stone("missing"), now=DAY_3)
    assert desk.removed("ticket", "1") == (micros(DAY_3), "missing")


def test_other_kinds_go_too(store):
    desk = Desk(store)
    desk.put(Customer(id="1", name="Ann"), ticket("1"))
    desk.put(stone(of="customer", gone_at=DAY_2))
    assert desk.removed("customer", "1") == (micros(DAY_2), "deleted")
    assert desk.removed("ticket", "1") == (None, None)


def test_a_tombstone_of_an_unknown_kind_is_kept_and_harms_nothing(store):
    desk = Desk(store)
    desk.put(stone(of="spaceship"), ticket("1"))
    assert store.count("tombstone") == 1


def test_a_tombstone_marks_its_ticket_and_where_it_went(store):
    desk = Desk(store)
    desk.put(ticket("1", updated_at=DAY_1), ticket("9"))
    desk.clean()
    desk.put(stone("merged", gone_at=DAY_2, into="9"))
    assert desk.dirty() == {"1", "9"}
