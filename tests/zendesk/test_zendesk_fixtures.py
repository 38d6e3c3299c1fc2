"""The outside data: real answers of the vendor, and tables that others made of it."""

import csv
import io

import pytest

from deskpulse.errors import StreamForbidden
from deskpulse.records import Account, Agent, Change, Customer, Message, Schedule, Ticket
from deskpulse_connectors.zendesk.people import to_account, to_team
from support.server import ScriptedServer, json_
from support.zendesk import config, fixture, parse_all, source, streams

PREFIX = "amp-labs__providers__zendesksupport__test__"
pytestmark = pytest.mark.shared


def answer(name):
    return fixture("zendesk", f"{PREFIX}{name}.json")


def table(name):
    return list(csv.DictReader(io.StringIO(fixture("dbt_zendesk_seeds", f"{name}.csv"))))


def read(stream, path, *bodies):
    with ScriptedServer() as server:
        server.on(path, *[json_(body) for body in bodies])
        with source(server.url) as desk:
            found = streams(desk)[stream]
            pages = list(found.pull(None))
            return pages, *parse_all(found, pages)


def test_tickets():
    body = answer("read__incremental__tickets")
    path = "/api/v2/incremental/tickets/cursor.json"
    [page], [ticket], refused = read("tickets", path, body)
    assert refused == []
    assert isinstance(ticket, Ticket)
    assert (ticket.id, ticket.channel, ticket.vendor_channel) == ("5", "web", "sample_ticket")
    assert (ticket.requester_id, ticket.source_version) == ("26363656426259", "1708014261")
    assert page.cursor == "MTczNTEwODQzNC4wfHwyM3w="


def test_users():
    bodies = [answer(f"read__incremental__users-{n}") for n in ("1-first-page", "2-last-page")]
    path = "/api/v2/incremental/users/cursor.json"
    pages, people, refused = read("users", path, *bodies)
    assert refused == []
    assert [type(each) for each in people] == [Customer, Agent]
    assert pages[-1].cursor == bodies[-1]["after_cursor"]


def test_organizations():
    body = answer("read__incremental__organizations")
    path = "/api/v2/incremental/organizations.json"
    [page], [account], refused = read("organizations", path, body)
    assert refused == []
    assert isinstance(account, Account)
    assert account.name == "Ampersand"
    assert '"second":1708014184' in page.cursor


@pytest.mark.parametrize(("name", "status"), [("forbidden", 403), ("resource-not-found", 404)])
def test_what_the_account_may_not_read(name, status):
    body = answer(name)
    with ScriptedServer() as server:
        server.on("/api/v2/slas/policies.json", json_(body, status))
        with source(server.url) as desk, pytest.raises(StreamForbidden):
            list(desk.sla_policies(None))


def test_custom_fields_exist_under_the_ids_that_settings_name():
    fields = answer("read__custom_fields__ticket_fields")["ticket_fields"]
    assert config(fields={str(field["id"]): field["title"] for field in fields}).fields


def test_seeds_of_organizations_and_groups():
    for row in table("organization_data"):
        [account] = to_account({"id": row["id"], "name": row["name"], "deleted_at": None})
        assert account.name == row["name"]
    assert [next(to_team(row)).name for row in table("group_data")]


def test_seeds_of_a_schedule_are_minutes_from_sunday():
    from deskpulse_connectors.zendesk.policies import to_schedule

    rows = [row for row in table("schedule_data") if row["id"] == "360000310393"]
    spans = [{name: int(row[name]) for name in ("start_time", "end_time")} for row in rows]
    got = to_schedule({"id": 1, "time_zone": rows[0]["time_zone"], "intervals": spans})
    assert isinstance(got, Schedule)
    assert got.tz == "America/Los_Angeles"
    assert got.weekly["thu"] == [("08:00", "20:00")]
    assert set(got.weekly) <= {"mon", "tue", "wed", "thu", "fri"}


def test_seeds_of_comments_and_field_history_read_as_audits():
    from deskpulse_connectors.zendesk.events import to_events
    from support.zendesk import READING

    records = []
    for number, row in enumerate(table("ticket_field_history_data")):
        child = {"id": number, "event_type": "Change", row["field_name"]: row["value"]}
        raw = {"id": number, "ticket_id": row["ticket_id"], "child_events": [child]}
        records += to_events(raw | {"created_at": f"{row['updated']}Z"}, READING)
    for row in table("ticket_comment_data"):
        child = {"id": row["id"], "event_type": "Comment", "public": row["public"] == "TRUE"}
        raw = {"id": row["id"], "ticket_id": row["ticket_id"], "child_events": [child]}
        records += to_events(raw | {"created_at": f"{row['created']}Z"}, READING)
    assert sum(isinstance(each, Message) for each in records) == 20
    assert {each.field for each in records if isinstance(each, Change)} >= {"status", "assignee"}
