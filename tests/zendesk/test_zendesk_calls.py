"""Calls of Talk with their legs, and chats of Chat, as interactions."""

from datetime import UTC, datetime

import pytest

from deskpulse.errors import RecordRejected
from deskpulse_connectors.simulators.zendesk import ZendeskSimulator
from deskpulse_connectors.zendesk.calls import to_call
from deskpulse_connectors.zendesk.chats import to_chat
from deskpulse_connectors.zendesk.legs import to_leg
from support.clock import FakeClock
from support.zendesk import parse_all, source, streams

BEGAN = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


def call(**fields):
    return {
        "id": 112233,
        "created_at": "2026-01-05T09:00:00Z",
        "updated_at": "2026-01-05T09:04:00Z",
        "agent_id": 12,
        "call_group_id": 67,
        "completion_status": "completed",
        "customer_id": 24680,
        "direction": "inbound",
        "duration": 180,
        "hold_time": 25,
        "talk_time": 125,
        "ticket_id": 35436,
        "time_to_answer": 30,
        "voicemail": False,
        "wait_time": 22,
        "wrap_up_time": 40,
    } | fields


def leg(**fields):
    return {
        "id": 7788,
        "call_id": 112233,
        "type": "agent",
        "agent_id": 12,
        "user_id": 24680,
        "completion_status": "completed",
        "created_at": "2026-01-05T09:00:00Z",
        "updated_at": "2026-01-05T09:04:00Z",
        "duration": 90,
        "talk_time": 60,
        "hold_time": 20,
        "wrap_up_time": 15,
        "consultation_time": 0,
    } | fields


def chat(**fields):
    return {
        "id": "1.2.T",
        "type": "chat",
        "timestamp": "2026-01-05T09:00:00Z",
        "update_timestamp": "2026-01-05T09:10:01Z",
        "duration": 600,
        "agent_ids": ["21", "22"],
        "engagements": [
            {"agent_id": "21", "accepted": True},
            {"agent_id": "22", "accepted": True},
            {"agent_id": "23", "accepted": False},
        ],
        "missed": False,
        "response_time": {"first": 18, "avg": 20.5, "max": 40},
        "started_by": "visitor",
        "zendesk_ticket_id": 35,
    } | fields


