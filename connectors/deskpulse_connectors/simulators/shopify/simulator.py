"""The simulated Shopify shop."""

from __future__ import annotations

import re
import secrets
from collections.abc import Collection
from datetime import UTC, datetime
from random import Random
from typing import Any, Self
from urllib.parse import parse_qsl

from deskpulse_connectors.simulators.clock import DAY, SimClock
from deskpulse_connectors.simulators.exchange import Reply, Request, json_reply
from deskpulse_connectors.simulators.server import LoopbackServer
from deskpulse_connectors.simulators.shopify.api import Api
from deskpulse_connectors.simulators.shopify.bucket import Bucket
from deskpulse_connectors.simulators.shopify.search import Index
from deskpulse_connectors.simulators.shopify.shop import Shop
from deskpulse_connectors.simulators.shopify.truth import truth
from deskpulse_connectors.simulators.simulator import Simulator

START = datetime(2026, 3, 2, tzinfo=UTC)
SUPPORTED = ("2026-01", "2026-04", "2026-07", "2026-10")
SCOPES = ("read_all_orders", "read_customers", "read_orders", "read_returns")
TOKEN_LIFE_S = 86_399
_PATH = re.compile(r"/admin/api/(\d{4}-\d{2})/graphql\.json")


class ShopifySimulator(Simulator):
    """A shop with a past of `orders` in `days` days, and a clock that stands at their end.

    `bucket` and `restore`: points of the leaky bucket and what it gets back a second; a bucket of 0
    is no limit. `scopes` are what the app may read; without `read_all_orders` only orders of the
    last 60 days. `lag_s`: how late the search index is. `depth`: the most objects to page through.
    `town`: customers have the addresses of `simulators.town`.
    Bulk operations are in `api.bulk`, their files on a host of their own in `api.bulk.files`.
    """

    def __init__(
        self,
        *,
        seed: int = 1,
        orders: int = 200,
        days: int = 56,
        start: datetime = START,
        bucket: float = 0,
        restore: float = 100,
        scopes: Collection[str] = SCOPES,
        lag_s: int = 0,
        depth: int = 25_000,
        town: bool = False,
        running: bool = False,
        port: int = 0,
        compress: bool = False,
    ) -> None:
        begin = int(start.timestamp())
        super().__init__(
            SimClock(begin + days * DAY, running=running), seed=seed, port=port, compress=compress
        )
        self.shop = Shop(seed, town=town)
        self._live(begin, days * DAY, orders)
        self.bucket = Bucket(bucket, restore)
        self.index = Index(
            self.shop, lag_s=lag_s, all_orders="read_all_orders" in scopes, depth=depth
        )
        self.api = Api(self.shop, self.index, self.bucket, self.clock, scopes=set(scopes))
        self._files = LoopbackServer(self.api.bulk.files)
        self.client_id = "simulated-client"
        self.client_secret = "shpss_" + secrets.token_hex(16)
        self.token = "shpat_" + secrets.token_hex(16)
        self._minted: dict[str, float] = {}

    def _live(self, begin: int, span: int, orders: int) -> None:
        dice = Random(self.seed + 1)  # noqa: S311 repeatable
        for number in range(orders):
            at = begin + span * number // max(orders, 1)
            ident = self.shop.new_order(at)
            if dice.random() < 0.15:
                self.shop.refund(min(at + 3 * DAY, begin + span), ident)
            if dice.random() < 0.1:
                self.shop.give_back(min(at + 5 * DAY, begin + span), ident)
            if dice.random() < 0.05:
                self.shop.cancel(min(at + 3600, begin + span), ident)

    # --- the vendor --------------------------------------------------------------------------

    def vendor(self, request: Request) -> Reply:
        """The vendor's own answer."""
        if request.path == "/admin/oauth/access_token":
            return self._grant(request)
        found = _PATH.fullmatch(request.path)
        if found is None:
            return json_reply({"errors": "Not Found"}, 404)
        if not self._knows(request.headers.get("x-shopify-access-token", "")):
            text = "[API] Invalid API key or access token (unrecognized login or wrong password)"
            return json_reply({"errors": text}, 401)
        served = max(found[1], SUPPORTED[0])
        if served not in SUPPORTED:
            return json_reply({"errors": "Not Found"}, 404)
        return self.api.answer(request).having({"X-Shopify-API-Version": served})

    def _grant(self, request: Request) -> Reply:
        asked = dict(parse_qsl(request.body.decode()))
        if (asked.get("client_id"), asked.get("client_secret")) != (
            self.client_id,
            self.client_secret,
        ):
            return json_reply({"error": "invalid_client"}, 400)
        if asked.get("grant_type") != "client_credentials":
            return json_reply({"error": "unsupported_grant_type"}, 400)
        token = "shpat_" + secrets.token_hex(16)
        self._minted[token] = self.clock.pulse() + TOKEN_LIFE_S
        scope = ",".join(sorted(self.api.scopes))
        return json_reply({"access_token": token, "scope": scope, "expires_in": TOKEN_LIFE_S})

    def _knows(self, token: str) -> bool:
        return token == self.token or self._minted.get(token, 0.0) > self.clock.pulse()

    @property
    def credentials(self) -> dict[str, str]:
        """Everything a client may sign in with."""
        return {
            "access_token": self.token,
            "client_id": self.client_id,
            "client_secret": self.client_secret,
        }

    def expire_tokens(self) -> None:
        """No token that client credentials bought is good any more; the fixed one still is."""
        self._minted.clear()

    # --- life --------------------------------------------------------------------------------

    def catch_up(self) -> None:
        """Nothing happens by itself."""

    def meddle(self) -> None:
        """One random change in this second."""
        self.shop.meddle(self.clock.now())

    def tie(self, count: int) -> None:
        """Change `count` orders and customers each within this one second."""
        with self.guard:
            now = self.clock.now()
            for kind, known in (("Order", self.shop.orders), ("Customer", self.shop.customers)):
                for ident in list(known)[:count]:
                    self.shop.touch(now, kind, ident)

    def settle(self) -> None:
        """Let some quiet minutes pass, so that the search index has everything."""
        self.advance(180 + self.index.lag_s, quiet=True)

    def truth(self) -> dict[str, Any]:
        """What a perfect sync holds at this moment; see `truth.truth` for its keys."""
        with self.guard:
            return truth(self.shop)

    def start(self) -> Self:
        """Begin to answer."""
        self._files.start()
        self.api.files_host = self._files.url.replace("127.0.0.1", "localhost")
        return super().start()

    def stop(self) -> None:
        """Stop answering and free the ports."""
        super().stop()
        self._files.stop()
