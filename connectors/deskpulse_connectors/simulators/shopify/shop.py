"""The shop: customers who buy, refunds and returns; every change has its second."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from random import Random
from typing import Any

from deskpulse_connectors.simulators.town import address

FIRST_ID = 9_007_199_254_740_993
"""Ids begin where a float no longer tells one from the next (2^53 + 1)."""

CURRENCY = "EUR"
CHANNELS = ("web", "web", "web", "pos", "shopify_draft_order", "580111")
NAMES = ("Ada", "Ben", "Chloé", "Dmitri", "Élodie", "Farid", "Grażyna", "Hugo", "Ines", "Jörg")
RETURN_STATUS = ("REQUESTED", "OPEN", "CLOSED")


def iso(at: int) -> str:
    """Epoch seconds as the vendor writes instants."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Shop:
    """Objects by kind (`Order`, `Customer`) and number; `touched` is when each last changed."""

    def __init__(self, seed: int, *, town: bool = False) -> None:
        self._town = town
        self._random = Random(seed)  # noqa: S311 repeatable
        self._next = FIRST_ID
        self.orders: dict[int, dict[str, Any]] = {}
        self.customers: dict[int, dict[str, Any]] = {}
        self.touched: dict[tuple[str, int], int] = {}

    # --- what happens ------------------------------------------------------------------------

    def new_customer(self, at: int) -> int:
        """Somebody signs up."""
        ident = self._id()
        name = f"{self._random.choice(NAMES)} No {ident - FIRST_ID}"
        email = f"Buyer{ident - FIRST_ID}@Shop.Example"
        if self._town:
            email = address(len(self.customers) + 1).title()
        self.customers[ident] = {
            "id": f"gid://shopify/Customer/{ident}",
            "legacyResourceId": str(ident),
            "createdAt": iso(at),
            "updatedAt": iso(at),
            "displayName": name,
            "firstName": name.split(maxsplit=1)[0],
            "lastName": name.partition(" ")[2],
            "locale": self._random.choice(("en", "de", "fr")),
            "state": "ENABLED",
            "tags": [],
            "numberOfOrders": "0",
            "amountSpent": {"amount": "0.00", "currencyCode": CURRENCY},
            "defaultEmailAddress": {
                "emailAddress": email,
                "marketingState": "NOT_SUBSCRIBED",
            },
        }
        self.touched["Customer", ident] = at
        return ident

    def new_order(self, at: int, customer: int | None = None) -> int:
        """Somebody buys; a customer is worth what they spent."""
        if customer is None and (not self.customers or self._random.random() < 0.3):
            customer = self.new_customer(at)
        buyer = customer or self._random.choice(list(self.customers))
        ident = self._id()
        total = Decimal(self._random.randrange(500, 25_000)) / 100
        self.orders[ident] = {
            "id": f"gid://shopify/Order/{ident}",
            "legacyResourceId": str(ident),
            "name": f"#{1001 + len(self.orders)}",
            "createdAt": iso(at),
            "processedAt": iso(at),
            "updatedAt": iso(at),
            "cancelledAt": None,
            "closedAt": None,
            "test": self._random.random() < 0.02,
            "sourceName": self._random.choice(CHANNELS),
            "currencyCode": CURRENCY,
            "displayFinancialStatus": "PAID",
            "email": None,
            "phone": None,
            "note": None,
            "tags": [],
            "customer": buyer,
            **dict.fromkeys(
                ("totalPriceSet", "currentTotalPriceSet", "originalTotalPriceSet"), bag(total)
            ),
            "totalRefundedSet": bag(Decimal(0)),
            "refunds": [],
            "returns": [],
        }
        self.touched["Order", ident] = at
        self._spend(buyer, total, at)
        return ident

    def refund(self, at: int, ident: int, share: Decimal | None = None) -> None:
        """A part of an order's money goes back."""
        order = self.orders[ident]
        left = money(order["totalPriceSet"]) - money(order["totalRefundedSet"])
        part = share or Decimal(self._random.randrange(1, 101)) / 100
        amount = (left * part).quantize(Decimal("0.01"))
        order["refunds"].append(
            {
                "id": f"gid://shopify/Refund/{self._id()}",
                "createdAt": iso(at),
                "updatedAt": iso(at),
                "note": None,
                "totalRefundedSet": bag(amount),
            }
        )
        order["totalRefundedSet"] = bag(money(order["totalRefundedSet"]) + amount)
        self._spend(order["customer"], -amount, at)
        self.touch(at, "Order", ident)

    def give_back(self, at: int, ident: int) -> None:
        """Goods come back."""
        self.orders[ident]["returns"].append(
            {
                "id": f"gid://shopify/Return/{self._id()}",
                "name": f"{self.orders[ident]['name']}-R{len(self.orders[ident]['returns']) + 1}",
                "status": self._random.choice(RETURN_STATUS),
                "totalQuantity": self._random.randrange(1, 4),
                "createdAt": iso(at),
                "order": ident,
            }
        )
        self.touch(at, "Order", ident)

    def cancel(self, at: int, ident: int) -> None:
        """An order is cancelled."""
        self.orders[ident]["cancelledAt"] = iso(at)
        self.touch(at, "Order", ident)

    def touch(self, at: int, kind: str, ident: int) -> None:
        """Something of it changed."""
        (self.orders if kind == "Order" else self.customers)[ident]["updatedAt"] = iso(at)
        self.touched[kind, ident] = at

    def meddle(self, at: int) -> None:
        """One change at random."""
        order = self._random.choice(list(self.orders))
        happens: list[Callable[[], object]] = [
            lambda: self.new_order(at),
            lambda: self.new_order(at),
            lambda: self.refund(at, order),
            lambda: self.give_back(at, order),
            lambda: self.cancel(at, order),
            lambda: self.touch(at, "Order", order),
            lambda: self.touch(at, "Customer", self.orders[order]["customer"]),
        ]
        self._random.choice(happens)()

    def _spend(self, customer: int, amount: Decimal, at: int) -> None:
        buyer = self.customers[customer]
        spent = Decimal(buyer["amountSpent"]["amount"]) + amount
        buyer["amountSpent"] = {"amount": str(spent), "currencyCode": CURRENCY}
        if amount > 0:
            buyer["numberOfOrders"] = str(int(buyer["numberOfOrders"]) + 1)
        self.touch(at, "Customer", customer)

    def _id(self) -> int:
        self._next += 1
        return self._next


def bag(amount: Decimal) -> dict[str, Any]:
    """An amount in the shop's currency and in the buyer's; money is text."""
    ours = {"amount": f"{amount:.2f}", "currencyCode": CURRENCY}
    theirs = {"amount": f"{amount * Decimal('1.08'):.2f}", "currencyCode": "USD"}
    return {"shopMoney": ours, "presentmentMoney": theirs}


def money(value: dict[str, Any]) -> Decimal:
    """The amount in the shop's currency."""
    return Decimal(value["shopMoney"]["amount"])
