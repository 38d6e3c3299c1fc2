"""Differences planted by hand, each for one reason: every one is found and named."""

import pytest

from support.odd_tickets import NAMED, NOW, THEIRS, odd_desk
from support.program import Desk


def reasons(desk):
    found = desk("reconcile", "shop", "--json", as_of=NOW).ok().json
    return {(row["ticket_id"], row["metric"]): row["reason"] for row in found["disagreements"]}


@pytest.fixture(scope="module")
def found(odd):
    return reasons(odd)


@pytest.mark.parametrize("key", sorted(THEIRS))
def test_the_reason_is_found(found, key):
    of_ticket = {metric: reason for (ticket, metric), reason in found.items() if ticket == key}
    assert set(of_ticket) <= set(THEIRS[key])
    assert set(of_ticket.values()) == {NAMED.get(key, key)}


def test_nothing_else_differs(found):
    assert {ticket for ticket, _ in found} == set(THEIRS)


@pytest.mark.postgres
def test_the_same_on_postgres(found, postgres_server, tmp_path):
    with postgres_server.database() as url:
        assert reasons(odd_desk(Desk(tmp_path), url)) == found