def at(second):
    return BEGAN.replace(minute=second // 60, second=second % 60)


def test_an_answered_call_is_timed_from_waiting_to_wrapping_up():
    record = to_call(call())
    assert (record.channel, record.direction, record.outcome) == ("voice", "inbound", "answered")
    assert (record.queued_at, record.answered_at, record.ended_at) == (BEGAN, at(30), at(180))
    times = (record.wait_s, record.talk_s, record.hold_s, record.wrap_up_s)
    assert times == (30, 125, 25, 40)
    ids = (record.id, record.agent_id, record.team_id, record.ticket_id, record.customer_id)
    assert ids == ("112233", "12", "67", "35436", "24680")


@pytest.mark.parametrize(
    ("fields", "outcome"),
    [
        ({"completion_status": "abandoned_in_queue"}, "abandoned"),
        ({"completion_status": "abandoned_in_voicemail"}, "abandoned"),
        ({"completion_status": "completed_voicemail"}, "voicemail"),
        ({"completion_status": "not_answered", "voicemail": True}, "voicemail"),
        ({"completion_status": "not_answered"}, "missed"),
        ({"completion_status": "not_answered", "callback": True}, "callback"),
        ({"completion_status": "a_status_of_next_year"}, "missed"),
    ],
)
def test_a_call_that_nobody_answered(fields, outcome):
    record = to_call(call(talk_time=0, time_to_answer=None, agent_id=None, **fields))
    assert (record.outcome, record.answered_at, record.talk_s) == (outcome, None, None)
    assert record.wait_s == 22


def test_who_hung_up_on_hold_had_been_answered():
    assert to_call(call(completion_status="abandoned_on_hold")).outcome == "answered"


def test_who_hung_up_in_the_menu_was_no_call_for_anybody():
    assert to_call(call(completion_status="abandoned_in_ivr")) is None


def test_a_leg_is_one_agents_part_beside_the_call():
    record = to_leg(leg())
    assert (record.id, record.channel, record.direction) == ("leg:7788", "voice", "part")
    assert (record.outcome, record.agent_id, record.ticket_id) == ("taken", "12", None)
    assert (record.queued_at, record.answered_at, record.ended_at) == (None, BEGAN, at(90))
    assert (record.wait_s, record.talk_s, record.hold_s, record.wrap_up_s) == (None, 60, 20, 15)


def test_who_was_only_consulted_spoke_with_the_other_agent():
    assert to_leg(leg(talk_time=0, consultation_time=33)).talk_s == 33
    assert to_leg(leg(talk_time=None, consultation_time=None)).talk_s is None


@pytest.mark.parametrize(
    "status", ["agent_missed", "agent_declined", "agent_transfer_declined", "agent_unreachable"]
)
def test_a_ring_that_this_agent_did_not_answer(status):
    record = to_leg(leg(completion_status=status, talk_time=0, duration=15))
    assert (record.outcome, record.agent_id) == ("missed", "12")
    assert (record.queued_at, record.answered_at, record.ended_at) == (BEGAN, None, at(15))
    assert (record.talk_s, record.hold_s, record.wrap_up_s) == (None, None, None)


@pytest.mark.parametrize(
    "fields",
    [
        {"type": "customer", "agent_id": None},
        {"type": "supervisor"},
        {"type": "external", "agent_id": None},
        {"type": "a_type_of_next_year"},
        {"agent_id": None},
        {"completion_status": "customer_hang_up", "talk_time": 0},
        {"completion_status": "a_status_of_next_year", "talk_time": None},
    ],
)
def test_a_leg_that_is_no_agents_part(fields):
    assert to_leg(leg(**fields)) is None


@pytest.mark.parametrize("name", ["id", "type", "agent_id", "completion_status", "created_at"])
def test_a_leg_without_what_it_needs_is_refused_by_name(name):
    row = leg()
    del row[name]
    with pytest.raises(RecordRejected, match=f"leg.*{name} is missing"):
        to_leg(row)


def test_a_chat_is_answered_by_its_first_reply_and_belongs_to_who_served_it_last():
    record = to_chat(chat())
    assert (record.id, record.channel, record.outcome) == ("chat:1.2.T", "chat", "answered")
    assert (record.queued_at, record.answered_at, record.ended_at) == (BEGAN, at(18), at(600))
    assert (record.wait_s, record.agent_id, record.ticket_id) == (18, "22", "35")
    assert record.direction == "inbound"


def test_a_missed_chat_was_answered_by_nobody():
    record = to_chat(chat(missed=True, agent_ids=[], engagements=[], response_time={}))
    assert (record.outcome, record.answered_at, record.agent_id) == ("missed", None, None)


def test_an_offline_message_is_no_chat():
    assert to_chat(chat(type="offline_msg")) is None


def test_what_the_desk_began_is_outbound():
    assert to_chat(chat(started_by="agent")).direction == "outbound"


@pytest.mark.parametrize("wrong", ["soon", 10**20, {}, float("nan")])
def test_a_time_that_is_none_names_the_call(wrong):
    with pytest.raises(RecordRejected, match=r"call 112233: duration is .*; allowed: seconds"):
        to_call(call(duration=wrong))


@pytest.fixture(scope="module")
def simulator():
    with ZendeskSimulator(seed=7, tickets=300, weeks=4, budget=0, account_limit=0) as running:
        running.settle()
        yield running


def signed(simulator, **settings):
    token = simulator.credentials["token"]
    clock = FakeClock(simulator.clock.instant())
    return source(simulator.url, clock, access_token=token, talk=True, chat=True, **settings)


@pytest.mark.parametrize(("name", "share"), [("calls", 5), ("chats", 7)])
@pytest.mark.parametrize("size", [3, 1000])
def test_each_comes_once_and_then_only_what_is_new(simulator, name, share, size):
    with signed(simulator, per_page=size) as zendesk:
        stream = streams(zendesk)[name]
        pages = list(stream.pull(None))
        again = [row for page in stream.pull(pages[-1].cursor) for row in page.records]
    records, refused = parse_all(stream, pages)
    wanted = {str(each) for each in simulator.desk.tickets if each % share == 0}
    silent = {str(each) for each in simulator.desk.tickets if each % (4 * share) == 0}
    assert sorted(record.ticket_id for record in records) == sorted(wanted - silent)
    assert len(records) > 10
    assert (refused, again) == ([], [])


def test_pulls_resume_from_every_cursor(simulator):
    with signed(simulator, per_page=5) as zendesk:
        stream = streams(zendesk)["calls"]
        whole = [page for page in stream.pull(None) if page.records]
        ids = [row["id"] for page in whole for row in page.records]
        for number, page in enumerate(whole, 1):
            rest = [row["id"] for later in stream.pull(page.cursor) for row in later.records]
            known = [row["id"] for earlier in whole[:number] for row in earlier.records]
            assert known + rest == ids


@pytest.mark.parametrize("size", [2, 1000])
def test_what_the_agents_of_a_call_did_adds_up_to_the_call(simulator, size):
    with signed(simulator, per_page=size) as zendesk:
        of_call = streams(zendesk)
        calls, _ = parse_all(of_call["calls"], of_call["calls"].pull(None))
        pages = list(of_call["legs"].pull(None))
    rows = [row for page in pages for row in page.records]
    parts: dict[str, list] = {}
    for row in rows:
        if (part := to_leg(row)) is not None and part.outcome == "taken":
            parts.setdefault(str(row["call_id"]), []).append(part)
    shares = [len(each) for each in parts.values()]
    assert len({row["id"] for row in rows}) == len(rows)
    assert {1, 2} == set(shares)
    for each in calls:
        if each.outcome == "answered" and each.agent_id is not None:
            own = parts[each.id]
            for name in ("talk_s", "hold_s", "wrap_up_s"):
                assert sum(getattr(part, name) for part in own) == getattr(each, name)
            assert len({part.agent_id for part in own}) == len(own)


def test_without_talk_and_chat_nothing_is_asked():
    with source("https://acme.zendesk.com") as zendesk:
        assert not {"calls", "legs", "chats"} & set(streams(zendesk))
