"""A page is one transaction: rows, cursor, rejects and dirty marks, or none of them."""

import threading

import pytest

from deskpulse.errors import LeaseHeld, StoreError
from deskpulse.leases import acquire, release
from deskpulse.store import store as store_module
from support.stores import DAY_1, DAY_2, NOW, Desk, contents, rows, ticket


def test_rows_cursor_and_rejects_travel_together(store):
    desk = Desk(store)
    desk.put(ticket("1"), cursor="c1", complete_to=DAY_1, rejected=[("f", "no id", None)], now=NOW)
    position = store.position("desk", "tickets")
    assert (position.cursor, position.complete_to) == ("c1", DAY_1)
    assert (position.pages, position.records, position.caught_up_at) == (1, 1, None)
    desk.put(ticket("2"), ticket("3"), cursor="c2")
    position = store.position("desk", "tickets")
    assert (position.cursor, position.complete_to) == ("c2", DAY_1)
    assert (position.pages, position.records) == (2, 3)
    store.caught_up("desk", "tickets", NOW, DAY_2)
    position = store.position("desk", "tickets")
    assert (position.cursor, position.caught_up_at, position.complete_to) == ("c2", NOW, DAY_2)
    assert set(store.positions()) == {("desk", "tickets")}


@pytest.mark.parametrize("fails_at", ["INSERT INTO rejected", "INSERT INTO cursor"])
def test_a_failure_between_rows_and_cursor_leaves_neither(store, monkeypatch, fails_at):
    desk = Desk(store)
    desk.put(ticket("1", subject="before"), cursor="c1")
    before, marks = contents(store), desk.dirty()
    real = store_module.run_many

    def run_many(connection, statement, given):
        if statement.startswith(fails_at):
            raise OSError("the machine stumbles")
        real(connection, statement, given)

    monkeypatch.setattr(store_module, "run_many", run_many)
    with pytest.raises(OSError, match="stumbles"):
        desk.put(ticket("1", subject="after"), ticket("2"), cursor="c2")
    monkeypatch.undo()
    assert contents(store) == before
    assert desk.dirty() == marks
    assert store.position("desk", "tickets").cursor == "c1"


def test_readers_never_see_half_a_page(store):
    desk = Desk(store)
    torn, done = [], threading.Event()

    def read() -> None:
        while not done.is_set():
            [(tickets, records)] = rows(
                store,
                "SELECT (SELECT count(*) FROM ticket),"
                " (SELECT coalesce(sum(records), 0) FROM cursor)",
            )
            if tickets != records:
                torn.append((tickets, records))

    reader = threading.Thread(target=read)
    reader.start()
    for page in range(15):
        desk.put(*(ticket(f"{page}-{n}") for n in range(40)), cursor=str(page))
    done.set()
    reader.join()
    assert torn == []


def test_one_reading_is_one_snapshot(store):
    desk = Desk(store)
    desk.put(ticket("1"))
    with store.reading() as connection:
        count = "SELECT count(*) FROM ticket"
        assert connection.exec_driver_sql(count).scalar() == 1
        desk.put(ticket("2"))
        assert connection.exec_driver_sql(count).scalar() == 1
    assert store.count("ticket") == 2


def test_a_page_under_a_lost_lease_is_refused_whole(store):
    desk = Desk(store)
    desk.put(ticket("1"), cursor="c1")
    release(store.engine, desk.held)
    acquire(store.engine, "source:desk", "somebody else")
    with pytest.raises(LeaseHeld, match="went to another process"):
        desk.put(ticket("2"), cursor="c2")
    assert store.count("ticket") == 1
    assert store.position("desk", "tickets").cursor == "c1"


def test_a_forgotten_cursor_forgets_nothing_else(store):
    desk = Desk(store)
    desk.put(ticket("1"), cursor="c1")
    store.forget_cursor("desk", "tickets")
    assert store.position("desk", "tickets").cursor is None
    assert store.count("ticket") == 1


def test_a_missing_table_says_what_to_do(store):
    with store.writing() as connection:
        connection.exec_driver_sql("DROP TABLE cursor")
    with pytest.raises(StoreError) as caught:
        store.position("desk", "tickets")
    assert "deskpulse db upgrade" in caught.value.hint
