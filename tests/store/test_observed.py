"""Observed history: where a vendor keeps none, the difference between two pulls is the history."""

from datetime import UTC, datetime

from deskpulse.records import Change
from support.stores import DAY_1, DAY_2, DAY_3, NOW, Desk, ticket


def changes(desk: Desk) -> set:
    return {(c.field, c.old, c.new, c.changed_at, c.observed) for c in desk.store.all("change")}


def test_a_change_for_every_watched_field(store):
    desk = Desk(store)
    desk.put(ticket("1", status="new", updated_at=DAY_1), observed=True)
    assert changes(desk) == set()
    desk.put(
        ticket("1", status="open", assignee_id="a", subject="other words", updated_at=DAY_2),
        observed=True,
    )
    assert changes(desk) == {
        ("status", "new", "open", DAY_2, True),
        ("assignee", None, "a", DAY_2, True),
    }


def test_without_an_update_time_it_happened_when_we_looked(store):
    desk = Desk(store)
    desk.put(ticket("1", status="new"), observed=True, now=DAY_1)
    desk.put(ticket("1", status="open"), observed=True, now=DAY_3)
    assert changes(desk) == {("status", "new", "open", DAY_3, True)}


def test_a_sentinel_as_update_time_does_not_lose_the_page(store):
    desk = Desk(store)
    desk.put(ticket("1", status="new"), observed=True)
    sentinel = datetime(9999, 12, 31, tzinfo=UTC)
    desk.put(ticket("1", status="open", updated_at=sentinel), ticket("2"), observed=True)
    assert changes(desk) == {("status", "new", "open", NOW, True)}
    assert desk.get("ticket", "2")


def test_nothing_is_observed_unless_the_stream_asks_for_it(store):
    desk = Desk(store)
    desk.put(ticket("1", status="new"))
    desk.put(ticket("1", status="open"))
    assert changes(desk) == set()


def test_an_older_version_that_arrives_late_is_no_change(store):
    desk = Desk(store)
    desk.put(ticket("1", status="open", source_version="2"), observed=True)
    desk.put(ticket("1", status="new", source_version="1"), observed=True)
    assert changes(desk) == set()


def test_seen_twice_written_once(store):
    desk = Desk(store)
    desk.put(ticket("1", status="new", updated_at=DAY_1), observed=True)
    for _ in range(2):
        desk.put(ticket("1", status="open", updated_at=DAY_2), observed=True)
    assert len(changes(desk)) == 1


def told(ident: str, new: str, at: datetime, *, observed: bool = True) -> Change:
    return Change(
        id=ident, ticket_id="1", field="status", new=new, changed_at=at, observed=observed
    )


def test_what_the_page_tells_itself_is_not_observed_again(store):
    desk = Desk(store)
    desk.put(ticket("1", status="new", updated_at=DAY_1), observed=True)
    solved = ticket("1", status="solved", assignee_id="a", updated_at=DAY_3)
    desk.put(solved, told("c1", "solved", DAY_2), observed=True)
    assert changes(desk) == {
        ("status", None, "solved", DAY_2, True),
        ("assignee", None, "a", DAY_3, True),
    }


def test_a_stated_change_is_not_overwritten_by_an_observed_one(store):
    desk = Desk(store)
    for observed in (True, False, True):
        desk.put(told("c1", "solved", DAY_2, observed=observed))
    assert changes(desk) == {("status", None, "solved", DAY_2, False)}
