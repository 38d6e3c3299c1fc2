"""One ticket read: what its numbers mean, what was said, and the history that its stats tell."""

from datetime import UTC, datetime

import pytest

from deskpulse.errors import RecordRejected
from deskpulse_connectors.freshdesk.conversations import SAID
from deskpulse_connectors.freshdesk.statuses import LABEL, StatusNames
from deskpulse_connectors.freshdesk.tickets import Reading, to_gone, to_ticket
from support.freshdesk import NOW, READING, iso, said, source, streams, ticket
from support.server import ScriptedServer, json_, status

AT = int(NOW.timestamp()) - 7200
BIG = 2**60 + 1


def read(raw, reading=READING):
    return list(to_ticket(raw, reading))


def first(raw, reading=READING):
    return read(raw, reading)[0]


def of_kind(raw, kind, reading=READING):
    return [record for record in read(raw, reading) if record.kind_name == kind]


# --- the ticket ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "ours"), [(2, "open"), (3, "pending"), (4, "solved"), (5, "closed"), (8, "on_hold")]
)
def test_statuses(number, ours):
    assert first(ticket(status=number)).status == ours


def test_a_custom_status_needs_a_meaning():
    with pytest.raises(RecordRejected) as caught:
        read(ticket(ident=12, status=9))
    assert "ticket 12: status 9 is the account's own" in caught.value.message
    assert '9 = "pending"' in caught.value.message
    with pytest.raises(RecordRejected, match="status 9 \\(In test\\)"):
        read(ticket(status=9, **{LABEL: "In test"}))


def test_the_usual_custom_statuses_are_known_by_their_label_and_settings_win():
    raw = ticket(status=7, **{LABEL: "Waiting on Third Party"})
    assert first(raw).status == "on_hold"
    assert first(raw, Reading(desk="", statuses={"7": "open"})).status == "open"
    assert first(ticket(status=4), Reading(desk="", statuses={"4": "open"})).status == "open"


def test_labels_are_asked_for_once_and_only_if_needed():
    asked = []

    def fields():
        asked.append(1)
        choices = {"6": ["Waiting on Customer", "Awaiting your reply"], "9": ["Parked", "Parked"]}
        return [{"name": "subject"}, {"name": "status", "choices": choices}]

    names = StatusNames(fields, {"8": "on_hold"})
    assert names.on_tickets([ticket(status=2), ticket(status=8)]) == [
        ticket(status=2),
        ticket(status=8),
    ]
    assert not asked
    rows = names.on_tickets([ticket(status=6), ticket(status=9), ticket(status=11)])
    assert [row.get(LABEL) for row in rows] == ["Waiting on Customer", "Parked", None]
    assert len(asked) == 1


def test_a_key_that_may_not_read_fields_reads_tickets():
    with ScriptedServer() as server:
        server.on("/api/v2/tickets", json_([ticket(1, status=6), ticket(2)]))
        server.on("/api/v2/tickets/1/conversations", json_([]))
        server.on("/api/v2/tickets/2/conversations", json_([]))
        server.on("/api/v2/ticket_fields", status(403))
        with source(server.url) as desk:
            [page] = streams(desk)["tickets"].pull(None)
    assert [row["id"] for row in page.records] == [1, 2]


def test_ids_beyond_what_a_float_can_tell():
    got = first(ticket(BIG, requester_id=BIG + 2, responder_id=BIG + 4, company_id=BIG + 6))
    assert (got.id, got.requester_id) == (str(BIG), str(BIG + 2))
    assert (got.assignee_id, got.account_id) == (str(BIG + 4), str(BIG + 6))
    assert got.url == f"https://acme.freshdesk.com/a/tickets/{BIG}"


@pytest.mark.parametrize(
    ("number", "channel", "vendors"),
    [
        (1, "email", "email"),
        (2, "web", "portal"),
        (3, "voice", "phone"),
        (7, "chat", "chat"),
        (13, "messaging", "whatsapp"),
        (15, "chat", "web_chat"),
        (101, "other", "101"),
        (None, None, None),
    ],
)
def test_sources(number, channel, vendors):
    got = first(ticket(source=number))
    assert (got.channel, got.vendor_channel) == (channel, vendors)


def test_kinds_that_we_do_not_know_are_kept_as_they_are():
    assert first(ticket(type="Feature Request")).kind == "feature_request"
    assert first(ticket(type="Refund")).kind is None
    assert first(ticket(type="Refund")).custom == {"type": "Refund"}
    assert first(ticket(type=None)).custom == {}


def test_custom_fields_by_the_names_of_the_settings():
    reading = Reading(
        desk="",
        fields={"cf_reason": "reason", "cf_n": "orders", "cf_many": "parts"},
        brands={"77": "Acme Shop"},
    )
    custom = {"cf_reason": "Billing", "cf_n": 3, "cf_many": ["a", "b"], "cf_other": "x"}
    got = first(ticket(custom_fields=custom, product_id=77), reading)
    assert (got.reason, got.brand) == ("Billing", "Acme Shop")
    assert got.custom == {"orders": 3, "parts": "a, b"}
    assert first(ticket(product_id=78), reading).brand == "78"


def test_times_with_any_offset_are_the_same_instant():
    raw = ticket(created_at="2026-01-05T10:00:00+05:30", updated_at="2026-01-05T04:31:00Z")
    assert first(raw).created_at == datetime(2026, 1, 5, 4, 30, tzinfo=UTC)


def test_a_naive_time_is_refused():
    with pytest.raises(RecordRejected, match="created_at"):
        read(ticket(created_at="2026-01-05T10:00:00"))


