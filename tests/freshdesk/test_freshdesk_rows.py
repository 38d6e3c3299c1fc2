"""People, policies, hours, ratings, time entries and activities, row by row."""

import pytest

from deskpulse.errors import RecordRejected, SourceChanged, StreamForbidden
from deskpulse_connectors.freshdesk.activities import to_change
from deskpulse_connectors.freshdesk.people import to_account, to_agent, to_customer, to_team
from deskpulse_connectors.freshdesk.policies import to_policy, to_schedule
from deskpulse_connectors.freshdesk.ratings import to_survey
from deskpulse_connectors.freshdesk.time_entries import to_worklog
from support.clock import FakeClock
from support.freshdesk import NOW, iso, parse_all, source, streams
from support.server import ScriptedServer, json_, status

AT = NOW.timestamp() - 7200


# --- people ----------------------------------------------------------------------------------


def test_an_agent():
    raw = {
        "id": 5,
        "group_ids": [1, 2],
        "created_at": iso(AT),
        "contact": {"name": "Ada", "email": "ada@desk.example", "active": False},
    }
    got = to_agent(raw)
    assert (got.id, got.name, got.active, got.team_ids) == ("5", "Ada", False, ["1", "2"])
    assert to_agent({"id": 5, "contact": {}}).team_ids is None
    with pytest.raises(RecordRejected, match="contact is missing"):
        to_agent({"id": 5})


def test_a_team_works_its_business_hours():
    assert to_team({"id": 1, "name": "A", "business_hour_id": 9}).schedule_id == "9"
    assert to_team({"id": 1, "name": "A", "business_hour_id": None}).schedule_id is None


def test_a_contact_who_is_an_agent_is_no_customer():
    assert list(to_customer({"id": 5, "name": "Ada", "helpdesk_agent": True})) == []


def test_a_contact_that_was_deleted():
    raw = {"id": 5, "name": "Ada", "deleted": True, "updated_at": iso(AT)}
    customer, gone = to_customer(raw)
    assert (customer.name, gone.record, gone.reason) == ("Ada", "customer", "deleted")


def test_a_company():
    raw = {
        "id": 5,
        "name": "Acme",
        "domains": ["acme.example"],
        "account_tier": "Premium",
        "health_score": "Happy",
        "custom_fields": {"seats": 12, "nested": {"a": 1}},
    }
    got = to_account(raw)
    assert (got.tier, got.domains) == ("Premium", ["acme.example"])
    assert got.custom == {"seats": 12, "health_score": "Happy"}


# --- policies and hours ----------------------------------------------------------------------


def target(respond, resolve, **more):
    return {"respond_within": respond, "resolve_within": resolve, "business_hours": True, **more}


def policy(**fields):
    targets = {"priority_4": target(900, 3600, next_respond_within=600, business_hours=False)}
    return {"id": 1, "name": "P", "position": 2, "sla_target": targets, **fields}


def test_targets_are_seconds_by_priority_and_clock():
    got = to_policy(policy(is_default=True, applicable_to={}))
    assert got.targets == [
        {"metric": metric, "priority": "urgent", "target_s": seconds, "clock": "calendar"}
        for metric, seconds in (
            ("first_reply_time", 900),
            ("next_reply_time", 600),
            ("agent_work_time", 3600),
        )
    ]
    assert got.filter["all"] == [{"field": "priority", "operator": "present", "value": None}]
    low = to_policy(policy(sla_target={"priority_1": target(60, 0)}))
    assert [(t["priority"], t["clock"]) for t in low.targets] == [("low", "business")]


def test_what_a_policy_is_limited_to():
    limits = {"group_ids": [3], "ticket_types": ["Incident", "Refund"], "sources": [], "x": [1]}
    got = to_policy(policy(applicable_to=limits))
    assert got.filter["all"] == [
        {"field": "group_id", "operator": "includes", "value": [3]},
        {"field": "type", "operator": "includes", "value": ["incident", "Refund"]},
        {"field": "x", "operator": "includes", "value": [1]},
    ]
    assert to_policy(policy()).filter == {"all": [], "any": []}


def test_a_policy_that_is_switched_off_promises_nothing():
    assert to_policy(policy(active=False)).targets == []


