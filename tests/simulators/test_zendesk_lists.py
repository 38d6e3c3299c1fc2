"""The plain lists, single tickets, and surveys in both of their kinds."""

from __future__ import annotations

import httpx

from deskpulse_connectors.simulators.zendesk import ZendeskSimulator

DAY = 86_400


def every(call, path, key, **params):
    rows, after = [], {}
    while True:
        body = call.get(path, **{"page[size]": 7}, **after, **params).json()
        rows += body[key]
        if not body["meta"]["has_more"]:
            assert body["links"]["next"] is None
            return rows
        after = {"page[after]": body["meta"]["after_cursor"]}


def test_cursor_pagination(call, small):
    assert len(every(call, "groups.json", "groups")) == 5
    users = every(call, "users.json", "users")
    assert {str(user["id"]) for user in users} == set(small.truth()["users"])
    first = call.get("groups.json", **{"page[size]": 2}).json()
    follow = call.http.get(
        first["links"]["next"], headers={"Authorization": f"Bearer {call.simulator.token}"}
    ).json()
    assert follow["groups"][0]["id"] not in [each["id"] for each in first["groups"]]


def test_offset_pagination_ends_at_page_100(call):
    body = call.get("users.json", page=1, per_page=3).json()
    assert (len(body["users"]), body["previous_page"]) == (3, None)
    assert "page=2" in body["next_page"]
    assert call.get("users.json", page=101).status_code == 400


def test_settings(call):
    zone = call.get("business_hours/schedules.json").json()["schedules"][0]
    assert zone["time_zone"] == "Berlin"
    assert zone["intervals"][0] == {"start_time": 1980, "end_time": 2520}
    path = f"business_hours/schedules/{zone['id']}/holidays.json"
    assert call.get(path).json()["holidays"][0]["start_date"] == "2026-04-03"
    policies = every(call, "slas/policies.json", "sla_policies")
    assert [policy["title"] for policy in policies] == ["VIP", "Everybody"]
    assert policies[0]["policy_metrics"][0]["target_in_seconds"] == 900


def test_ratings_are_the_truth(call_large, large):
    rows = every(call_large, "satisfaction_ratings.json", "satisfaction_ratings")
    truth = large.truth()["surveys"]
    assert [(str(row["ticket_id"]), row["created_at"]) for row in rows] == [
        (each["ticket"], each["sent_at"]) for each in truth
    ]
    scores = {row["score"] for row in rows}
    assert scores == {"offered", "good", "bad"}
    half = large.clock.now() - 28 * DAY
    recent = every(call_large, "satisfaction_ratings.json", "satisfaction_ratings", start_time=half)
    assert 0 < len(recent) < len(rows)


def test_survey_responses():
    with ZendeskSimulator(tickets=200, budget=0, csat="survey") as desk:
        headers = {"Authorization": f"Bearer {desk.token}"}
        http = httpx.Client(base_url=f"{desk.url}/api/v2", headers=headers)
        body = http.get("/incremental/ticket_events?start_time=0").json()
        children = [child for row in body["ticket_events"] for child in row["child_events"]]
        sent = [child for child in children if child["event_type"] == "SurveyOffered"]
        answered = [child for child in children if child["event_type"] == "SurveyResponseSubmitted"]
        assert len(sent) > len(answered) > 0
        ident = answered[0]["survey_response_id"]
        one = http.get(f"/guide/survey_responses/{ident}").json()["survey_response"]
        assert one["answers"][0]["rating_category"] in ("good", "bad")
        assert one["subjects"][0]["zrn"].startswith("zen:ticket:")
        listed = http.get("/guide/survey_responses", params={"page[size]": 100}).json()
        assert {child["survey_response_id"] for child in sent} >= {
            row["id"] for row in listed["survey_responses"]
        }
        assert http.get("/satisfaction_ratings.json").json()["satisfaction_ratings"] == []
        assert http.get("/guide/survey_responses/nope").status_code == 404
        http.close()


def test_one_ticket_and_its_history(call, small):
    ident, _ = next(iter(small.truth()["tickets"].items()))
    comments = every(call, f"tickets/{ident}/comments.json", "comments")
    audits = every(call, f"tickets/{ident}/audits.json", "audits")
    known = {key for key, each in small.truth()["messages"].items() if each["ticket"] == ident}
    assert {str(comment["id"]) for comment in comments} == known
    named = [
        event["field_name"] for audit in audits for event in audit["events"] if "value" in event
    ]
    assert "status" in named
    exported = {row["id"] for row in call.events().values() if str(row["ticket_id"]) == ident}
    assert {audit["id"] for audit in audits} == exported


def test_deleted_tickets_are_gone_but_listed(call, small):
    ticket = next(each for each in small.desk.tickets.values() if each.deleted is None)
    small.desk.delete(small.clock.now(), ticket, small.team.admin)
    assert call.get(f"tickets/{ticket.id}/comments.json").status_code == 404
    deleted = call.get("deleted_tickets.json").json()["deleted_tickets"]
    assert ticket.id in [row["id"] for row in deleted]
    assert ticket.id not in [row["id"] for row in every(call, "tickets.json", "tickets")]


def test_archived_tickets_are_only_in_exports(call, small):
    before = {row["id"] for row in every(call, "tickets.json", "tickets")}
    small.advance(125 * DAY, quiet=True)
    closed = {each.id for each in small.desk.tickets.values() if each.stages[-1][1] == "closed"}
    now = {row["id"] for row in every(call, "tickets.json", "tickets")}
    assert closed & before
    assert not closed & now
    exported, _ = call.by_cursor("tickets")
    assert closed <= {row["id"] for row in exported}
    archived = next(iter(closed & before))
    assert call.get(f"tickets/{archived}/comments.json").status_code == 200


def test_metrics_newest_first(call):
    rows = every(call, "ticket_metrics.json", "ticket_metrics")
    stamps = [row["created_at"] for row in rows]
    assert stamps == sorted(stamps, reverse=True)
