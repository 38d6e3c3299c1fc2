"""The connector: its streams, how it signs in, and how it asks."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from functools import partial
from types import MappingProxyType
from typing import Any, ClassVar

from deskpulse.asking import Http
from deskpulse.clock import Clock
from deskpulse.connector import Connector, Page, Stream
from deskpulse.errors import RequestRefused, StreamForbidden
from deskpulse.http.answer import Answer
from deskpulse.http.auth import Auth, header
from deskpulse.http.budget import Budget
from deskpulse.http.oauth import OAuth
from deskpulse.http.verdict import Aside, Said
from deskpulse_connectors.shopify import limits, queries
from deskpulse_connectors.shopify.answers import data_of, rows_of
from deskpulse_connectors.shopify.config import ShopifyConfig
from deskpulse_connectors.shopify.customers import to_customer
from deskpulse_connectors.shopify.export import PART, Export
from deskpulse_connectors.shopify.orders import to_order, to_return
from deskpulse_connectors.shopify.place import Place
from deskpulse_connectors.shopify.queries import Query
from deskpulse_connectors.shopify.windows import SETTLE, Windows

TOKEN_HEADER = "X-Shopify-Access-Token"  # noqa: S105 - the name of a header
REQUESTS_PER_S = 20
"""A guard only: how fast to ask is told by every answer."""

RECENT_ONLY = (
    "Shopify shows this app only orders of the last 60 days: give it the scope read_all_orders"
)

log = logging.getLogger("deskpulse.shopify")


class Shopify(Connector):
    """Shopify: orders with refunds, returns, customers and what they spent."""

    name = "shopify"
    exempt = MappingProxyType(
        {"deletes": "Deleted orders and customers leave Shopify's lists without a word."}
    )
    Config = ShopifyConfig
    config: ShopifyConfig
    part_bytes: ClassVar[int] = PART
    """How much of an export's file is one page."""

    def __init__(self, config: Any, http: Http | None, clock: Clock, source: str) -> None:
        super().__init__(config, http, clock, source)
        self._notes: dict[str, None] = {}

    @classmethod
    def base_url(cls, config: ShopifyConfig) -> str:
        """The shop's address."""
        return config.address

    @classmethod
    def auth_for(cls, config: ShopifyConfig) -> Auth:
        """A ready token, or client credentials, which buy one for a day."""
        if config.access_token is not None:
            return header(TOKEN_HEADER, "access_token")
        return OAuth("/admin/oauth/access_token", header=TOKEN_HEADER)

    @classmethod
    def meaning(cls, answer: Answer) -> Said | None:
        """Shopify answers with 200 whatever happens."""
        return limits.meaning(answer)

    @classmethod
    def aside(cls, config: ShopifyConfig, headers: Mapping[str, str], body: Any) -> Aside | None:
        """Each answer tells how much of the bucket is left, and which version it is of."""
        return limits.aside(config.version, headers, body)

    @classmethod
    def budgets(cls, config: ShopifyConfig) -> Sequence[Budget]:
        """One after the other; the pace is set by the answers."""
        del config
        return (Budget("", REQUESTS_PER_S, per_s=1.0, parallel=1),)

    def warnings(self) -> list[str]:
        """What Shopify hides from this app, as far as was seen."""
        return list(self._notes)

    def streams(self) -> list[Stream]:
        """Customers first, so that those who order are known early."""
        config = self.config
        customer = partial(
            to_customer,
            kept=frozenset(config.personal_data),
            accounts=config.accounts,
            match=config.match_customers,
        )
        return [
            _stream(self.customers, customer),
            _stream(self.orders, partial(to_order, zone=config.zone)),
            _stream(self.returns, partial(to_return, zone=config.zone), essential=False),
        ]

    def customers(self, cursor: str | None) -> Iterator[Page]:
        """Customers and what they spent."""
        yield from self._read("customers", queries.customers(self.config), cursor)

    def orders(self, cursor: str | None) -> Iterator[Page]:
        """Orders and their refunds."""
        yield from self._read("orders", queries.orders(), cursor)

    def returns(self, cursor: str | None) -> Iterator[Page]:
        """Goods that came back."""
        yield from self._read("returns", queries.returns(), cursor, self._with_all_returns)

    # --- how they are read ------------------------------------------------------------------

    def _read(
        self,
        name: str,
        query: Query,
        cursor: str | None,
        finish: Callable[[list[Any]], list[Any]] | None = None,
    ) -> Iterator[Page]:
        day = self.config.start
        start = None if day is None else datetime.combine(day, time(), UTC)
        windows = Windows(
            ask=self._ask,
            clock=self.clock,
            query=query,
            size=max(self.config.page_size // query.share, 1),
            lookback=timedelta(minutes=self.config.lookback_minutes),
            start=start,
        )
        if finish is not None:
            windows.finish = finish
        if cursor is not None:
            place = Place.read(cursor)
        elif self.config.backfill == "pages":
            place = Place("pages")
        else:
            # What changes from here on is read later, whenever the export is ready.
            windows.probe()
            place = Place("export", since=queries.stamp(self.clock.now() - SETTLE))
            yield Page([], place.text)
        if place.phase == "export":
            export = Export(self._ask, self._part, query.export(start), name, self.part_bytes)
            for page in export.pages(place):
                yield page
                place = Place.read(page.cursor or "")
        yield from windows.pages(place)

    def _with_all_returns(self, orders: list[Any]) -> list[Any]:
        """The same orders; those with more returns than a page shows have all of them.

        Without the scope every order's returns are null beside good data: that is no "none".
        """
        if any(isinstance(order, Mapping) and order.get("returns") is None for order in orders):
            raise StreamForbidden(
                "returns: Shopify hides the returns of orders from this app",
                hint="Give the app the scope read_returns, or leave this stream out with "
                "`streams = [...]`.",
            )
        return [self._completed(order) if _more(order) else order for order in orders]

    def _completed(self, order: Any) -> Any:
        nodes = list(order["returns"]["nodes"])
        after: str | None = order["returns"]["pageInfo"]["endCursor"]
        while after is not None:
            variables = {"id": order["id"], "after": after}
            try:
                answer = self._ask(queries.MORE_RETURNS, "order", variables)
            except (StreamForbidden, RequestRefused) as problem:
                log.warning("%s: returns: %s is left out: %s", self.source, order["id"], problem)
                break
            if answer is None:
                break  # the order was deleted meanwhile
            rows, after = rows_of(answer.get("returns"), "returns")
            nodes += rows
        return {**order, "returns": {"nodes": nodes}}

    def _ask(self, query: str, root: str, variables: Mapping[str, Any]) -> Any:
        path = f"/admin/api/{self.config.version}/graphql.json"
        body = self.post_query(path, {"query": query, "variables": dict(variables)})
        value = data_of(body, root, self._hidden)
        self._see_scopes(body)
        return value

    def _part(self, link: str, first: int, size: int) -> bytes:
        return self.fetch_part(link, first=first, size=size)

    def _hidden(self, text: str) -> None:
        self._note(f"Shopify hides a part: {text}")

    def _see_scopes(self, body: Any) -> None:
        installed = body["data"].get("currentAppInstallation")
        if not isinstance(installed, Mapping):
            return
        scopes = {each.get("handle") for each in installed.get("accessScopes") or ()}
        if "read_orders" in scopes and "read_all_orders" not in scopes:
            self._note(RECENT_ONLY)

    def _note(self, text: str) -> None:
        if text not in self._notes:
            log.warning("%s: %s", self.source, text)
            self._notes[text] = None


def _more(order: Any) -> bool:
    """Whether an order has more returns than the page shows."""
    try:
        return bool(order["returns"]["pageInfo"]["hasNextPage"])
    except (KeyError, TypeError):
        return False  # if it is bad, parse says why


def _stream(
    pull: Callable[[str | None], Iterator[Page]],
    parse: Callable[[Any], Iterator[Any]],
    *,
    essential: bool = True,
) -> Stream:
    text = (pull.__doc__ or "").strip()
    return Stream(pull.__name__, pull, parse, essential=essential, help=text)
