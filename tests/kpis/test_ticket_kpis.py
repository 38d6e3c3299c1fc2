"""Activity, touches, handling, waits, intake, standing, bots: by hand, and nothing as null."""

from datetime import date

import pytest

from support.marts import engine, fact

JUNE = {"start": date(2025, 6, 1), "end": date(2025, 6, 30)}


def the_row(result):
    (row,) = result.rows
    return row


def ticket(number, **more):
    return fact(
        ticket_id=str(number), created_at="2025-06-02T09:00", status="solved",
        resolved_at="2025-06-03T09:00", resolved_agent_id="ann", resolved_team_id="t1",
        first_resolved_at="2025-06-03T09:00",
    ) | fact(**more)  # fmt: skip


TICKETS = [
    ticket(1, touch="zero", agent_replies=0, customer_messages=1, public_agent_comments=0,
           internal_notes=0, agent_activities=2, agents_involved=0, logged_s=600.0,
           assignee_stations=1, group_stations=1, transfers=0, escalations=0,
           bot_messages=2, bot_resolved=True, handoffs=0, agent_wait_s=0.0, on_hold_s=0.0,
           agent_work_s=100.0, requester_wait_s=100.0, running_status="solved",
           running_at="2025-06-03T09:00", kind="Complaint"),
    ticket(2, touch="two", agent_replies=2, customer_messages=3, public_agent_comments=2,
           internal_notes=4, agent_activities=8, agents_involved=2, logged_s=1200.0,
           assignee_stations=2, group_stations=2, transfers=1, escalations=1,
           escalated_at="2025-06-02T12:00", first_reply_at="2025-06-02T11:00",
           first_reply_s=7200.0, further_customer_messages=2, bot_messages=1,
           bot_resolved=False, handoffs=1, human_response_s=42.0, agent_wait_s=60.0,
           on_hold_s=30.0, agent_work_s=300.0, requester_wait_s=330.0, running_status="solved",
           running_at="2025-06-03T09:00", first_assigned_at="2025-06-02T10:00",
           unassigned_s=3600.0, first_assignment_s=82800.0, last_assignment_s=7200.0,
           tags=["vip", "complaint"]),
    ticket(3, touch="multi", agent_replies=3, customer_messages=2, public_agent_comments=3,
           internal_notes=2, agent_activities=5, agents_involved=1, assignee_stations=3,
           group_stations=1, transfers=0, escalations=0, first_reply_at="2025-06-02T09:30",
           first_reply_s=1800.0, further_customer_messages=0, agent_wait_s=0.0, on_hold_s=0.0,
           agent_work_s=500.0, requester_wait_s=500.0, running_status="solved",
           running_at="2025-06-03T09:00", closed_at="2025-06-05T09:00"),
    # still open since 30 June 23:00, an hour before the present
    ticket(4, status="open", resolved_at=None, first_resolved_at=None, touch=None,
           agent_replies=0, reopens=1, agent_wait_s=0.0, on_hold_s=0.0, agent_work_s=0.0,
           requester_wait_s=0.0, running_status="open", running_at="2025-06-30T23:00"),
    ticket(5, counted=False, removed_reason="merged", removed_at="2025-06-04T09:00"),
    ticket(6, counted=False, removed_reason="spam", removed_at="2025-06-04T09:00"),
    ticket(7, counted=False, removed_reason="deleted", removed_at="2025-06-04T09:00"),
]  # fmt: skip


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    opened = engine(tmp_path_factory.mktemp("mart"), tickets=TICKETS)
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("kpi", "value", "n"),
    [
        ("zero_touch_rate", 1 / 3, 3),
        ("two_touch_rate", 1 / 3, 3),
        ("multi_touch_rate", 1 / 3, 3),
        ("fcr_no_further_contact", 1 / 2, 2),
        ("escalation_rate", 1 / 4, 4),
        ("escalated_tickets", 1, 1),
        ("transfer_rate", 1 / 4, 4),
        ("complaints", 2, 2),
        ("complaint_rate", 2 / 4, 4),
        ("merged_tickets", 1, 1),
        ("spam_tickets", 1, 1),
        ("deleted_tickets", 1, 1),
        ("closed_tickets", 1, 1),
        ("bot_conversations", 2, 2),
        ("bot_resolution_rate", 1 / 2, 2),
        ("bot_handoff_rate", 1 / 2, 2),
        ("automation_rate", 1 / 3, 3),
        ("first_reply_within_1h", 1 / 2, 2),
        ("first_reply_within_4h", 1.0, 2),
        ("first_reply_within_8h", 1.0, 2),
        ("first_reply_within_24h", 1.0, 2),
        ("unattended", 1, 1),
        ("unassigned", 1, 1),
        ("unreplied", 1, 1),
        ("reopened_open", 1, 1),
    ],
)
def test_counts_and_rates(desk, kpi, value, n):
    row = the_row(desk.compute(kpi))
    assert (row.value, row.n) == (pytest.approx(value), n)


