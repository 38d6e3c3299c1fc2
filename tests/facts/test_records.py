"""Orders, subscriptions, usage, measurements, and who is who: one row a record."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from deskpulse.records.people import email_key
from deskpulse.store.columns import DOUBLE, FLAG, RECORD_COLUMNS, TEXT, WHOLE
from deskpulse_reports.facts.records import record_facts
from support.marts import at

TYPES = {TEXT: pl.String, WHOLE: pl.Int64, DOUBLE: pl.Float64, FLAG: pl.Boolean}
TIERS = pl.DataFrame({"source": ["s"], "id": ["acme"], "tier": ["gold"]})
SENTINEL = 253402300799 * 10**6


def row(kind, zone="UTC", **fields):
    """The fact row of one record as the store's reader gives it."""
    columns = {name: TYPES[form] for name, form in RECORD_COLUMNS[kind].items()}
    assert set(fields) <= set(columns)
    given = dict.fromkeys(columns) | {"source": "s", "id": "1"} | fields
    frame = record_facts(kind, pl.DataFrame([given], schema=columns), TIERS, zone)
    return frame.row(0, named=True)


def shown(found, **expected):
    assert {name: found[name] for name in expected} == expected


def test_orders():
    placed = {"placed_at": at("2026-05-01T00:00"), "account_id": "acme"}
    shown(row("order", total="10.00", **placed), net=10.0, account_tier="gold", counted=True)
    shown(row("order", total="10.00", refunded="4.50"), net=5.5, account_tier=None)
    shown(row("order", total="10.00", cancelled_at=at("2026-05-02T00:00")), net=0.0, total=10.0)
    shown(row("order", refunded="1"), total=None, net=None)
    shown(row("order", cancelled_at=at("2026-05-02T00:00")), net=None)
    shown(row("order", placed_at=SENTINEL, removed_reason="deleted"), placed_at=None, counted=False)


def test_subscriptions():
    shown(row("subscription", mrr="9.90", ended_at=SENTINEL), mrr=9.9, ended_at=None)


@pytest.mark.parametrize(
    ("fields", "active", "flawed"),
    [
        ({}, True, False),
        ({"sessions": 0}, False, False),
        ({"sessions": 0, "actions": 2}, True, False),
        ({"activated": True}, True, False),
        ({"activated": False}, False, False),
        ({"sessions": -1}, False, True),
    ],
)
def test_usage(fields, active, flawed):
    shown(row("usage", day="2026-05-01", **fields), active=active, flawed=flawed)


@pytest.mark.parametrize(
    ("zone", "day", "begins"),
    [
        ("UTC", "2026-05-01", "2026-05-01T00:00"),
        ("Asia/Tokyo", "2026-05-01", "2026-04-30T15:00"),
        ("Pacific/Kiritimati", "2026-05-01", "2026-04-30T10:00"),
        ("America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00"),  # there was no midnight
        ("America/New_York", "2025-11-02", "2025-11-02T04:00"),
    ],
)
def test_a_day_begins_where_the_desk_is(zone, day, begins):
    for kind, more in (("usage", {}), ("measurement", {"value": 1.0, "dims": "{}"})):
        found = row(kind, zone, day=day, **more)
        assert found["day_at"] == at(begins)
        assert found["day"] == (date.fromisoformat(day) - date(1970, 1, 1)).days


def test_measurements():
    dims = '{"channel":"web","odd name":"x","sentiment":"bad","team":"t"}'
    found = row("measurement", name="mentions", day="2026-05-01", value=3.0, dims=dims)
    shown(found, value=3.0, channel="web", sentiment="bad", team_id="t", network=None, dims=dims)
    shown(found, flawed=False, day=20574)
    for wrong in (float("nan"), float("inf")):
        shown(row("measurement", day="2026-05-01", value=wrong, dims="{}"), value=None, flawed=True)


def test_people():
    shown(row("account", tier="gold", value="5.5"), account_id="1", account_tier="gold", value=5.5)
    shown(row("customer", account_id="acme"), customer_id="1", account_tier="gold")
    shown(row("agent", team_ids='["t"]', hourly_cost="30"), team_id="t", hourly_cost=30.0)
    shown(row("agent", team_ids='["t","u"]'), team_id=None, team_ids=["t", "u"])
    shown(row("agent"), team_id=None, team_ids=None)
    shown(row("team", department="Sales"), team_id="1", department="Sales", counted=True)


def test_a_customer_is_known_by_address_in_every_source():
    key = email_key("ada@shop.example")
    shown(row("customer", email=" Ada@Shop.Example "), person=key)
    shown(row("customer", custom=f'{{"email_key":"{key}"}}'), person=key)
    shown(row("customer", email="bob@shop.example", custom=f'{{"email_key":"{key}"}}'),
          person=email_key("bob@shop.example"))  # fmt: skip
    for nobody in ({}, {"email": "unknown"}, {"email": ""}, {"custom": "{}"}):
        shown(row("customer", **nobody), person=None)
