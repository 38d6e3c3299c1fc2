"""An audit of the event export: messages, changes, merges, and what is ignored."""

from datetime import timedelta

import pytest

from deskpulse.errors import RecordRejected
from deskpulse.records import Change, Message, RoleChange, Tombstone
from deskpulse_connectors.zendesk.audits import unread_types
from deskpulse_connectors.zendesk.events import to_events
from deskpulse_connectors.zendesk.tickets import Reading
from support.zendesk import EPOCH, NOW, READING, audit, change, comment


def read(raw, reading=READING):
    return list(to_events(raw, reading))


def test_a_comment_is_a_message():
    [got] = read(audit(6, EPOCH - 60, comment(5, plain_body="Hello", author_id=1)))
    assert isinstance(got, Message)
    assert got.model_dump(exclude_defaults=True) == {
        "id": "5",
        "ticket_id": "101",
        "sent_at": NOW - timedelta(seconds=60),
        "author_id": "1",
        "public": True,
        "channel": "email",
        "body": "Hello",
    }


def test_the_role_of_an_author_is_left_to_the_role_history():
    [got] = read(audit(6, EPOCH, comment(author_id=42)))
    assert got.author_role is None
    assert not got.auto


@pytest.mark.parametrize(
    ("via", "channel", "auto"),
    [
        ("Web form", "web", False),
        ("Mail", "email", False),
        ("Web service", "api", False),
        ("Phone call (incoming)", "voice", False),
        ("Rule", "other", True),
        ({"channel": "rule"}, "other", True),
        (None, "web", False),
    ],
)
def test_the_via_of_a_comment_may_be_a_bare_string_or_missing(via, channel, auto):
    [got] = read(audit(6, EPOCH, comment(via=via)))
    assert (got.channel, got.auto) == (channel, auto)


def test_the_system_is_author_minus_one():
    [got] = read(audit(6, EPOCH, comment(author_id=-1)))
    assert (got.author_id, got.author_role) == ("-1", "system")


def test_a_bot_is_a_bot():
    [got] = read(audit(6, EPOCH, comment(author_id=-1, via={"channel": "answer_bot"})))
    assert got.author_role == "bot"


def test_who_gets_a_ticket_is_an_agent_from_then_on():
    [assigned, role] = read(audit(6, EPOCH, change(11, "assignee_id", 7)))
    assert (assigned.field, assigned.new) == ("assignee", "7")
    assert isinstance(role, RoleChange)
    assert (role.person_id, role.role, role.since) == ("7", "agent", assigned.changed_at)
    [taken_away] = read(audit(6, EPOCH, change(11, "assignee_id", None, 7)))
    assert taken_away.new is None


def test_a_light_agents_note_is_private():
    [got] = read(audit(6, EPOCH, comment(public=False, author_id=77)))
    assert got.public is False


def test_without_the_sideload_a_comment_has_no_text_but_counts():
    bare = {
        "id": 5,
        "via": "Web form",
        "comment_present": True,
        "comment_public": False,
        "event_type": "Comment",
    }
    [got] = read(audit(6, EPOCH, bare))
    assert (got.public, got.body, got.author_id) == (False, None, "2")


def test_a_voice_comment_is_a_message():
    [got] = read(audit(6, EPOCH, comment(type="VoiceComment", event_type="VoiceComment")))
    assert isinstance(got, Message)


@pytest.mark.parametrize(
    ("new", "old", "kept"),
    [
        ("bad", "good", True),
        ("good_with_comment", "bad", True),
        ("offered", "unoffered", False),
        ("good", "offered", False),
        ("unoffered", None, False),
    ],
)
def test_a_rating_that_was_changed_is_a_change(new, old, kept):
    found = [one for one in read(audit(6, EPOCH, change(11, "satisfaction_score", new, old)))
             if isinstance(one, Change)]  # fmt: skip
    assert [(one.field, one.old, one.new) for one in found] == [("rating", old, new)] * kept


def test_flattened_changes():
    got = read(
        audit(
            6,
            EPOCH,
            change(10, "status", "hold", "new"),
            change(11, "assignee_id", 2, None),
            change(12, "group_id", 4, 3),
            change(13, "priority", "high", "normal"),
            change(14, "type", "problem", "incident"),
            change(15, "tags", ["a", "b"], ["a"], added_tags=["b"], removed_tags=[]),
            change(16, "subject", "new subject", "old"),
            change(17, "requester_id", 5, 6),
        )
    )
    changes = [each for each in got if isinstance(each, Change)]
    assert [(each.field, each.old, each.new) for each in changes] == [
        ("status", "new", "on_hold"),
        ("assignee", None, "2"),
        ("team", "3", "4"),
        ("priority", "normal", "high"),
        ("kind", "incident", "problem"),
        ("tags", "a", "a b"),
    ]
    assert {each.actor_id for each in changes} == {"2"}


