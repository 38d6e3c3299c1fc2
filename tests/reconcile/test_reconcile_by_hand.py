"""Differences planted by hand, each for one reason: every one is found and named."""

import pytest

from support.odd_tickets import NAMED, NOW, THEIRS, odd_desk
from support.program import Desk


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    return odd_desk(Desk(tmp_path_factory.mktemp("odd")))


@pytest.fixture(scope="module")
def found(desk):
    return desk("reconcile", "shop", "--json", as_of=NOW).ok().json


@pytest.mark.parametrize("key", sorted(THEIRS))
def test_the_reason_is_found(found, key):
    of_ticket = [row for row in found["disagreements"] if row["ticket_id"] == key]
    assert {row["metric"] for row in of_ticket} <= set(THEIRS[key])
    assert {row["reason"] for row in of_ticket} == {NAMED.get(key, key)}
