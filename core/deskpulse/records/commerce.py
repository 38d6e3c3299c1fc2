"""What customers buy and use, and outside numbers on a day."""

from __future__ import annotations

from typing import ClassVar

from pydantic import Field

from deskpulse.records.base import Day, Id, Instant, Money, Record


class Order(Record):
    """A purchase. Money is a decimal with an ISO 4217 currency."""

    kind_name: ClassVar[str] = "order"

    customer_id: Id | None = None
    account_id: Id | None = None
    placed_at: Instant | None = None
    cancelled_at: Instant | None = None
    total: Money | None = None
    refunded: Money | None = None
    currency: str | None = None
    channel: str | None = None
    updated_at: Instant | None = None


class Subscription(Record):
    """A recurring purchase; `mrr` is money per month."""

    kind_name: ClassVar[str] = "subscription"

    customer_id: Id | None = None
    account_id: Id | None = None
    plan: str | None = None
    started_at: Instant | None = None
    ended_at: Instant | None = None
    mrr: Money | None = None
    currency: str | None = None
    updated_at: Instant | None = None


class Usage(Record):
    """What one customer did on one day."""

    kind_name: ClassVar[str] = "usage"

    customer_id: Id
    day: Day
    sessions: int | None = None
    actions: int | None = None
    activated: bool | None = None


class Measurement(Record):
    """Any outside number on a day: visits, kb_views, training_spend, paid_hours, ..."""

    kind_name: ClassVar[str] = "measurement"

    name: str
    day: Day
    value: float
    unit: str | None = None
    dims: dict[str, str] = Field(default_factory=dict)