@pytest.mark.parametrize(
    ("kpi", "median", "mean", "n"),
    [
        ("agent_replies", 2, 5 / 3, 3),
        ("activities_per_resolution", 5, 5, 3),
        ("messages_per_ticket", 5, 11 / 3, 3),
        ("notes_per_ticket", 2, 2, 3),
        ("time_logged_per_ticket", 900, 900, 2),
        ("assignee_stations", 2, 2, 3),
        ("group_stations", 1, 4 / 3, 3),
        ("agents_involved", 1, 1, 3),
        ("human_response_time", 42, 42, 1),
        ("agent_wait_time", 0, 15, 4),
        ("on_hold_time", 0, 7.5, 4),
        ("agent_work_time", 400, (100 + 300 + 500 + 3600) / 4, 4),
        ("solve_time", 445, (100 + 390 + 500 + 3600) / 4, 4),
        ("unassigned_time", 3600, 3600, 1),
        ("first_assignment_to_resolution", 82800, 82800, 1),
        ("last_assignment_to_resolution", 7200, 7200, 1),
    ],
)
def test_numbers_per_ticket(desk, kpi, median, mean, n):
    row = the_row(desk.compute(kpi))
    assert (row.value, row.mean, row.n) == (median, pytest.approx(mean), n)


@pytest.mark.parametrize(
    "kpi",
    [
        "zero_touch_rate", "two_touch_rate", "multi_touch_rate", "fcr_no_further_contact",
        "escalation_rate", "transfer_rate", "complaint_rate", "bot_resolution_rate",
        "bot_handoff_rate", "automation_rate", "first_reply_within_1h", "agent_replies",
        "activities_per_resolution", "messages_per_ticket", "notes_per_ticket",
        "time_logged_per_ticket", "assignee_stations", "agents_involved", "human_response_time",
        "agent_wait_time", "on_hold_time", "agent_work_time", "solve_time", "unassigned_time",
        "first_assignment_to_resolution", "last_assignment_to_resolution", "fcr_no_repeat_contact",
        "fcr_no_repeat_same_reason", "repeat_contact_rate", "group_stations", "time_logged",
    ],
)  # fmt: skip
def test_no_tickets_is_no_figure(tmp_path, kpi):
    row = the_row(engine(tmp_path, tickets=[]).compute(kpi, **JUNE))
    assert (row.value, row.n) == (None, 0)


def event(kind, role="agent", **more):
    return fact(ticket_id="1", type=kind, acted_at="2025-06-02T10:00", actor_role=role, **more)


EVENTS = [
    event("public_reply"), event("public_reply"), event("chat_message"), event("internal_note"),
    event("public_reply", "bot"), event("status_change", "system"), event("field_change", None),
    event("time_entry", spent_s=90.0), event("time_entry", spent_s=None, flawed=True),
    event("call_in", counted=False),
]  # fmt: skip


