"""The columns of what needs no ticket: sales, use, outside numbers, and who is who.

Instants, durations and nulls as in `schema`. Money is a number beside its currency; sums make sense
within one currency only. `counted` is false for records that are gone. A figure that cannot be (a
negative number of sessions, a value that is no number) is null, and the row is `flawed`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from deskpulse_reports.facts.schema import Schema

ORDERS: Schema = {
    "source": pl.String,
    "order_id": pl.String,
    "customer_id": pl.String,
    "account_id": pl.String,
    "account_tier": pl.String,
    "channel": pl.String,
    "placed_at": pl.Int64,
    "cancelled_at": pl.Int64,
    "total": pl.Float64,
    "refunded": pl.Float64,
    "net": pl.Float64,  # total - refunded; 0 for a cancelled order; null without a total
    "currency": pl.String,
    "counted": pl.Boolean,
}
"""One row an order."""

SUBSCRIPTIONS: Schema = {
    "source": pl.String,
    "subscription_id": pl.String,
    "customer_id": pl.String,
    "account_id": pl.String,
    "account_tier": pl.String,
    "plan": pl.String,
    "started_at": pl.Int64,
    "ended_at": pl.Int64,  # null while it runs
    "mrr": pl.Float64,  # money a month
    "currency": pl.String,
    "counted": pl.Boolean,
}
"""One row a subscription."""

USAGE: Schema = {
    "source": pl.String,
    "usage_id": pl.String,
    "customer_id": pl.String,
    "day": pl.Int32,  # as in `days`
    "day_at": pl.Int64,  # when that day began in the desk's zone
    "sessions": pl.Int64,
    "actions": pl.Int64,
    "activated": pl.Boolean,
    "active": pl.Boolean,  # any session, action or activation; a row without figures is active
    "flawed": pl.Boolean,
    "counted": pl.Boolean,
}
"""One row a customer and day."""

MEASUREMENTS: Schema = {
    "source": pl.String,
    "measurement_id": pl.String,
    "name": pl.String,  # visits, kb_views, training_spend, paid_hours, mentions, ...
    "day": pl.Int32,  # as in `days`
    "day_at": pl.Int64,  # when that day began in the desk's zone
    "value": pl.Float64,
    "unit": pl.String,
    "dims": pl.String,  # all of them, as JSON; the usual ones have columns:
    "channel": pl.String,
    "brand": pl.String,
    "reason": pl.String,
    "language": pl.String,
    "team_id": pl.String,
    "agent_id": pl.String,
    "customer_id": pl.String,
    "account_id": pl.String,
    "article": pl.String,
    "article_group": pl.String,
    "network": pl.String,
    "sentiment": pl.String,
    "flawed": pl.Boolean,
    "counted": pl.Boolean,
}
"""One row an outside number on a day."""

ACCOUNTS: Schema = {
    "source": pl.String,
    "account_id": pl.String,
    "name": pl.String,
    "account_tier": pl.String,
    "value": pl.Float64,
    "currency": pl.String,
    "created_at": pl.Int64,
    "churned_at": pl.Int64,
    "counted": pl.Boolean,
}
"""One row a customer organisation."""

CUSTOMERS: Schema = {
    "source": pl.String,
    "customer_id": pl.String,
    "name": pl.String,
    "account_id": pl.String,
    "account_tier": pl.String,
    "language": pl.String,
    "segment": pl.String,
    "person": pl.String,  # hash of the e-mail address: the same in every source
    "created_at": pl.Int64,
    "counted": pl.Boolean,
}
"""One row a customer."""

AGENTS: Schema = {
    "source": pl.String,
    "agent_id": pl.String,
    "name": pl.String,
    "team_id": pl.String,  # the only team; null with none or several
    "team_ids": pl.List(pl.String),
    "active": pl.Boolean,
    "hourly_cost": pl.Float64,
    "currency": pl.String,
    "created_at": pl.Int64,
    "counted": pl.Boolean,
}
"""One row an agent."""

TEAMS: Schema = {
    "source": pl.String,
    "team_id": pl.String,
    "name": pl.String,
    "department": pl.String,
    "counted": pl.Boolean,
}
"""One row a team."""

DAYS: Schema = {
    "day": pl.Int32,  # days since 1970-01-01, a local day
    "date": pl.Date,
    "weekday": pl.Int32,  # 0 Monday .. 6 Sunday
    "week": pl.Int32,  # day number of its Monday
    "month": pl.Int32,  # day number of its first
}
"""One row a day, for buckets by week and month and for days on which nothing happened."""
