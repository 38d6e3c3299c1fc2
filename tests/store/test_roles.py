"""Who was an agent when: role history, and the tickets that a role makes dirty."""

import pytest

from deskpulse.records import Agent, Customer, RoleChange
from support.stores import DAY_1, DAY_2, DAY_3, Desk, message, ticket


def history(desk: Desk, person: str) -> list:
    found = [record for record in desk.store.all("role") if record.person_id == person]
    return sorted((record.since, record.role) for record in found if record.since) + [
        (None, record.role) for record in found if record.since is None
    ]


def test_the_first_role_seen_counts_for_the_past(store):
    desk = Desk(store)
    desk.put(Agent(id="a"), Customer(id="c"), now=DAY_2)
    assert history(desk, "a") == [(None, "agent")]
    assert history(desk, "c") == [(None, "customer")]


def test_a_role_that_changes_counts_from_then_on(store):
    desk = Desk(store)
    desk.put(Customer(id="p"), now=DAY_1)
    desk.put(Agent(id="p"), now=DAY_2)
    desk.put(Agent(id="p", name="Pat"), now=DAY_3)
    assert history(desk, "p") == [(DAY_2, "agent"), (None, "customer")]


def test_back_and_forth(store):
    desk = Desk(store)
    for kind, day in ((Customer, DAY_1), (Agent, DAY_2), (Customer, DAY_3)):
        desk.put(kind(id="p", name=f"Pat of {day}"), now=day)
    assert history(desk, "p") == [(DAY_2, "agent"), (DAY_3, "customer"), (None, "customer")]


def test_the_same_role_again_appends_nothing(store):
    desk = Desk(store)
    for day in (DAY_1, DAY_2):
        desk.put(Agent(id="a", name=f"{day}"), now=day)
    assert history(desk, "a") == [(None, "agent")]


@pytest.mark.parametrize("together", [True, False])
def test_what_the_connector_states_is_the_last_word(store, together):
    desk = Desk(store)
    stated = [
        RoleChange(id="p1", person_id="p", role="customer"),
        RoleChange(id="p2", person_id="p", role="agent", since=DAY_2),
    ]
    if together:
        desk.put(Agent(id="p"), *stated, now=DAY_3)
    else:
        desk.put(*stated, now=DAY_1)
        desk.put(Agent(id="p"), now=DAY_3)
    assert history(desk, "p") == [(DAY_2, "agent"), (None, "customer")]


def test_an_author_who_arrives_later_marks_their_tickets(store):
    desk = Desk(store)
    desk.put(ticket("1"), message("m", author_id="p"))
    desk.put(ticket("2"), message("n", of="2", author_id="p", author_role="customer"))
    desk.put(ticket("3"), message("o", of="3", author_id="another"))
    desk.clean()
    desk.put(Agent(id="p"))
    assert desk.dirty() == {"1"}  # 2 states the role itself, 3 is somebody else's


def test_a_role_that_changes_marks_the_tickets_of_the_person(store):
    desk = Desk(store)
    desk.put(ticket("1"), message("m", author_id="p"), Customer(id="p"), now=DAY_1)
    desk.clean()
    desk.put(Customer(id="p", name="Pat"), now=DAY_2)
    assert desk.dirty() == set()
    desk.put(Agent(id="p"), now=DAY_2)
    assert desk.dirty() == {"1"}


def test_a_thousand_people_at_once(store):
    desk = Desk(store)
    desk.put(*(Agent(id=str(n)) for n in range(1_500)))
    assert store.count("role") == 1_500


@pytest.mark.parametrize("days", [(DAY_1, DAY_2), (DAY_2, DAY_1)])
def test_a_role_told_of_twice_holds_since_the_earlier_instant(store, days):
    desk = Desk(store)
    desk.put(Customer(id="p"), now=DAY_3)
    for day in days:
        desk.put(RoleChange(id="p:assigned", person_id="p", role="agent", since=day))
    assert history(desk, "p") == [(DAY_1, "agent"), (None, "customer")]
    desk.clean()
    desk.put(RoleChange(id="p:assigned", person_id="p", role="agent", since=DAY_2))
    assert desk.dirty() == set()
