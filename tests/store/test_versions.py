"""Newer wins, whatever the order of arrival."""

import itertools

import pytest

from deskpulse.records import Order, Survey
from support.stores import DAY_1, DAY_2, DAY_3, Desk, contents, ticket

ORDERS = list(itertools.permutations(range(3)))


def versions():
    return [
        ticket("1", status="new", source_version="9"),
        ticket("1", status="open", source_version="10"),
        ticket("1", status="solved", source_version="100"),
    ]


@pytest.mark.parametrize("order", ORDERS)
def test_the_highest_version_stays_whatever_came_last(store, order):
    desk, made = Desk(store), versions()
    for at in order:
        desk.put(made[at])
    assert desk.get("ticket", "1").status == "solved"


@pytest.mark.parametrize("order", ORDERS)
def test_the_highest_version_stays_within_a_page_too(sqlite_store, order):
    desk, made = Desk(sqlite_store), versions()
    desk.put(*(made[at] for at in order))
    assert desk.get("ticket", "1").status == "solved"


def test_an_older_version_is_counted_and_marks_nothing(store):
    desk = Desk(store)
    desk.put(ticket("1", source_version="10"))
    desk.clean()
    tally = desk.put(ticket("1", source_version="9", status="new"))
    assert (tally.stale, tally.changed, tally.new) == (1, 0, 0)
    assert desk.dirty() == set()


def test_versions_beyond_a_floats_precision(store):
    desk = Desk(store)
    desk.put(ticket("1", source_version="9007199254740993", status="solved"))
    desk.put(ticket("1", source_version="9007199254740992", status="open"))
    assert desk.get("ticket", "1").status == "solved"


def test_versions_that_are_text_compare_as_text(store):
    desk = Desk(store)
    desk.put(ticket("1", source_version="2026-01-02T00:00:00Z", status="solved"))
    desk.put(ticket("1", source_version="2026-01-01T00:00:00Z", status="open"))
    assert desk.get("ticket", "1").status == "solved"


def test_without_a_version_the_later_update_wins(store):
    desk = Desk(store)
    desk.put(ticket("1", updated_at=DAY_2, status="solved"))
    desk.put(ticket("1", updated_at=DAY_1, status="open"))
    assert desk.get("ticket", "1").status == "solved"
    desk.put(ticket("1", updated_at=DAY_3, status="closed"))
    assert desk.get("ticket", "1").status == "closed"


def test_other_kinds_go_by_updated_at(store):
    desk = Desk(store)
    desk.put(Order(id="1", updated_at=DAY_2, channel="web"))
    desk.put(Order(id="1", updated_at=DAY_1, channel="pos"))
    assert desk.get("order", "1").channel == "web"


def test_without_any_version_the_later_arrival_wins(store):
    desk = Desk(store)
    desk.put(ticket("1", status="new"))
    desk.put(ticket("1", status="open"))
    assert desk.get("ticket", "1").status == "open"


@pytest.mark.parametrize("order", ORDERS)
def test_halves_of_a_survey_add_up(store, order):
    halves = [
        Survey(id="1@5", ticket_id="1", sent_at=DAY_1),
        Survey(id="1@5", ticket_id="1", score=1.0, scale_min=0, scale_max=1, answered_at=DAY_2),
        Survey(id="1@5", ticket_id="1", comment="thanks", agent_id="a"),
    ]
    store.keep_bodies = True
    desk = Desk(store)
    for at in order:
        desk.put(halves[at])
    survey = desk.get("survey", "1@5")
    assert (survey.sent_at, survey.answered_at) == (DAY_1, DAY_2)
    assert (survey.score, survey.scale_max) == (1.0, 1.0)
    assert (survey.comment, survey.agent_id) == ("thanks", "a")


def test_halves_of_a_survey_in_one_page_add_up(store):
    desk = Desk(store)
    desk.put(Survey(id="s", sent_at=DAY_1), Survey(id="s", score=4.0))
    survey = desk.get("survey", "s")
    assert (survey.sent_at, survey.score) == (DAY_1, 4.0)


def test_storing_the_same_page_twice_changes_nothing(store):
    desk = Desk(store)
    page = [*versions(), Survey(id="s", score=4.0), Order(id="o", updated_at=DAY_2)]
    desk.put(*page)
    before = contents(store)
    desk.clean()
    tally = desk.put(*page)
    assert (tally.new, tally.changed) == (0, 0)
    assert contents(store) == before
    assert desk.dirty() == set()
