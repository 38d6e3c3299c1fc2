"""The tables that specs may name: those of the mart, and what is read from them as another one."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import polars as pl

from deskpulse_reports.facts import schema

PAYERS: schema.Schema = {
    "source": pl.String,
    "payer_id": pl.String,  # the account, or the customer without one
    "account_id": pl.String,
    "account_tier": pl.String,
    "started_at": pl.Int64,
    "ended_at": pl.Int64,  # null while they pay
    "mrr": pl.Float64,  # money a month: what paid to the end; what runs, while they pay
    "currency": pl.String,  # `several` where subscriptions of the span differ
    "counted": pl.Boolean,
}
"""One row a stretch in which a customer paid without a gap of a day, by whichever subscriptions.

A change of price or plan ends one subscription and begins another: it loses no customer.
"""

UNSOLVED: schema.Schema = {
    **schema.STAGES,
    "created_at": pl.Int64,  # the ticket's
    "updated_at": pl.Int64,  # the ticket's, as its source says
}
"""One row a span in which a ticket was unsolved, with the age of its ticket."""

_UNSOLVED = """
SELECT s.*, t.created_at, t.updated_at
FROM stages AS s JOIN tickets AS t ON t.source = s.source AND t.ticket_id = s.ticket_id
WHERE s.unsolved
"""
_DAY = 86_400_000_000
_STILL = 4_000_000_000_000_000_000
_BY_PAYER = "PARTITION BY source, payer_id ORDER BY started_at, until, subscription_id"
_PAYERS = f"""
WITH paying AS (
    SELECT source, COALESCE(account_id, customer_id) AS payer_id, subscription_id, account_id,
           account_tier, started_at, COALESCE(ended_at, {_STILL}) AS until, mrr, currency
    FROM subscriptions
    WHERE counted AND mrr > 0 AND started_at IS NOT NULL
      AND COALESCE(account_id, customer_id) IS NOT NULL
      AND (ended_at IS NULL OR ended_at > started_at)
), reached AS (
    SELECT *, MAX(until) OVER ({_BY_PAYER} ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS paid
    FROM paying
), numbered AS (
    SELECT *, SUM(CASE WHEN paid IS NULL OR started_at > paid + {_DAY} THEN 1 ELSE 0 END)
              OVER ({_BY_PAYER} ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS span
    FROM reached
), closed AS (
    SELECT *, MAX(until) OVER (PARTITION BY source, payer_id, span) AS last FROM numbered
)
SELECT source, payer_id, MAX(account_id) AS account_id, MAX(account_tier) AS account_tier,
       MIN(started_at) AS started_at,
       CASE WHEN MAX(last) < {_STILL} THEN MAX(last) END AS ended_at,
       SUM(CASE WHEN until = last THEN mrr END) AS mrr,
       CASE WHEN COUNT(DISTINCT currency) > 1 THEN 'several' ELSE MAX(currency) END AS currency,
       TRUE AS counted
FROM closed GROUP BY source, payer_id, span
"""  # noqa: S608  numbers of our own

VIEWS: Mapping[str, str] = MappingProxyType({"payers": _PAYERS, "unsolved": _UNSOLVED})
"""View -> the SELECT over the mart's tables that it is; standard SQL, so that any engine has it."""
OUTSIDE: Mapping[str, str] = MappingProxyType(
    {
        **{name: name for name in ("surveys", "interactions", "orders", "subscriptions", "usage")},
        **{name: name for name in ("measurements", "accounts", "customers")},
        "payers": "subscriptions",
    }
)
"""Tables of records that a desk need not have, and the one that tells whether it has any.

Without a row in all time there is nothing to count: that is no data, not 0. A desk has tickets.
"""
TABLES: Mapping[str, schema.Schema] = MappingProxyType(
    {**schema.TABLES, "payers": PAYERS, "unsolved": UNSOLVED}
)
"""Every table by name."""