@pytest.mark.parametrize("key", ["id", "status", "created_at", "updated_at"])
def test_what_must_be_there(key):
    raw = ticket()
    del raw[key]
    with pytest.raises(RecordRejected, match=key):
        read(raw)


def test_a_ticket_that_is_gone_keeps_its_last_state():
    gone = to_gone(ticket(5, AT, updated_at=iso(AT + 60)), "spam")
    assert (gone.record, gone.id, gone.reason) == ("ticket", "5", "spam")
    assert gone.gone_at.timestamp() == AT + 60


# --- messages --------------------------------------------------------------------------------


def messages(raw):
    return {m.id: m for m in of_kind(raw, "message")}


def test_the_description_is_the_first_message():
    [only] = of_kind(ticket(description_text="It burns.", **{SAID: []}), "message")
    assert (only.id, only.public, only.author_id, only.author_role) == ("ticket-1", True, "7", None)
    assert (only.body, only.sent_at.timestamp(), only.channel) == ("It burns.", AT, "email")


def test_mail_that_an_agent_sends_out():
    raw = ticket(source=10, responder_id=5)
    [only] = of_kind(raw, "message")
    assert (only.author_id, only.author_role) == (None, "agent")
    assert first(raw).initiated_by == "agent"


def test_a_chat_tells_its_first_message_once():
    chat = ticket(source=15, **{SAID: [said(3, AT + 1, incoming=True, user_id=7)]})
    assert set(messages(chat)) == {"3"}
    later = ticket(source=15, **{SAID: [said(3, AT + 600, incoming=True, user_id=7)]})
    assert set(messages(later)) == {"ticket-1", "3"}
    mail = ticket(source=1, **{SAID: [said(3, AT + 1, incoming=True, user_id=7)]})
    assert set(messages(mail)) == {"ticket-1", "3"}


@pytest.mark.parametrize(
    ("fields", "public", "role", "auto"),
    [
        ({}, True, None, False),
        ({"private": True, "source": 2}, False, None, False),
        ({"source": 2}, True, None, False),  # a public note
        ({"incoming": True, "user_id": 7}, True, "customer", False),
        ({"incoming": True, "user_id": None}, True, "customer", False),
        ({"user_id": None}, True, "system", False),
        ({"auto_response": True}, True, None, True),
        ({"source": 8}, False, None, False),  # forwarded to somebody else
        ({"source": 6, "incoming": True}, True, "customer", True),  # feedback of a survey
    ],
)
def test_conversations(fields, public, role, auto):
    raw = ticket(**{SAID: [said(BIG, AT + 60, **fields)]})
    got = messages(raw)[str(BIG)]
    assert (got.public, got.author_role, got.auto) == (public, role, auto)
    assert got.ticket_id == "1"


@pytest.mark.parametrize("key", ["id", "incoming", "private", "created_at"])
def test_a_conversation_without_what_must_be_there_is_refused(key):
    one = said(3, AT + 60)
    del one[key]
    with pytest.raises(RecordRejected, match=key):
        read(ticket(**{SAID: [one]}))


# --- history and numbers ---------------------------------------------------------------------


def course(raw, **more):
    found = of_kind(raw, "change", Reading(desk="", **more))
    ordered = sorted(found, key=lambda c: (c.changed_at, c.seq))
    return [(int(c.changed_at.timestamp()) - AT, c.old, c.new) for c in ordered]


def stats(**offsets):
    return {key: None if at is None else iso(AT + at) for key, at in offsets.items()}


def test_a_new_ticket_tells_its_first_status():
    assert course(ticket(status=3, at=AT)) == [(0, None, "pending")]


def test_stats_of_a_ticket_that_was_solved_and_closed():
    told = stats(status_updated_at=900, resolved_at=600, closed_at=900, first_responded_at=300)
    raw = ticket(at=AT, status=5, stats=told)
    assert course(raw) == [(600, "open", "solved"), (900, "solved", "closed")]
    assert all(c.observed for c in of_kind(raw, "change"))
    got = first(raw)
    assert [
        int(x.timestamp()) - AT for x in (got.first_reply_at, got.solved_at, got.closed_at)
    ] == [
        300,
        600,
        900,
    ]
    assert {m.metric: m.value_s for m in of_kind(raw, "vendor_metric")} == {
        "first_reply_s": 300,
        "full_resolution_s": 600,
    }
    assert not of_kind(raw, "vendor_metric", Reading(desk="", metrics=False))


def test_a_close_without_a_solve_is_a_close():
    told = stats(status_updated_at=900, resolved_at=900, closed_at=900)
    assert course(ticket(at=AT, status=5, stats=told)) == [(900, "open", "closed")]


def test_a_reopening_is_inferred_unless_the_export_tells_it():
    told = stats(status_updated_at=1200, reopened_at=900, pending_since=1200)
    raw = ticket(at=AT, status=3, stats=told)
    assert course(raw) == [(900, None, "open"), (1200, "open", "pending")]
    assert course(raw, activities=True) == [(1200, "open", "pending")]
    assert first(raw).solved_at is None


def test_the_same_change_has_the_same_id_in_every_reading():
    early = ticket(at=AT, status=4, stats=stats(status_updated_at=600, resolved_at=600))
    late = ticket(
        at=AT, status=5, stats=stats(status_updated_at=900, resolved_at=600, closed_at=900)
    )
    [one], [again, _] = of_kind(early, "change"), of_kind(late, "change")
    assert one == again


def test_without_stats_nothing_is_told():
    raw = ticket()
    del raw["stats"]
    assert [record.kind_name for record in read(raw)] == ["ticket", "message"]
