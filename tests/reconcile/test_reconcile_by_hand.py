"""Differences planted by hand, each for one reason: every one is found and named."""

import pytest

from support.odd_tickets import NAMED, NOW, ODD, at, odd_desk, said
from support.program import Desk

KNOWN = set(ODD) - {"same"}


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    return odd_desk(Desk(tmp_path_factory.mktemp("odd")))


@pytest.fixture(scope="module")
def found(desk):
    return desk("reconcile", "shop", "--json", as_of=NOW).ok().json


@pytest.mark.parametrize("key", sorted(KNOWN))
def test_the_reason_is_found(found, key):
    of_ticket = [row for row in found["disagreements"] if row["ticket_id"] == key]
    meant = [row for row in of_ticket if row["reason"] != "nothing_yet" or key == "nothing_yet"]
    assert meant
    assert {row["reason"] for row in meant} == {NAMED.get(key, key)}
