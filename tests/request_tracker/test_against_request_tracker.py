"""Everything pulled from a real Request Tracker equals what its database holds."""

from datetime import UTC, datetime

import pytest

from deskpulse.errors import AuthRejected, StreamForbidden
from support.request_tracker import mail_of
from support.request_tracker_source import Copy, later, source
from support.request_tracker_story import CARL, Story

FIELDS = {"Reason": "reason"}
STATUS = {"stalled": "pending", "resolved": "solved", "rejected": "closed"}


@pytest.fixture(scope="module")
def copy(rt_server, story):
    with source(rt_server.url, token=rt_server.token, fields=FIELDS, texts=True) as connector:
        return Copy().pull(connector)


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def users(rt):
    return dict(rt.rows("SELECT Name, id FROM Users"))


def test_nothing_is_refused(copy):
    assert copy.rejected == []


def test_tickets_are_those_of_the_database(rt_server, story, copy):
    truth = {
        str(row[0]): row[1:]
        for row in rt_server.rows(
            "SELECT id, Subject, Status, Queue, Owner, Created, LastUpdated, EffectiveId "
            "FROM Tickets WHERE Status != 'deleted' AND Type = 'ticket'"
        )
    }
    nobody = str(users(rt_server)["Nobody"])
    assert set(copy.of("ticket")) == set(truth)
    for ident, (subject, status, queue, owner, created, updated, into) in truth.items():
        ticket = copy.of("ticket")[ident]
        assert (ticket.subject, ticket.status) == (subject, STATUS.get(status, status))
        assert (ticket.created_at, ticket.updated_at) == (at(created), at(updated))
        assert ticket.team_id == str(queue)
        assert ticket.assignee_id == (None if str(owner) == nobody else str(owner))
        assert ticket.merged_into == (None if str(into) == ident else str(into))


def test_messages_are_those_of_the_database(rt_server, story, copy):
    truth = {
        str(ident): (str(ticket), kind != "Comment", str(author), at(created))
        for ident, ticket, kind, author, created in rt_server.rows(
            "SELECT id, ObjectId, Type, Creator, Created FROM Transactions "
            "WHERE ObjectType = 'RT::Ticket' AND Type IN ('Create', 'Correspond', 'Comment')"
        )
    }
    assert truth == {
        ident: (message.ticket_id, message.public, message.author_id, message.sent_at)
        for ident, message in copy.of("message").items()
    }


def test_every_status_and_owner_and_queue_change_is_there(rt_server, story, copy):
    def told(field):
        return [(c.ticket_id, c.old, c.new) for c in copy.of("change").values() if c.field == field]

    def held(condition):
        return [
            (str(ticket), old, new)
            for ticket, old, new in rt_server.rows(
                "SELECT ObjectId, OldValue, NewValue FROM Transactions "
                f"WHERE ObjectType = 'RT::Ticket' AND {condition} ORDER BY id"
            )
        ]

    statuses = [
        (ticket, None if old == "deleted" else STATUS.get(old, old), STATUS.get(new, new))
        for ticket, old, new in held("Type = 'Status' AND NewValue != 'deleted'")
    ]
    nobody = str(users(rt_server)["Nobody"])
    owners = [
        tuple(None if each == nobody else each for each in row)
        for row in held("Type = 'Set' AND Field = 'Owner'")
    ]
    assert told("status") == statuses
    assert told("assignee") == owners
    assert len(owners) >= 4
    assert told("team") == held("Type = 'Set' AND Field = 'Queue'")
    assert told("reason") == [
        (str(story["reopened"]), None, "hardware"),
        (str(story["reopened"]), "hardware", "fire"),
    ]
    assert told("priority") == [(str(story["moved"]), "low", "high")]


def test_people_are_agents_if_rt_calls_them_privileged(rt_server, story, copy):
    truth = users(rt_server)
    assert {copy.of("agent")[key].name for key in copy.of("agent")} == {"Ann Agent", "Bob Agent"}
    names = {person.name: person for person in copy.of("customer").values()}
    assert {"Carl Customer", "Dora Dürr"} <= set(names)
    assert names["Dora Dürr"].email == "dora@customer.example"
    assert names["Carl Customer"].id == str(truth["carl@customer.example"])
    system = {str(truth["RT_System"]), str(truth["Nobody"])}
    assert not system & (set(copy.of("agent")) | set(copy.of("customer")))


def test_queues_are_teams_but_not_the_one_for_approvals(copy):
    assert {team.name for team in copy.of("team").values()} == {
        "General",
        "Support",
        "Billing",
        "Old",
    }


def test_a_reopened_ticket_is_not_solved_whatever_resolved_says(rt_server, story, copy):
    ident = str(story["reopened"])
    [(resolved,)] = rt_server.rows("SELECT Resolved FROM Tickets WHERE id = ?", ident)
    assert resolved > "2026"
    ticket = copy.of("ticket")[ident]
    assert (ticket.status, ticket.solved_at, ticket.closed_at) == ("open", None, None)


def test_a_rejected_ticket_is_closed_since_it_was_rejected(story, copy):
    ticket = copy.of("ticket")[str(story["for_another"])]
    assert ticket.status == "closed"
    assert ticket.closed_at == ticket.updated_at
    assert ticket.solved_at is None