@pytest.mark.parametrize("fields", [{"sla_target": None}, {"sla_target": []}])
def test_a_policy_of_another_shape_is_refused(fields):
    with pytest.raises(RecordRejected, match="sla_target"):
        to_policy(policy(**fields))


def hours(**days):
    named = {day: {"start_time": a, "end_time": b} for day, (a, b) in days.items()}
    return {"id": 9, "name": "H", "time_zone": "Chennai", "business_hours": named}


@pytest.mark.parametrize(
    ("day", "ours"),
    [
        (("8:00 am", "5:00 pm"), ("08:00", "17:00")),
        (("12:00 am", "12:00 pm"), ("00:00", "12:00")),
        (("09:30", "18:00"), ("09:30", "18:00")),
        (("12:30 PM", "11:59 pm"), ("12:30", "24:00")),
        (("6:00 pm", "12:00 am"), ("18:00", "24:00")),
    ],
)
def test_hours_of_a_day(day, ours):
    got = to_schedule(hours(monday=day))
    assert got.weekly == {"mon": [ours]}
    assert got.tz == "Asia/Kolkata"


def test_hours_that_are_no_time_are_refused():
    with pytest.raises(RecordRejected, match="start_time is 'noon'"):
        to_schedule(hours(monday=("noon", "5:00 pm")))


def test_holidays_where_they_are_dates():
    raw = {**hours(), "holidays": [{"date": "2026-12-25"}, {"date": "Dec 26"}, "x"]}
    assert [str(day) for day in to_schedule(raw).holidays] == ["2026-12-25"]


# --- ratings and time ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "score"),
    [(103, 5), (102, 4.5), (101, 4), (100, 3), (-101, 2), (-102, 1.5), (-103, 1)],
)
def test_ratings_on_one_to_five(value, score):
    raw = {"id": 1, "ticket_id": 2, "ratings": {"default_question": value}, "created_at": iso(AT)}
    got = to_survey(raw)
    assert (got.score, got.scale_min, got.scale_max) == (score, 1, 5)
    assert got.sent_at is None


def test_a_rating_that_we_do_not_know_is_refused():
    raw = {"id": 1, "ratings": {"default_question": 7}, "created_at": iso(AT)}
    with pytest.raises(RecordRejected, match="default_question is 7; allowed: 103"):
        to_survey(raw)


@pytest.mark.parametrize(
    ("spent", "seconds"), [("00:15", 900), ("01:30", 5400), ("120:00", 432000), ("00:00:30", 30)]
)
def test_time_entries(spent, seconds):
    got = to_worklog({"id": 1, "time_spent": spent, "executed_at": iso(AT), "billable": True})
    assert (got.spent_s, got.kind) == (seconds, "billable")


@pytest.mark.parametrize("spent", ["90", "1:75", None, ""])
def test_a_time_entry_that_is_no_time_is_refused(spent):
    with pytest.raises(RecordRejected, match="time_spent"):
        to_worklog({"id": 1, "time_spent": spent, "executed_at": iso(AT)})


# --- activities ------------------------------------------------------------------------------


def activity(**fields):
    return {
        "performed_at": "04-01-2026 09:33:38 +0530",
        "ticket_id": 600,
        "performer_type": "user",
        "performer_id": 149018,
        "activity": {"status": "Open", "priority": 4, "note": {"id": 1, "type": 4}},
        **fields,
    }


def test_an_activity_tells_what_changed_and_who_did_it():
    status_, priority = to_change(activity(), {})
    assert (status_.field, status_.new, status_.actor_id) == ("status", "open", "149018")
    assert status_.changed_at.isoformat() == "2026-01-04T04:03:38+00:00"
    assert status_.observed is False
    assert (priority.field, priority.new) == ("priority", "urgent")


def test_the_system_acts_too():
    raw = activity(performer_type="system", activity={"agent": 5, "group": "7", "status": None})
    assignee, team = to_change(raw, {})
    assert (assignee.field, assignee.new, assignee.actor_role) == ("assignee", "5", "system")
    assert (team.field, team.new, team.actor_id) == ("team", "7", None)


def test_agents_who_are_named_and_not_numbered_are_left_out():
    assert list(to_change(activity(activity={"agent": "Ada", "group": "First line"}), {})) == []


