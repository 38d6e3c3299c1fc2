"""The facts of records that need no ticket: one select for each kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from types import MappingProxyType
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import polars as pl

from deskpulse.clock import to_micros
from deskpulse.records.people import EMAIL_KEY, email_key
from deskpulse_reports.facts import record_schema as schema
from deskpulse_reports.facts.facts import in_schema
from deskpulse_reports.facts.words import plausible

if TYPE_CHECKING:
    from deskpulse_reports.facts.schema import Schema

_DIMS = {
    "channel": "channel",
    "brand": "brand",
    "reason": "reason",
    "language": "language",
    "team": "team_id",
    "agent": "agent_id",
    "customer": "customer_id",
    "account": "account_id",
    "article": "article",
    "article_group": "article_group",
    "network": "network",
    "sentiment": "sentiment",
}
"""Dimensions of a measurement that have columns of their own, by their name in `dims`."""


def record_facts(
    kind: str, records: pl.DataFrame, tiers: pl.DataFrame, zone: str = "UTC"
) -> pl.DataFrame:
    """The fact rows of these records of a kind, as stored: by source and id.

    `tiers` has source, id and tier of their accounts; `zone` is the desk's, whose days are meant.
    """
    columns, table = _KINDS[kind]
    named = records.sort("source", "id").with_columns(
        pl.col("id").alias(f"{kind}_id"), counted=pl.col("removed_reason").is_null()
    )
    if kind != "account" and "account_tier" in table:
        of_account = tiers.select("source", account_id="id", account_tier="tier")
        named = named.join(
            of_account, on=["source", "account_id"], how="left", maintain_order="left"
        )
    return in_schema(columns(named, zone), table)


def _orders(orders: pl.DataFrame, _zone: str) -> pl.DataFrame:
    net = pl.col("total") - pl.col("refunded").fill_null(0.0)
    cancelled = pl.col("cancelled_at").is_not_null()
    return orders.with_columns(
        *_money("total", "refunded"), plausible("placed_at"), plausible("cancelled_at")
    ).with_columns(net=pl.when(cancelled & net.is_not_null()).then(0.0).otherwise(net))


def _subscriptions(subscriptions: pl.DataFrame, _zone: str) -> pl.DataFrame:
    return subscriptions.with_columns(
        *_money("mrr"), plausible("started_at"), plausible("ended_at")
    )


def _usage(usage: pl.DataFrame, zone: str) -> pl.DataFrame:
    counts = ("sessions", "actions")
    known = [pl.col(name) > 0 for name in counts] + [pl.col("activated")]
    silent = pl.all_horizontal(pl.col(name).is_null() for name in (*counts, "activated"))
    flaws = [(pl.col(name) < 0).fill_null(value=False) for name in counts]
    return _with_days(usage, zone).with_columns(
        *(pl.when(~flaw).then(name).alias(name) for name, flaw in zip(counts, flaws, strict=True)),
        flawed=pl.any_horizontal(flaws),
        active=silent | pl.any_horizontal(each.fill_null(value=False) for each in known),
    )


def _measurements(measurements: pl.DataFrame, zone: str) -> pl.DataFrame:
    dims = pl.col("dims").str
    value = pl.col("value")
    return _with_days(measurements, zone).with_columns(
        *(dims.json_path_match(f"$.{name}").alias(column) for name, column in _DIMS.items()),
        value=pl.when(value.is_finite()).then(value),
        flawed=~value.is_finite().fill_null(value=True),
    )


def _accounts(accounts: pl.DataFrame, _zone: str) -> pl.DataFrame:
    return accounts.with_columns(
        *_money("value"),
        plausible("created_at"),
        plausible("churned_at"),
        account_tier="tier",
    )


def _customers(customers: pl.DataFrame, _zone: str) -> pl.DataFrame:
    known = pl.col("custom").str.json_path_match(f"$.{EMAIL_KEY}")
    hashed = pl.col("email").map_elements(email_key, return_dtype=pl.String)
    return customers.with_columns(plausible("created_at"), person=pl.coalesce(hashed, known))


def _agents(agents: pl.DataFrame, _zone: str) -> pl.DataFrame:
    teams = pl.col("team_ids").str.json_decode(pl.List(pl.String))
    return agents.with_columns(
        *_money("hourly_cost"), plausible("created_at"), team_ids=teams
    ).with_columns(
        team_id=pl.when(pl.col("team_ids").list.len() == 1).then(pl.col("team_ids").list.first())
    )


def _teams(teams: pl.DataFrame, _zone: str) -> pl.DataFrame:
    return teams


_KINDS: Mapping[str, tuple[Callable[[pl.DataFrame, str], pl.DataFrame], Schema]] = MappingProxyType(
    {
        "order": (_orders, schema.ORDERS),
        "subscription": (_subscriptions, schema.SUBSCRIPTIONS),
        "usage": (_usage, schema.USAGE),
        "measurement": (_measurements, schema.MEASUREMENTS),
        "account": (_accounts, schema.ACCOUNTS),
        "customer": (_customers, schema.CUSTOMERS),
        "agent": (_agents, schema.AGENTS),
        "team": (_teams, schema.TEAMS),
    }
)


def _money(*names: str) -> tuple[pl.Expr, ...]:
    return tuple(pl.col(name).cast(pl.Float64, strict=False) for name in names)


def _with_days(records: pl.DataFrame, zone: str) -> pl.DataFrame:
    """`day` as days since 1970, and `day_at`, when that day begins in the zone."""
    begins = ZoneInfo(zone)
    day = pl.col("day").str.to_date("%Y-%m-%d", strict=False)
    begun = {
        each: to_micros(datetime.combine(each, time(), begins).astimezone(UTC))
        for each in records.select(day).to_series().unique().drop_nulls()
        if isinstance(each, date)
    }
    return records.with_columns(
        day=day.to_physical(),
        day_at=day.replace_strict(begun, default=None, return_dtype=pl.Int64),
    )
