"""What else makes facts out of date: the customer's next ticket, who acted, records apart."""

from datetime import timedelta

import pytest

from deskpulse.records import (
    Account,
    Agent,
    Customer,
    Interaction,
    Order,
    RoleChange,
    Subscription,
    Survey,
    Tombstone,
    Usage,
    Worklog,
)
from support.stores import DAY_1, DAY_2, DAY_3, Desk, change, rows, ticket


@pytest.fixture
def desk(store):
    return Desk(store)


def later(days):
    return DAY_1 + timedelta(days=days)


def contact(ident, day, who="c", **more):
    return ticket(ident, created_at=later(day), requester_id=who, **more)


def marked(desk):
    """Records that are marked, as kind/id."""
    return {
        f"{kind}/{ident}" for kind, ident in rows(desk.store, "SELECT kind, id FROM dirty_record")
    }


def clean(desk):
    desk.clean()
    with desk.store.writing() as connection:
        connection.exec_driver_sql("DELETE FROM dirty_record")


# --- contacts ------------------------------------------------------------------------------------


@pytest.fixture
def history(desk):
    """Five contacts of one customer, one a day, and another's."""
    desk.put(*(contact(str(n), n) for n in range(5)), contact("other", 1, "d"))
    desk.clean()
    return desk


def test_a_new_ticket_marks_the_one_before_it(history):
    history.put(contact("new", 2.5))
    assert history.dirty() == {"new", "2"}


def test_and_the_one_before_it_of_the_same_reason(history):
    history.put(contact("1", 1, reason="late"))
    history.clean()
    history.put(contact("new", 9, reason="late"))
    assert history.dirty() == {"new", "4", "1"}


def test_tickets_of_one_instant_are_marked_together(history):
    history.put(contact("twin", 4))
    history.clean()
    history.put(contact("new", 9))
    assert history.dirty() == {"new", "4", "twin"}


def test_a_ticket_that_goes_or_comes_back_marks_the_one_before_it(history):
    history.put(Tombstone(id="3", record="ticket", reason="deleted", gone_at=DAY_2))
    assert history.dirty() == {"3", "2"}
    history.clean()
    history.put(contact("4", 4, subject="says nothing of contacts"))
    assert history.dirty() == {"4"}
    history.put(contact("new", 3.5))
    assert history.dirty() == {"4", "new", "2"}  # not 3, which is gone
    history.clean()
    history.put(contact("3", 3, updated_at=DAY_3))
    assert history.dirty() == {"3", "2"}


def test_a_ticket_that_moves_marks_both_places(history):
    history.put(contact("4", 1.5))
    assert history.dirty() == {"4", "3", "1"}
    history.clean()
    history.put(contact("4", 1.5, "d"))
    assert history.dirty() == {"4", "1", "other"}
    history.clean()
    history.put(contact("4", 1.5, "d", initiated_by="agent"))
    assert history.dirty() == {"4", "other"}


def test_what_the_customer_did_not_begin_is_passed_over(history):
    history.put(contact("4", 4, initiated_by="agent"))
    history.clean()
    history.put(contact("new", 9))
    assert history.dirty() == {"new", "3"}


def test_a_ticket_without_requester_follows_nobody(history):
    history.put(ticket("new", created_at=later(9)))
    assert history.dirty() == {"new"}


def test_another_sources_customer_is_another(history):
    other = Desk(history.store, "b")
    other.put(contact("new", 9))
    assert (history.dirty(), other.dirty()) == (set(), {"new"})


def test_the_one_before_is_found_by_the_index(sqlite_store):
    from deskpulse.store.contacts import _before

    with sqlite_store.reading() as connection:
        sql = "EXPLAIN QUERY PLAN WITH wanted (value) AS (SELECT value FROM json_each(?)) "
        plan = connection.exec_driver_sql(sql + _before(connection), ("[]", "s")).all()
    steps = [row[3] for row in plan if "ticket" in row[3] or " t " in row[3] or " p " in row[3]]
    assert len([step for step in steps if "ix_ticket_requester" in step]) == 3, plan
    assert not [step for step in steps if step.startswith("SCAN t")]


# --- who acted -----------------------------------------------------------------------------------


def test_an_actor_who_becomes_known_marks_their_tickets(desk):
    desk.put(
        change("c1", of="1", actor_id="a"),
        change("c2", of="2", actor_id="a", actor_role="agent"),
        change("c3", of="3", actor_id="c"),
    )
    desk.clean()
    desk.put(Agent(id="a"), Customer(id="c"))
    assert desk.dirty() == {"1"}  # a customer's changes are no activities


def test_an_agent_who_once_was_a_customer(desk):
    desk.put(change("c1", of="1", actor_id="a"), Customer(id="a"))
    desk.clean()
    desk.put(RoleChange(id="r", person_id="a", role="agent", since=DAY_1))
    assert desk.dirty() == {"1"}
    desk.clean()
    desk.put(RoleChange(id="r", person_id="a", role="customer", since=DAY_1))
    assert desk.dirty() == {"1"}


# --- records -------------------------------------------------------------------------------------


def test_records_with_facts_of_their_own_are_marked(desk):
    page = [
        Order(id="o"),
        Usage(id="u", customer_id="c", day=DAY_1.date()),
        Survey(id="s"),
        Survey(id="of", ticket_id="1"),
        Worklog(id="w"),
        Interaction(id="i", channel="chat", ticket_id="2"),
    ]
    desk.put(*page)
    assert marked(desk) == {"order/o", "usage/u", "survey/s", "worklog/w"}
    assert desk.dirty() == {"1", "2"}
    clean(desk)
    desk.put(*page)
    assert (marked(desk), desk.dirty()) == (set(), set())


def test_what_gets_or_loses_its_ticket_marks_both(desk):
    desk.put(Worklog(id="w"))
    clean(desk)
    desk.put(Worklog(id="w", ticket_id="1"))
    assert (marked(desk), desk.dirty()) == ({"worklog/w"}, {"1"})
    clean(desk)
    desk.put(Worklog(id="w", ticket_id="2"))
    assert (marked(desk), desk.dirty()) == (set(), {"1", "2"})
    clean(desk)
    desk.put(Worklog(id="w"))
    assert (marked(desk), desk.dirty()) == ({"worklog/w"}, {"2"})


def test_what_goes_marks_itself_and_its_ticket(desk):
    desk.put(Survey(id="s", ticket_id="1"), Order(id="o"))
    clean(desk)
    desk.put(
        Tombstone(id="s", record="survey", reason="deleted"),
        Tombstone(id="o", record="order", reason="deleted"),
    )
    assert desk.dirty() == {"1"}
    assert marked(desk) == {"survey/s", "order/o"}


def test_an_accounts_tier_marks_what_repeats_it(desk):
    desk.put(
        Order(id="o", account_id="acme"),
        Order(id="p", account_id="other"),
        Subscription(id="b", account_id="acme"),
        Customer(id="c", account_id="acme"),
    )
    clean(desk)
    desk.put(Account(id="acme", name="Acme"))
    assert marked(desk) == {"account/acme"}
    clean(desk)
    desk.put(Account(id="acme", name="Acme", tier="gold"))
    assert marked(desk) == {"account/acme", "order/o", "subscription/b", "customer/c"}