def test_a_custom_status_in_an_activity_needs_a_meaning():
    raw = activity(activity={"status": "In test"})
    with pytest.raises(RecordRejected, match="In test"):
        list(to_change(raw, {}))
    [change] = to_change({**raw, "deskpulse_status_number": "8"}, {"8": "on_hold"})
    assert change.new == "on_hold"


@pytest.mark.parametrize("at", ["2026-01-04T09:33:38Z", "04-01-2026 09:33:38", None])
def test_an_activity_at_no_time_is_refused(at):
    with pytest.raises(RecordRejected, match="performed_at"):
        list(to_change(activity(performed_at=at), {}))


EXPORT = "/api/v2/export/ticket_activities"
NOT_READY = [json_({"export": []}), json_({"export": {}}), status(404)]


@pytest.fixture
def server():
    with ScriptedServer() as running:
        yield running


def pull_activities(server, cursor="2026-01-04", clock=None, **settings):
    with source(server.url, clock or FakeClock(NOW), activities=True, **settings) as desk:
        stream = streams(desk)["ticket_activities"]
        pages = list(stream.pull(cursor))
        return pages, *parse_all(stream, pages)


def day(server, *rows, **more):
    server.on(EXPORT, json_({"export": [{"url": f"{server.url}/day.json?sig=x"}]}))
    body = {"metadata": {"activities_count": len(rows)}, "activities_data": list(rows), **more}
    server.on("/day.json", json_(body))


def test_a_day_is_fetched_from_where_it_lies_without_the_key(server):
    day(server, activity())
    [page], changes, refused = pull_activities(server)
    assert (page.cursor, len(changes), refused) == ("2026-01-05", 2, [])
    listed, fetched = server.requests
    assert listed.query["created_at"] == ["2026-01-04"]
    assert "authorization" in listed.headers
    assert "authorization" not in fetched.headers


def test_two_changes_of_a_field_within_a_second_are_two(server):
    both = [activity(activity={"status": name}) for name in ("Pending", "Resolved")]
    day(server, activity(activity={"note": {"id": 1}}), *both)
    _, changes, _ = pull_activities(server)
    assert [(c.id.rpartition("600:")[2], c.seq, c.new) for c in changes] == [
        ("status:1767499418", 0, "pending"),
        ("status:1767499418:1", 1, "solved"),
    ]


@pytest.mark.parametrize("answer", NOT_READY)
def test_a_file_that_is_not_there_yet_is_waited_for(server, answer):
    server.on(EXPORT, answer)
    assert pull_activities(server)[0] == []
    assert len(server.requests) == 1


def test_a_file_that_never_came_is_left_out_after_two_days(server):
    server.on(EXPORT, status(404))
    pages, _, _ = pull_activities(server, "2026-01-01")
    assert [page.cursor for page in pages] == ["2026-01-02", "2026-01-03"]


def test_only_thirty_days_are_kept(server):
    server.on(EXPORT, status(404))
    pull_activities(server, None)
    assert server.requests[0].query["created_at"] == ["2025-12-06"]


def test_a_file_that_holds_less_than_it_says_is_loud(server):
    """F16: an export that was cut off must not read as a quiet day."""
    day(server, activity(), metadata={"activities_count": 2})
    with pytest.raises(SourceChanged, match="says it holds 2 activities, 1 arrived"):
        pull_activities(server)


@pytest.mark.parametrize(
    "body", [{}, {"export": [{}]}, {"export": [{"url": 7}]}, {"export": ["x"]}, []]
)
def test_an_export_of_another_shape_is_loud(server, body):
    server.on(EXPORT, json_(body))
    with pytest.raises(SourceChanged):
        pull_activities(server)


@pytest.mark.parametrize("code", [401, 403])
def test_an_export_that_is_not_switched_on_is_skipped_and_says_so(server, code):
    server.on(EXPORT, status(code))
    server.on("/api/v2/agents/me", json_({"id": 1}))
    with pytest.raises(StreamForbidden) as caught:
        pull_activities(server)
    assert "switched on" in caught.value.hint


def test_a_link_that_has_expired_is_asked_for_again_next_time(server):
    server.on(EXPORT, json_({"export": [{"url": f"{server.url}/day.json?sig=x"}]}))
    server.on("/day.json", status(403))
    assert pull_activities(server)[0] == []
