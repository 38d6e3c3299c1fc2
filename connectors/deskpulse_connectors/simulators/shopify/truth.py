"""What a perfect copy of the shop holds."""

from __future__ import annotations

from typing import Any

from deskpulse_connectors.simulators.shopify.shop import Shop


def truth(shop: Shop) -> dict[str, Any]:
    """Ids are the numbers as text; amounts are text in the shop's currency.

    orders {id: fields} without test orders; customers {id: fields}; refunds {id: (day, amount)} and
    returns {id: (day, quantity, status)} of the orders, those of test orders left out.
    """
    real = {ident: raw for ident, raw in shop.orders.items() if not raw["test"]}
    return {
        "orders": {
            str(ident): {
                "customer": str(raw["customer"]),
                "placed_at": raw["processedAt"],
                "cancelled_at": raw["cancelledAt"],
                "updated_at": raw["updatedAt"],
                "total": raw["totalPriceSet"]["shopMoney"]["amount"],
                "refunded": raw["totalRefundedSet"]["shopMoney"]["amount"],
                "currency": raw["currencyCode"],
                "channel": raw["sourceName"],
            }
            for ident, raw in real.items()
        },
        "customers": {
            str(ident): {
                "spent": raw["amountSpent"]["amount"],
                "orders": int(raw["numberOfOrders"]),
                "email": raw["defaultEmailAddress"]["emailAddress"],
                "name": raw["displayName"],
                "created_at": raw["createdAt"],
            }
            for ident, raw in shop.customers.items()
        },
        "refunds": {
            _number(refund): (
                refund["createdAt"][:10],
                refund["totalRefundedSet"]["shopMoney"]["amount"],
            )
            for raw in real.values()
            for refund in raw["refunds"]
        },
        "returns": {
            _number(back): (back["createdAt"][:10], back["totalQuantity"], back["status"])
            for raw in real.values()
            for back in raw["returns"]
        },
    }


def _number(raw: dict[str, Any]) -> str:
    return str(raw["id"]).rpartition("/")[2]
