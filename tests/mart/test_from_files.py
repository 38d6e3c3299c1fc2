"""Lines of every kind, synced, derived and read by DuckDB: each record is a row of its table."""

import orjson
import pytest

from deskpulse.clock import SystemClock
from deskpulse.records import KINDS
from deskpulse.sync import SyncEngine
from support.files_source import files_source
from support.mart_rows import STORED, files, mart_dicts, refresh
from support.marts import at

LINES = [
    {"record": "account", "id": "acme", "name": "Acme", "tier": "gold", "value": "1200.50",
     "currency": "EUR", "created_at": "2026-01-01T00:00Z", "churned_at": "2026-06-01T00:00Z"},
    {"record": "customer", "id": "c1", "name": "Ann", "account_id": "acme", "language": "de",
     "created_at": "2026-02-01T00:00Z", "segment": "pilot"},
    {"record": "agent", "id": "a1", "name": "Bob", "team_ids": ["t1"], "active": True,
     "hourly_cost": "30.25", "currency": "EUR", "created_at": "2025-01-01T00:00Z"},
    {"record": "team", "id": "t1", "name": "Blue", "department": "Sales"},
    {"record": "role", "id": "r1", "person_id": "a1", "role": "agent"},
    {"record": "schedule", "id": "s1", "name": "Office", "tz": "UTC",
     "weekly": {"mon": [["09:00", "17:00"]]}},
    {"record": "sla_policy", "id": "p1", "name": "All"},
    {"record": "vendor_metric", "id": "v1", "ticket_id": "1", "metric": "first_reply_s",
     "value_s": 60},
    {"record": "ticket", "id": "1", "created_at": "2026-05-01T08:00Z", "requester_id": "c1",
     "account_id": "acme", "assignee_id": "a1", "reason": "late", "status": "solved",
     "tags": ["x"]},
    {"record": "ticket", "id": "2", "created_at": "2026-05-03T08:00Z", "requester_id": "c1",
     "reason": "other"},
    {"record": "message", "id": "m1", "ticket_id": "1", "sent_at": "2026-05-01T09:00Z",
     "author_id": "a1", "public": True},
    {"record": "change", "id": "h1", "ticket_id": "1", "changed_at": "2026-05-01T09:30Z",
     "actor_id": "a1", "field": "priority", "old": "low", "new": "high"},
    {"record": "change", "id": "h2", "ticket_id": "1", "changed_at": "2026-05-01T10:00Z",
     "actor_id": "a1", "field": "status", "old": "new", "new": "solved"},
    {"record": "survey", "id": "u1", "ticket_id": "1", "score": 1, "sent_at": "2026-05-02T08:00Z",
     "answered_at": "2026-05-02T09:00Z", "scale_min": 0, "scale_max": 1},
    {"record": "survey", "id": "u2", "kind": "nps", "score": 9, "customer_id": "c1",
     "answered_at": "2026-05-02T09:00Z", "scale_min": 0, "scale_max": 10},
    {"record": "interaction", "id": "i1", "channel": "voice", "direction": "inbound",
     "queued_at": "2026-05-01T08:00Z", "answered_at": "2026-05-01T08:00:20Z",
     "ended_at": "2026-05-01T08:05:00Z", "hold_s": 60, "wrap_up_s": 30, "agent_id": "a1",
     "ticket_id": "1"},
    {"record": "interaction", "id": "i2", "channel": "chat", "queued_at": "2026-05-01T08:00Z",
     "ended_at": "2026-05-01T08:01Z", "outcome": "abandoned", "customer_id": "c1"},
    {"record": "worklog", "id": "w1", "ticket_id": "1", "agent_id": "a1", "spent_s": 120,
     "started_at": "2026-05-01T09:10Z"},
    {"record": "worklog", "id": "w2", "agent_id": "a1", "spent_s": 3600,
     "started_at": "2026-05-01T13:00Z", "kind": "training"},
    {"record": "order", "id": "o1", "customer_id": "c1", "account_id": "acme", "total": "100.00",
     "refunded": "20.00", "currency": "EUR", "placed_at": "2026-05-04T08:00Z", "channel": "web"},
    {"record": "subscription", "id": "b1", "account_id": "acme", "plan": "pro", "mrr": "99.90",
     "currency": "EUR", "started_at": "2026-01-01T00:00Z"},
    {"record": "usage", "id": "g1", "customer_id": "c1", "day": "2026-05-01", "sessions": 2},
    {"record": "measurement", "id": "e1", "name": "mentions", "day": "2026-05-01", "value": 7,
     "dims": {"network": "x", "sentiment": "good", "team": "t1"}},
    {"record": "tombstone", "of": "order", "id": "o9", "reason": "deleted"},
]  # fmt: skip


