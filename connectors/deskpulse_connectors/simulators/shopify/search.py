"""Lists of orders and customers: the search syntax, the index that lags, and cursors."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import orjson

from deskpulse_connectors.simulators.shopify.shop import Shop

_TERM = re.compile(r"(-?\w+):(>=|<=|>|<)?'?([^'\s]+)'?(?:\s+AND\s+|\s+|$)")
MOST_ROWS = 250
DAY = 86_400
RECENT_DAYS = 60
Place = tuple[int, int]


class Refused(Exception):
    """A query that cannot be answered; `code` is the vendor's, if it gives one."""

    def __init__(self, message: str, code: str = "BAD_REQUEST") -> None:
        super().__init__(message)
        self.code = code


class Index:
    """What searches find. A change is found `lag_s` seconds after it happened.

    Without `all_orders` only orders of the last 60 days are. `depth`: how many objects one can
    page through.
    """

    def __init__(self, shop: Shop, *, lag_s: int, all_orders: bool, depth: int) -> None:
        self._shop = shop
        self.lag_s = lag_s
        self.all_orders = all_orders
        self.depth = depth
        self.warnings: list[dict[str, Any]] = []

    def rows(self, kind: str, now: int, query: str | None = None) -> list[tuple[Place, Any]]:
        """Everything that matches, by instant of change and number."""
        known = self._shop.orders if kind == "Order" else self._shop.customers
        since, until = self._bounds(query or "")
        found = []
        for ident, raw in known.items():
            at = self._shop.touched[kind, ident]
            if not since <= at <= min(until, now - self.lag_s):
                continue
            if kind == "Order" and not self.all_orders and _age(raw, now) > RECENT_DAYS * DAY:
                continue
            found.append(((at, ident), raw))
        return sorted(found, key=lambda row: row[0])

    def page(
        self, rows: Sequence[tuple[Place, Any]], first: int, after: str | None
    ) -> tuple[list[Any], dict[str, Any]]:
        """A page and its `pageInfo`. Raises `Refused`."""
        if not 1 <= first <= MOST_ROWS:
            raise Refused(f"first cannot be {first}; it must be between 1 and {MOST_ROWS}")
        place, seen = (0, 0), 0
        if after is not None:
            try:
                *pair, seen = orjson.loads(base64.b64decode(after, validate=True))
                place = (int(pair[0]), int(pair[1]))
            except (ValueError, TypeError, IndexError, binascii.Error):
                raise Refused("Invalid cursor for current pagination sort.") from None
        if seen >= self.depth:
            raise Refused(f"Pagination cannot exceed {self.depth} objects.")
        rest = [row for row in rows if row[0] > place]
        shown = rest[:first]
        cursors = [
            base64.b64encode(orjson.dumps([*at, seen + n])).decode()
            for n, (at, _) in enumerate(shown, 1)
        ]
        info = {
            "hasNextPage": len(rest) > len(shown),
            "hasPreviousPage": after is not None,
            "startCursor": cursors[0] if cursors else None,
            "endCursor": cursors[-1] if cursors else None,
        }
        return [raw for _, raw in shown], info

    def _bounds(self, query: str) -> tuple[int, int]:
        """`>` and `<` behave as `>=` and `<=`; filters that are not known are left out."""
        since, until = 0, 2**40
        self.warnings = []
        for name, sign, value in _TERM.findall(query):
            if name != "updated_at" or not sign:
                self.warnings.append(
                    {"field": name, "message": "Invalid search field for this query.",
                     "code": "invalid_field"}
                )  # fmt: skip
                continue
            at = int(datetime.fromisoformat(value).timestamp())
            if sign[0] == ">":
                since = max(since, at)
            else:
                until = min(until, at)
        return since, until


def _age(order: dict[str, Any], now: int) -> int:
    return now - int(datetime.fromisoformat(order["createdAt"]).timestamp())
