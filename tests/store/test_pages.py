"""A page is one transaction: rows, cursor, rejects and dirty marks, or none of them."""

import threading

import pytest

from deskpulse.errors import LeaseHeld, StoreError
from deskpulse.leases import acquire, release
from deskpulse.store import store as store_module
from support.stores import DAY_1, DAY_2, NOW, Desk, change, contents, message, micros, rows, ticket


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


def test_a_message_that_moved_to_another_ticket_is_kept_once_and_touches_both(store):
    """Threads are put together anew when a link between them turns up."""
    desk = Desk(store)
    desk.put(ticket("1"), ticket("2"), message("m1", "1"), change("c1", "1", new="open"))
    desk.clean()
    desk.put(message("m1", "2"), change("c1", "2", new="open"))
    assert rows(store, "SELECT id, ticket_id FROM message") == [("m1", "2")]
    assert rows(store, "SELECT id, ticket_id FROM change") == [("c1", "2")]
    assert desk.dirty() == {"1", "2"}


def test_after_a_complete_list_what_is_not_on_it_is_missing(store):
    desk = Desk(store)
    desk.put(ticket("1"), ticket("2"), ticket("3"))
    Desk(store, "another").put(ticket("9"))
    desk.clean()
    desk.put(ticket("3", subject="still here"), cursor="c2", present=frozenset({"1", "3"}), now=NOW)
    assert desk.removed("ticket", "2") == (micros(NOW), "missing")
    assert desk.removed("ticket", "1") == desk.removed("ticket", "3") == (None, None)
    assert rows(store, "SELECT removed_at FROM ticket WHERE source = 'another'") == [(None,)]
    assert "2" in desk.dirty()
    desk.put(cursor="c3", present=frozenset({"1", "3"}), now=DAY_2)
    assert desk.removed("ticket", "2") == (micros(NOW), "missing")


def test_an_observed_change_happened_when_it_was_seen_first(store):
    desk = Desk(store)
    desk.put(change("c1", changed_at=DAY_2, new="solved", observed=True))
    desk.put(change("c1", changed_at=DAY_1, new="solved", observed=True))
    assert desk.get("change", "c1").changed_at == DAY_2
    desk.put(change("c1", changed_at=DAY_1, new="solved"))
    assert desk.get("change", "c1").changed_at == DAY_1