def test_named_changes_of_an_audit_list_read_the_same():
    flat = read(audit(6, EPOCH, change(10, "status", "solved", "open")))
    named = {
        "id": 10,
        "type": "Change",
        "field_name": "status",
        "value": "solved",
        "previous_value": "open",
    }
    assert read(audit(6, EPOCH, named)) == flat


def test_creation_sets_the_first_values():
    event = {"id": 7, "via": "Mail", "status": "new", "event_type": "Create"}
    [got] = read(audit(6, EPOCH, event))
    assert (got.field, got.old, got.new) == ("status", None, "new")


def test_custom_fields_change_by_their_configured_names_only():
    reading = Reading(desk="", fields={"9": "reason", "10": "plan"})
    flat = change(11, "custom_ticket_fields", {"9": "refund", "99": "x"}, {"9": "invoice"})
    named = {"id": 12, "type": "Change", "field_name": "10", "value": "b", "previous_value": "a"}
    got = read(audit(6, EPOCH, flat, named), reading)
    assert [(each.field, each.old, each.new) for each in got] == [
        ("reason", "invoice", "refund"),
        ("plan", "a", "b"),
    ]


def test_events_of_one_instant_are_in_order_of_audit_and_place():
    one = read(audit(2**53 + 1, EPOCH, change(1, "status", "open"), change(2, "priority", "low")))
    two = read(audit(2**53 + 2, EPOCH, change(3, "status", "pending")))
    assert len({each.changed_at for each in one + two}) == 1
    assert [each.seq for each in one + two] == sorted({each.seq for each in one + two})
    assert max(each.seq for each in one + two) < 2**53


def test_ids_are_the_same_whenever_an_audit_is_read():
    raw = audit(6, EPOCH, change(10, "status", "open"), change(11, "priority", "low"), comment())
    assert read(raw) == read(raw)
    ids = [each.id for each in read(raw) if isinstance(each, Change)]
    assert len(set(ids)) == 2


def test_a_rule_acts_as_the_system_whoever_triggered_it():
    [got] = read(audit(6, EPOCH, change(10, "status", "solved", "open") | {"via": "Rule"}))
    assert (got.actor_id, got.actor_role) == ("2", "system")


def test_a_schedule_assignment_changes_the_schedule():
    event = {"id": 3, "event_type": "ScheduleAssignment", "new_schedule_id": 8}
    [got] = read(audit(6, EPOCH, event))
    assert (got.field, got.old, got.new) == ("schedule", None, "8")


def test_merged_tickets_go_into_this_one():
    got = read(audit(6, EPOCH, merged_ticket_ids=[55, 56]))
    assert [type(each) for each in got] == [Tombstone, Tombstone]
    assert [(each.id, each.into, each.reason) for each in got] == [
        ("55", "101", "merged"),
        ("56", "101", "merged"),
    ]


def test_deletion_is_told_by_the_ticket_so_an_old_deletion_buries_nothing():
    """The ticket may have been restored since; its own row in the export says what holds."""
    assert read(audit(6, EPOCH, change(10, "status", "deleted", "open"))) == []
    assert read(audit(7, EPOCH, change(11, "status", "open", "deleted"))) == []


def test_unknown_events_are_ignored_and_counted():
    raw = audit(6, EPOCH, {"id": 1, "event_type": "Teleport"}, {"id": 2}, comment())
    assert len(read(raw)) == 1
    assert unread_types([raw, raw, "bad"]) == {"Teleport": 2, "(none)": 2}


def test_an_audit_without_events_says_nothing():
    """An SLA update has none."""
    assert read(audit(6, EPOCH)) == []


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (audit(6, EPOCH, comment(public=None)), "public"),
        (audit(6, EPOCH, {"event_type": "Comment", "public": True}), "id is missing"),
        (audit(6, EPOCH, comment(), created_at="yesterday"), "created_at is 'yesterday'"),
        (audit(6, EPOCH, comment(), created_at="2026-01-01T00:00:00"), "no offset"),
        (audit(6, EPOCH, comment(), created_at="1969-12-31T23:59:59Z"), "plausible"),
        (audit(6, EPOCH, comment(), created_at=None, timestamp=10**30), "epoch seconds"),
        ({"id": 6}, "ticket_id is missing"),
    ],
)
def test_a_bad_audit_is_refused_with_its_reason(raw, text):
    with pytest.raises(RecordRejected, match=text):
        read(raw)
