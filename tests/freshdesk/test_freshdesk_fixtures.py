"""The outside data: answers of the vendor as other projects recorded them."""

import pytest

from deskpulse.records import Ticket
from deskpulse_connectors.freshdesk.conversations import SAID
from deskpulse_connectors.freshdesk.people import to_account, to_agent, to_customer, to_team
from deskpulse_connectors.freshdesk.tickets import to_ticket
from deskpulse_connectors.freshdesk.time_entries import to_worklog
from support.freshdesk import READING, parse_all, source, streams
from support.server import ScriptedServer, json_
from support.zendesk import fixture

OLD = "sjkingo__freshdesk__v2__tests__sample_json_data__"
NEW = "amp-labs__providers__freshdesk__test__"
pytestmark = pytest.mark.shared


def answer(name):
    return fixture("freshdesk", f"{name}.json")


def test_tickets_through_the_whole_connector():
    rows = sorted(answer(f"{NEW}tickets"), key=lambda row: row["updated_at"])
    with ScriptedServer() as server:
        server.on("/api/v2/tickets", json_(rows))
        for row in rows:
            server.on(f"/api/v2/tickets/{row['id']}/conversations", json_([]))
        with source(server.url) as desk:
            stream = streams(desk)["tickets"]
            records, refused = parse_all(stream, stream.pull(None))
    assert refused == []
    first, second = (record for record in records if isinstance(record, Ticket))
    assert (first.id, first.subject, first.custom) == ("17", "", {})
    assert (second.id, second.channel, second.team_id) == ("18", "web", "2")
    assert second.custom == {"type": "Lead"}


def test_a_ticket_with_stats_and_conversations():
    raw = {**answer(f"{OLD}ticket_1"), SAID: answer(f"{OLD}conversations")}
    records = list(to_ticket(raw, READING))
    ticket, description, note, reply = records[:4]
    assert (ticket.kind, ticket.priority, ticket.tags) == ("question", "low", ["foo", "bar"])
    assert description.body.startswith("This is a sample ticket")
    assert (note.public, reply.public, reply.author_id) == (False, True, "1")
    changes = [record for record in records if record.kind_name == "change"]
    # these stats contradict the ticket, which is open: the present status counts
    assert [change.new for change in changes] == ["open"]


def test_people():
    agents = [to_agent(raw) for raw in answer(f"{OLD}agents")]
    assert [agent.name for agent in agents] == ["Support", "Clark Kent"]
    assert {agent.active for agent in agents} == {True, False}
    contacts = [record for raw in answer(f"{OLD}contacts") for record in to_customer(raw)]
    assert contacts
    assert contacts[0].email == "rachel@freshdesk.com"
    [customer] = to_customer(answer(f"{OLD}contact"))
    assert customer.created_at.isoformat() == "2014-12-31T12:27:09+10:00"
    accounts = [to_account(raw) for raw in answer(f"{OLD}companies")]
    assert accounts[0].domains
    company = to_account(answer(f"{OLD}company"))
    assert (company.tier, company.custom["health_score"]) == ("Premium", "Happy")
    assert [to_team(raw).name for raw in answer(f"{OLD}groups")] == ["Entertainers", "Helpdesk"]


def test_time_entries():
    found = [to_worklog(raw) for raw in answer(f"{OLD}time_entries")]
    assert [(each.ticket_id, each.spent_s) for each in found] == [
        ("1", 900),
        ("2", 600),
        ("3", 900),
    ]
