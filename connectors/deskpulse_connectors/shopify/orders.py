"""Orders, refunds and returns."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from deskpulse.records import Measurement, Order, Record
from deskpulse_connectors.shopify.values import (
    day,
    listed,
    need,
    number,
    of_kind,
    shop_amount,
    whole,
)

REFUNDS = "refunds"
RETURNS = "returns"


def to_order(raw: Any, *, zone: str) -> Iterator[Record]:
    """An order in the shop's currency, and a measurement for each of its refunds.

    `total` is before refunds, so that total - refunded is what stayed. A test order is none.
    """
    ident = number(need(raw, "id", "order"), "order")
    what = f"order {ident}"
    if need(raw, "test", what) is True:
        return
    total, currency = shop_amount(need(raw, "totalPriceSet", what), what)
    refunded, _ = shop_amount(need(raw, "totalRefundedSet", what), what)
    customer = need(raw, "customer", what)
    buyer = None if customer is None else number(need(customer, "id", what), what)
    yield Order.read(
        {
            "id": ident,
            "customer_id": buyer,
            "account_id": buyer,
            "placed_at": raw.get("processedAt") or need(raw, "createdAt", what),
            "cancelled_at": need(raw, "cancelledAt", what),
            "total": total,
            "refunded": refunded,
            "currency": currency,
            "channel": raw.get("sourceName"),
            "updated_at": need(raw, "updatedAt", what),
        }
    )
    for refund in listed(raw, "refunds", what):
        yield _refund(refund, buyer, zone)


def _refund(raw: Any, buyer: str | None, zone: str) -> Measurement:
    what = f"refund {number(need(raw, 'id', 'refund'), 'refund')}"
    value = shop_amount(need(raw, "totalRefundedSet", what), what)
    return _measured(REFUNDS, raw, value, {"customer": buyer}, zone)


def to_return(raw: Any, *, zone: str) -> Iterator[Record]:
    """Returned goods: a return by itself, or an order with its returns; of test orders none."""
    ident = need(raw, "id", "return")
    if of_kind(ident, "Return"):
        found = [raw]
    else:
        found = listed(raw["returns"], "nodes", str(ident)) if "returns" in raw else []
    for each in found:
        what = f"return {number(need(each, 'id', 'return'), 'return')}"
        order = need(each, "order", what)
        if need(order, "test", what) is True:
            continue
        dims = {"status": need(each, "status", what), "order": number(order.get("id"), what)}
        quantity = Decimal(whole(each, "totalQuantity", what))
        yield _measured(RETURNS, each, (quantity, "items"), dims, zone)


def _measured(
    name: str, raw: Any, value: tuple[Decimal, str], dims: dict[str, str | None], zone: str
) -> Measurement:
    ident = f"{name}/{number(raw['id'], name)}"
    created = need(raw, "createdAt", ident)
    return Measurement.read(
        {
            "id": ident,
            "name": name,
            "day": day(created, zone, f"{ident}: createdAt"),
            "value": float(value[0]),
            "unit": value[1],
            "dims": {key: text for key, text in dims.items() if text is not None},
        }
    )