@pytest.fixture
def mart(sqlite_store, tmp_path, clock):
    (tmp_path / "all.ndjson").write_bytes(b"".join(orjson.dumps(line) + b"\n" for line in LINES))
    source = files_source(tmp_path, path="all.ndjson")
    run = SyncEngine(sqlite_store, SystemClock()).run([source]).streams[0]
    assert (run.rejected, run.rows.new >= len(LINES)) == (0, True)
    assert refresh(sqlite_store, tmp_path / "mart", clock) == "everything"
    return tmp_path / "mart"


def only(mart, table, **where):
    [row] = [r for r in mart_dicts(mart, table) if all(r[n] == v for n, v in where.items())]
    return row


def shown(row, **expected):
    assert {name: row[name] for name in expected} == expected


def test_the_lines_are_of_every_kind():
    assert {line["record"] for line in LINES} == set(KINDS)


def test_every_table_has_rows(mart):
    assert [
        table
        for table in STORED
        if not mart_dicts(mart, table) and table not in ("replies", "reactions", "sla")
    ] == []


def test_the_ticket_knows_what_it_took(mart):
    shown(
        only(mart, "tickets", ticket_id="1"),
        account_tier="gold",
        agent_activities=5,  # reply, two changes, worklog, call
        agents_involved=1,
        logged_s=120.0,
        handled_s=310.0,
        next_contact_at=at("2026-05-03T08:00"),
        next_same_reason_at=None,
        first_assigned_at=at("2026-05-01T08:00"),
        unassigned_s=0.0,
        surveys_sent=1,
        surveys_answered=1,
        bot_resolved=None,
    )


def test_activities_of_the_ticket_and_of_none(mart):
    found = [
        (row["type"], row["ticket_id"], row["acted_at"], row["before_resolution"], row["reason"])
        for row in mart_dicts(mart, "activities")
    ]
    assert sorted(found, key=repr) == sorted(
        [
            ("public_reply", "1", at("2026-05-01T09:00"), True, "late"),
            ("field_change", "1", at("2026-05-01T09:30"), True, "late"),
            ("status_change", "1", at("2026-05-01T10:00"), True, "late"),
            ("time_entry", "1", at("2026-05-01T09:10"), True, "late"),
            ("call_in", "1", at("2026-05-01T08:00:20"), True, "late"),
            ("time_entry", None, at("2026-05-01T13:00"), None, None),
        ],
        key=repr,
    )


def test_calls_and_chats(mart):
    call = only(mart, "interactions", interaction_id="i1")
    shown(call, wait_s=20.0, talk_s=220.0, hold_s=60.0, handle_s=310.0, outcome="answered")
    shown(call, customer_id="c1", reason="late", account_tier="gold", channel="voice")
    chat = only(mart, "interactions", interaction_id="i2")
    shown(chat, ticket_id=None, wait_s=60.0, handle_s=None, in_hours=True, counted=True)


def test_surveys_without_a_ticket_are_there(mart):
    shown(only(mart, "surveys", survey_id="u1"), ticket_id="1", good=True, reason="late")
    shown(only(mart, "surveys", survey_id="u2"), ticket_id=None, score=9.0, customer_id="c1")


def test_commerce(mart):
    shown(only(mart, "orders"), total=100.0, net=80.0, account_tier="gold", counted=True)
    shown(only(mart, "subscriptions"), mrr=99.9, ended_at=None, plan="pro", account_tier="gold")
    shown(only(mart, "usage"), day=20574, sessions=2, active=True, flawed=False)
    shown(only(mart, "usage"), day_at=at("2026-05-01T00:00"))
    row = only(mart, "measurements")
    shown(row, name="mentions", value=7.0, network="x", sentiment="good", team_id="t1")


def test_who_is_who(mart):
    shown(
        only(mart, "accounts"), account_tier="gold", value=1200.5, churned_at=at("2026-06-01T00:00")
    )
    shown(only(mart, "customers"), name="Ann", account_tier="gold", segment="pilot")
    shown(only(mart, "agents"), hourly_cost=30.25, team_id="t1", team_ids=["t1"], active=True)
    shown(only(mart, "teams"), name="Blue", department="Sales")


def test_deriving_again_writes_nothing(mart, sqlite_store, clock):
    before = files(mart)
    assert refresh(sqlite_store, mart, clock) == "nothing"
    assert files(mart) == before
