"""Which tickets a page makes dirty, and what becomes of the marks."""

from deskpulse.records import Account, Order, Survey
from deskpulse.store.dirty import marks, unmark
from support.stores import Desk, change, message, ticket


def test_a_tickets_own_records_mark_it(store):
    desk = Desk(store)
    desk.put(
        ticket("1"),
        message("m", of="2"),
        change("c", of="3"),
        Survey(id="s", ticket_id="4"),
        Survey(id="t"),
        Order(id="o"),
    )
    assert desk.dirty() == {"1", "2", "3", "4"}


def test_what_changes_nothing_marks_nothing(store):
    desk = Desk(store)
    page = [ticket("1", subject="a"), message("m"), change("c")]
    desk.put(*page)
    desk.clean()
    desk.put(*page)
    assert desk.dirty() == set()


def test_a_message_that_moved_marks_both_tickets(store):
    desk = Desk(store)
    desk.put(message("m", of="1"))
    desk.clean()
    desk.put(message("m", of="2"))
    assert desk.dirty() == {"1", "2"}


def test_an_accounts_tier_marks_its_tickets(store):
    desk = Desk(store)
    desk.put(ticket("1", account_id="acme"), ticket("2", account_id="other"))
    desk.put(Account(id="acme", tier="gold", name="Acme"))
    desk.clean()
    desk.put(Account(id="acme", tier="gold", name="Acme Inc."))
    assert desk.dirty() == set()
    desk.put(Account(id="acme", tier="silver", name="Acme Inc."))
    assert desk.dirty() == {"1"}


def test_another_sources_ticket_of_the_same_id_stays_clean(store):
    a, b = Desk(store, "a"), Desk(store, "b")
    a.put(ticket("1", account_id="acme"))
    b.put(ticket("1", account_id="acme"))
    a.clean()
    a.put(Account(id="acme", tier="gold"))
    assert (a.dirty(), b.dirty()) == ({"1"}, set())


def test_a_ticket_marked_again_during_a_derive_stays_marked(store):
    desk = Desk(store)
    desk.put(ticket("1", subject="a"), ticket("2"))
    with store.reading() as connection:
        seen = marks(connection)
    desk.put(ticket("1", subject="b"))  # while derive is at it
    with store.writing() as connection:
        unmark(connection, seen)
    assert desk.dirty() == {"1"}
