"""Paging to the end of every export gives exactly the truth, whatever happens meanwhile."""

from __future__ import annotations

import base64
from collections import Counter

import pytest

from deskpulse_connectors.simulators.hours import iso


def test_ticket_export_is_the_truth(call_large, large):
    rows, _ = call_large.by_cursor("tickets", per_page=400)
    truth = large.truth()
    assert Counter(row["id"] for row in rows).most_common(1)[0][1] == 1
    alive = {str(row["id"]): row for row in rows if row["status"] != "deleted"}
    assert set(alive) == set(truth["tickets"])
    for ident, known in truth["tickets"].items():
        assert alive[ident]["status"] == known["status"]
        assert alive[ident]["generated_timestamp"] == known["generated_timestamp"]
        assert alive[ident]["tags"] == known["tags"]
    gone = {str(row["id"]) for row in rows if row["status"] == "deleted"}
    assert gone == set(truth["deleted"])
    assert gone
    keys = [(row["generated_timestamp"], row["id"]) for row in rows]
    assert keys == sorted(keys)


def test_event_export_is_the_truth(call_large, large):
    audits = call_large.events()
    truth = large.truth()
    assert len(audits) == truth["audits"]
    children = [child for audit in audits.values() for child in audit["child_events"]]
    comments = {str(child["id"]): child for child in children if child["event_type"] == "Comment"}
    assert set(comments) == set(truth["messages"])
    for ident, known in truth["messages"].items():
        assert comments[ident]["public"] is known["public"]
        assert str(comments[ident]["author_id"]) == known["author"]
    assert set(truth["changes"]) == {
        "assignee_id",
        "custom_status_id",
        "custom_ticket_fields",
        "group_id",
        "priority",
        "status",
        "tags",
    }
    changed = Counter(
        field
        for child in children
        if child["event_type"] == "Change"
        for field in child
        if field in truth["changes"]
    )
    assert dict(changed) == truth["changes"]


def test_people_exports_are_the_truth(call_large, large):
    truth = large.truth()
    users, _ = call_large.by_cursor("users", per_page=50)
    assert {str(user["id"]): user["role"] for user in users} == {
        ident: user["role"] for ident, user in truth["users"].items()
    }
    organizations = call_large.by_time("organizations", per_page=10)
    names = {str(each["id"]): each["name"] for each in organizations}
    assert names == truth["organizations"]


def test_cursor_is_base64_of_time_and_id(call):
    body = call.get("incremental/tickets/cursor.json", start_time=0, per_page=5).json()
    last = body["tickets"][-1]
    text = base64.b64decode(body["after_cursor"]).decode()
    assert text == f"{last['generated_timestamp']}.0||{last['id']}|"
    assert "count" not in body
    assert body["after_url"].startswith(call.simulator.url)
    again = call.http.get(
        body["after_url"], headers={"Authorization": f"Bearer {call.simulator.token}"}
    ).json()
    assert again["tickets"][0]["id"] != last["id"]


def test_cursor_is_kept_at_the_end_and_brings_only_what_is_new(call, small):
    _, cursor = call.by_cursor("tickets")
    small.settle()
    assert call.by_cursor("tickets", cursor=cursor) == ([], cursor)
    small.change(5)
    small.settle()
    rows, _ = call.by_cursor("tickets", cursor=cursor)
    changed = {row["id"] for row in rows}
    assert changed
    truth = small.truth()["tickets"]
    assert all(row["status"] == truth.get(str(row["id"]), row)["status"] for row in rows)


def test_updates_between_pages_are_not_lost(call, small):
    """A ticket that changes while paging moves to the end and comes again."""
    held: dict[int, dict[str, object]] = {}
    place: dict[str, object] = {"start_time": 0}
    for _ in range(200):
        body = call.get("incremental/tickets/cursor.json", per_page=7, **place).json()
        held |= {row["id"]: row for row in body["tickets"]}
        place = {"cursor": body["after_cursor"]}
        if body["end_of_stream"]:
            break
        small.change(1, spread=2)
    small.settle()
    rows, _ = call.by_cursor("tickets", cursor=place["cursor"])
    held |= {row["id"]: row for row in rows}
    truth = small.truth()
    alive = {str(ident): row for ident, row in held.items() if row["status"] != "deleted"}
    assert {ident: row["generated_timestamp"] for ident, row in alive.items()} == {
        ident: row["generated_timestamp"] for ident, row in truth["tickets"].items()
    }