def test_activities_by_type_and_by_whom(tmp_path):
    desk = engine(tmp_path, activities=EVENTS)
    by_type = {
        row.dims["type"]: row.value for row in desk.compute("service_activities", ["type"]).rows
    }
    assert by_type == {"public_reply": 2, "chat_message": 1, "internal_note": 1, "time_entry": 2}
    expected = {"service_activities": 6, "automatic_activities": 2, "public_replies": 3,
                "internal_notes": 1, "time_logged": 90}  # fmt: skip
    found = {kpi: the_row(desk.compute(kpi)).value for kpi in expected}
    assert found == expected


def test_a_ticket_resolved_twice_is_two_resolve_events(tmp_path):
    stage = {"ticket_id": "1", "stage": "solved", "resolves": True}
    rows = [
        fact(**stage, started_at="2025-06-02T10:00", ended_at="2025-06-03T10:00"),
        fact(ticket_id="1", stage="open", started_at="2025-06-03T10:00", resolves=False),
        fact(**stage, started_at="2025-06-04T10:00"),
    ]
    desk = engine(tmp_path, stages=rows)
    assert the_row(desk.compute("resolve_events")).value == 2
    assert the_row(desk.compute("resolve_events", start=date(2025, 6, 4))).value == 1


def test_one_customer_is_one_requester_a_bucket(tmp_path):
    rows = [
        fact(ticket_id="1", customer_id="a", created_at="2025-06-02T09:00"),
        fact(ticket_id="2", customer_id="a", created_at="2025-06-03T09:00"),
        fact(ticket_id="3", customer_id="b", created_at="2025-06-03T09:00"),
        fact(ticket_id="4", customer_id="c", created_at="2025-06-03T09:00", initiated_by="agent"),
    ]
    desk = engine(tmp_path, tickets=rows)
    assert the_row(desk.compute("requesters")).value == 2
    assert [row.value for row in desk.compute("requesters", every="day").rows] == [1, 2]


def contact(number, created, again=None, alike=None, **more):
    return fact(ticket_id=str(number), customer_id="a", created_at=created, next_contact_at=again,
                next_same_reason_at=alike, **more)  # fmt: skip


def test_a_repeat_within_seven_days_to_the_second_counts(tmp_path):
    rows = [
        contact(1, "2025-06-01T10:00", again="2025-06-08T10:00", alike="2025-06-20T10:00"),
        contact(2, "2025-06-08T10:00", again="2025-06-15T10:00:01"),
        contact(3, "2025-06-20T10:00"),
        contact(4, "2025-06-24T00:00"),  # seven days old at the present: no longer pending
        contact(5, "2025-06-24T00:00:01", again="2025-06-24T00:00:02"),  # pending, though repeated
        contact(6, "2025-06-02T10:00", again="2025-06-03T10:00", counted=False),
    ]
    desk = engine(tmp_path, tickets=rows)
    found = {
        kpi: (the_row(desk.compute(kpi)).value, the_row(desk.compute(kpi)).n)
        for kpi in ("repeat_contact_rate", "fcr_no_repeat_contact", "fcr_no_repeat_same_reason")
    }
    assert found == {
        "repeat_contact_rate": (1 / 4, 4),
        "fcr_no_repeat_contact": (3 / 4, 4),
        "fcr_no_repeat_same_reason": (1.0, 4),
    }
    assert desk.cases("repeat_contact_rate").total == 4


def test_a_written_contact_without_an_answer_for_seven_days_is_abandoned(tmp_path):
    rows = [
        contact(1, "2025-06-01T10:00", channel="email"),
        contact(2, "2025-06-01T10:00", channel="email", first_reply_at="2025-06-20T10:00"),
        contact(3, "2025-06-01T10:00", channel="chat", bot_resolved=True),
        contact(4, "2025-06-29T10:00", channel="email"),
        contact(5, "2025-06-01T10:00", channel="email", initiated_by="agent"),
    ]
    desk = engine(tmp_path, tickets=rows)
    found = desk.compute("written_abandon_rate", ["channel"]).rows
    assert {row.dims["channel"]: (row.value, row.n) for row in found} == {
        "email": (0.5, 2),
        "chat": (0.0, 1),
    }