def test_who_began_it_and_how(story, copy):
    by_mail, by_phone = (copy.of("ticket")[str(story[n])] for n in ("moved", "for_another"))
    assert (by_mail.initiated_by, by_mail.channel) == ("customer", "email")
    assert (by_phone.initiated_by, by_phone.channel) == ("agent", "api")
    assert by_mail.priority == "high"
    assert by_mail.due_at == at("2026-12-01 10:00:00")


def test_a_customers_mail_opens_the_ticket_again_and_rt_did_it(rt_server, story, copy):
    mine = [c for c in copy.of("change").values() if c.ticket_id == str(story["reopened"])]
    again = [c for c in mine if (c.field, c.old, c.new) == ("status", "solved", "open")]
    assert [(c.actor_id, c.actor_role) for c in again] == [
        (None, "system"),
        (str(users(rt_server)["ann"]), None),
    ]


def test_an_out_of_office_reply_is_automatic_and_others_are_not(story, copy):
    automatic = [m for m in copy.of("message").values() if m.auto]
    assert [(m.ticket_id, m.body.strip()) for m in automatic] == [(str(story["moved"]), "Away")]


def test_logged_time_is_every_minute_once(rt_server, story, copy):
    logs = [w for w in copy.of("worklog").values() if w.ticket_id == str(story["reopened"])]
    # a correction from twelve minutes to ten is what brings the sum to what RT shows
    assert [w.spent_s for w in logs] == [420, 300, -120]
    [own] = [w for w in copy.of("worklog").values() if w.ticket_id == str(story["for_another"])]
    assert (own.spent_s, own.agent_id) == (180, str(users(rt_server)["bob"]))


def test_deleted_and_merged_tickets_are_gone_and_a_restored_one_is_back(story, copy):
    stones = copy.of("tombstone")
    assert {ident: stone.reason for ident, stone in stones.items()} == {
        str(story["deleted"]): "deleted",
        str(story["restored"]): "deleted",
        str(story["merged"]): "merged",
    }
    assert stones[str(story["merged"])].into == str(story["reopened"])
    restored = copy.of("ticket")[str(story["restored"])]
    assert restored.updated_at > stones[str(story["restored"])].gone_at


def test_the_merged_ticket_keeps_its_messages(story, copy):
    assert [
        m.body.strip() for m in copy.of("message").values() if m.ticket_id == str(story["merged"])
    ] == ["Hello?"]


def test_small_pages_bring_the_same(rt_server, copy):
    settings = {"token": rt_server.token, "fields": FIELDS, "texts": True, "per_page": 4}
    with source(rt_server.url, **settings) as connector:
        assert Copy().pull(connector).kept == copy.kept


def test_from_every_cursor_the_rest_comes_and_nothing_else(rt_server, copy):
    settings = {"token": rt_server.token, "fields": FIELDS, "texts": True, "per_page": 12}
    with source(rt_server.url, **settings) as connector:
        whole = Copy().pull(connector)
        for name in ("tickets", "history"):
            pages = whole.pages[name]
            for place, page in enumerate(pages):
                rest = Copy()
                rest.cursors[name] = page.cursor
                rest.pull(connector, name)
                came = [r["id"] for p in rest.pages[name] for r in p.records if r["type"] != "user"]
                expected = [
                    r["id"] for p in pages[place + 1 :] for r in p.records if r["type"] != "user"
                ]
                assert came == expected


def test_a_run_without_news_costs_one_request_a_stream(rt_server, copy):
    clock = later()
    with source(rt_server.url, token=rt_server.token, clock=clock) as connector:
        idle = Copy()
        idle.cursors = dict(copy.cursors)
        for name in ("queues", "tickets", "history"):
            before = connector.http.stats.requests
            idle.pull(connector, name)
            assert connector.http.stats.requests - before == 1
        assert not idle.of("ticket")
        assert not idle.of("message")


def test_passwords_work_where_there_is_no_token(rt_server, copy):
    with source(rt_server.url, username="reader", password=rt_server.password) as connector:
        assert Copy().pull(connector, "queues").of("team") == copy.of("team")


def test_wrong_credentials_are_told_as_such(rt_server):
    with (
        source(rt_server.url, token="1-14-0123456789abcdef") as connector,
        pytest.raises(AuthRejected),
    ):
        Copy().pull(connector, "queues")


def test_whoever_may_see_nothing_is_told_so_instead_of_reading_nothing(rt_server, story):
    with source(rt_server.url, username="outsider", password=rt_server.password) as connector:
        for name in ("queues", "tickets"):
            with pytest.raises(StreamForbidden) as problem:
                Copy().pull(connector, name)
            assert "ShowTicket" in problem.value.hint


def test_only_what_changed_travels_afterwards(rt_server, story):
    settings = {"token": rt_server.token, "fields": FIELDS, "texts": True}
    told = Story(rt_server)
    with source(rt_server.url, **settings) as connector:
        held = Copy().pull(connector)
        told.reply("bob", story["moved"], "Paid back")
        told.change("bob", story["moved"], Status="resolved")
        new = told.opened(CARL, "Another one", "Hello again")
        rt_server.mail(mail_of(CARL, f"[example.com #{new}] Another one", "More"))
    with source(rt_server.url, **settings) as connector:
        held.pull(connector)
        came = {r["id"] for p in held.pages["tickets"] for r in p.records if r["type"] == "ticket"}
        assert came == {str(story["moved"]), str(new)}
        assert held.kept == Copy().pull(connector).kept
    assert held.of("ticket")[str(story["moved"])].status == "solved"