def test_time_export_repeats_its_boundary(call_large):
    first = call_large.get("incremental/ticket_events.json", start_time=0, per_page=50).json()
    second = call_large.get(
        "incremental/ticket_events.json", start_time=first["end_time"], per_page=50
    ).json()
    assert f"start_time={first['end_time']}" in first["next_page"]
    last = first["ticket_events"][-1]
    assert second["ticket_events"][0]["timestamp"] == last["timestamp"] == first["end_time"]
    assert last["id"] in [row["id"] for row in second["ticket_events"]]


def test_last_page_of_a_time_export_still_has_a_next_page(call, small):
    rows = call.by_time("ticket_events")
    body = call.get("incremental/ticket_events.json", start_time=rows[-1]["timestamp"]).json()
    assert body["end_of_stream"] is True
    assert body["next_page"]
    assert body["count"] >= 1
    later = small.clock.now() - 60
    empty = call.get("incremental/ticket_events.json", start_time=later).json()
    assert (empty["count"], empty["end_time"], empty["end_of_stream"]) == (0, later, True)


def test_event_tie_makes_a_page_longer(call_large):
    """All rows of one second come together, so there is always a way on."""
    simulator = call_large.simulator
    simulator.tie(1300)
    at = simulator.clock.now()
    simulator.settle()
    body = call_large.get("incremental/ticket_events.json", start_time=at - 5).json()
    ours = [row for row in body["ticket_events"] if row["timestamp"] == at]
    assert len(ours) >= 1300
    assert body["count"] > 1000
    tickets, _ = call_large.by_cursor("tickets", per_page=1000)
    assert sum(row["generated_timestamp"] == at for row in tickets) >= 1300


def test_organization_tie_leaves_no_way_on(call, small):
    small.tie_organizations(30)
    at = small.clock.now()
    small.settle()
    body = call.get("incremental/organizations.json", start_time=at, per_page=20).json()
    assert (len(body["organizations"]), body["end_time"]) == (20, at)
    assert body["end_of_stream"] is False


def test_the_last_minute_is_withheld(call, small):
    rows, cursor = call.by_cursor("tickets")
    small.advance(100, quiet=True)
    before = len(call.events())
    small.tie(3)
    assert call.by_cursor("tickets", cursor=cursor)[0] == []
    assert len(call.events()) == before
    assert len(small.truth()["unsettled"]) == 3
    small.advance(59, quiet=True)
    assert call.by_cursor("tickets", cursor=cursor)[0] == []
    small.advance(1, quiet=True)
    assert len(call.by_cursor("tickets", cursor=cursor)[0]) == 3
    assert len(call.events()) == before + 3
    assert rows


@pytest.mark.parametrize(
    ("name", "status"), [("tickets/cursor", 422), ("users/cursor", 422), ("ticket_events", 400)]
)
def test_start_within_the_last_minute_is_refused(call, small, name, status):
    now = small.clock.now()
    path = f"incremental/{name}.json"
    assert call.get(path, start_time=now - 60).status_code == 200
    answer = call.get(path, start_time=now - 59)
    assert (answer.status_code, answer.json()["error"]) == (status, "StartTimeTooRecent")
    assert call.get(path).status_code == 400


def test_broken_cursor_is_refused(call):
    answer = call.get("incremental/tickets/cursor.json", cursor="nonsense")
    assert (answer.status_code, answer.json()["error"]) == (400, "InvalidPaginationParameter")


def test_comments_only_with_the_sideload(call):
    bare = call.by_time("ticket_events")
    comments = [
        child for row in bare for child in row["child_events"] if child["event_type"] == "Comment"
    ]
    assert comments
    for child in comments:
        assert child["comment_present"] is True
        assert "body" not in child
    full = [
        child
        for row in call.events().values()
        for child in row["child_events"]
        if child["event_type"] == "Comment"
    ]
    assert {type(child["via"]) for child in full} == {str, dict}


def test_sideloads_and_exclude_deleted(call_large):
    rows, _ = call_large.by_cursor("tickets", include="metric_sets")
    by_status = {row["status"] == "deleted": row["metric_set"] for row in rows}
    assert by_status[True] is None
    assert by_status[False]["reply_time_in_minutes"].keys() == {"calendar", "business"}
    alive, _ = call_large.by_cursor("tickets", exclude_deleted="true")
    assert len(alive) == sum(row["status"] != "deleted" for row in rows)
    body = call_large.get(
        "incremental/tickets/cursor.json", start_time=0, per_page=20, include="users,groups"
    ).json()
    people = {user["id"] for user in body["users"]}
    assert {row["requester_id"] for row in body["tickets"]} <= people


def test_rows_older_than_the_start_time_occur(call_large):
    """The system regenerates tickets without touching updated_at."""
    rows, _ = call_large.by_cursor("tickets")
    touched = [row for row in rows if row["updated_at"] < iso(row["generated_timestamp"])]
    assert touched
