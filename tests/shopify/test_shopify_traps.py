"""What Shopify does that loses, doubles or reveals: costs, windows, partial answers, versions."""

import logging

import orjson
import pytest

from deskpulse.errors import (
    AuthRejected,
    RateLimited,
    RequestRefused,
    SourceChanged,
    SourceUnavailable,
    StreamForbidden,
)
from deskpulse.http.answer import Answer
from deskpulse_connectors.shopify import limits, windows
from deskpulse_connectors.shopify.config import ShopifyConfig
from deskpulse_connectors.simulators.exchange import json_reply
from deskpulse_connectors.simulators.shopify import ShopifySimulator
from support.shopify import Copy, expected, source


@pytest.fixture
def simulated():
    with ShopifySimulator(seed=2, orders=80) as running:
        running.settle()
        yield running


def answering(simulated, monkeypatch, *replies):
    """The vendor answers GraphQL with these, then as always."""
    left, honest = list(replies), simulated.api.answer
    monkeypatch.setattr(
        simulated.api, "answer", lambda request: left.pop(0) if left else honest(request)
    )
    return left


def graphql(code, *, status=200, data=None, cost=None, message="Went wrong"):
    error = {"message": message, "extensions": {"code": code}}
    body = {"errors": [error]} | ({} if data is None else {"data": data})
    return json_reply(body | ({} if cost is None else {"extensions": {"cost": cost}}), status)


# --- costs ------------------------------------------------------------------------------------


def figures(requested, available, restore):
    return {
        "requestedQueryCost": requested,
        "actualQueryCost": None,
        "throttleStatus": {
            "maximumAvailable": 2000.0,
            "currentlyAvailable": available,
            "restoreRate": restore,
        },
    }


def test_throttled_with_200_waits_as_long_as_its_own_figures_say(simulated, monkeypatch):
    throttled = graphql("THROTTLED", cost=figures(900, 400, 50.0), message="Throttled")
    answering(simulated, monkeypatch, throttled)
    with source(simulated, backfill="pages") as shop:
        copy = Copy().pull(shop, "orders")
        assert shop.stats.rate_limited == 1
        assert shop.stats.waited_rate_limit_s == pytest.approx(10.0)
    assert copy.as_truth()["orders"] == expected(simulated.truth())["orders"]


def test_throttled_for_ever_comes_back_later(simulated, monkeypatch):
    throttled = graphql("THROTTLED", cost=figures(900, 0, 50.0))
    answering(simulated, monkeypatch, *[throttled] * 100)
    with source(simulated, backfill="pages") as shop, pytest.raises(RateLimited):
        Copy().pull(shop, "orders")


def test_rests_before_the_bucket_is_empty(simulated, monkeypatch):
    """Paced by the answers, so that nothing is refused in the first place."""
    figure = figures(500, 100, 100.0)
    page = {"nodes": [], "pageInfo": {"hasNextPage": True, "endCursor": "c"}}
    last = {"nodes": [], "pageInfo": {"hasNextPage": False, "endCursor": None}}
    answering(
        simulated,
        monkeypatch,
        *(
            json_reply({"data": {"orders": one}, "extensions": {"cost": figure}})
            for one in (page, last)
        ),
    )
    with source(simulated, backfill="pages") as shop:
        Copy().pull(shop, "orders")
        assert shop.stats.rate_limited == 0
        assert shop.stats.waited_budget_s == pytest.approx(4.0)


def test_a_real_bucket_refuses_nothing_while_much_is_read():
    with ShopifySimulator(orders=900, bucket=1000, restore=50) as simulated:
        simulated.settle()
        with source(simulated, backfill="pages", page_size=100) as shop:
            copy = Copy().pull(shop)
            assert shop.stats.rate_limited <= 2, "only where another stream begins"
            assert shop.stats.waited_budget_s > 60
        assert copy.as_truth() == expected(simulated.truth())


def test_a_page_that_costs_too_much_is_made_smaller(simulated):
    with source(simulated, backfill="pages", page_size=250) as shop:
        copy = Copy().pull(shop)
        assert copy.as_truth() == expected(simulated.truth())
        assert max(len(page.records) for page in copy.pages["orders"]) <= 125


@pytest.mark.parametrize("code", ["INTERNAL_SERVER_ERROR", "TIMEOUT"])
def test_a_fault_told_with_200_is_tried_again(simulated, monkeypatch, code):
    answering(simulated, monkeypatch, graphql(code), graphql(code))
    with source(simulated, backfill="pages") as shop:
        assert Copy().pull(shop, "orders").of("order")


def test_a_part_that_failed_never_becomes_an_empty_field(simulated, monkeypatch):
    rows = {"nodes": [{"id": "gid://shopify/Order/1", "customer": None}], "pageInfo": {}}
    partial = graphql("INTERNAL_SERVER_ERROR", data={"orders": rows})
    answering(simulated, monkeypatch, *[partial] * 9)
    with source(simulated, backfill="pages") as shop, pytest.raises(SourceUnavailable):
        Copy().pull(shop, "orders")


# --- windows ----------------------------------------------------------------------------------


def test_more_than_one_may_page_through_is_read_in_windows(monkeypatch):
    with ShopifySimulator(seed=5, orders=150, depth=40) as simulated:
        simulated.settle()
        monkeypatch.setattr(windows.Windows.__init__, "__defaults__", _with_depth(40))
        with source(simulated, backfill="pages", page_size=20) as shop:
            copy = Copy().pull(shop, "orders", "customers")
        wanted = expected(simulated.truth())
        assert copy.as_truth()["orders"] == wanted["orders"]


def test_more_in_one_second_than_one_may_page_through_is_loud(monkeypatch):
    with ShopifySimulator(seed=5, orders=150, depth=40) as simulated:
        simulated.tie(120)
        simulated.settle()
        monkeypatch.setattr(windows.Windows.__init__, "__defaults__", _with_depth(40))
        with (
            source(simulated, backfill="pages", page_size=20) as shop,
            pytest.raises(SourceChanged, match="within one second"),
        ):
            Copy().pull(shop, "orders")


def _with_depth(depth):
    return tuple(
        depth if default == windows.DEPTH else default
        for default in windows.Windows.__init__.__defaults__
    )


def test_a_cursor_that_the_vendor_refuses_is_replaced_by_the_instant(simulated):
    with source(simulated, backfill="pages", page_size=20) as shop:
        stream = next(each for each in shop.streams() if each.name == "orders")
        copy = Copy()
        copy.take(stream, next(stream.pull(None)))
        place = orjson.loads(copy.cursors["orders"])
        copy.cursors["orders"] = orjson.dumps({**place, "after": "b3V0ZGF0ZWQ="}).decode()
        copy.pull(shop, "orders")
    assert copy.as_truth()["orders"] == expected(simulated.truth())["orders"]


def test_the_boundary_is_inclusive_and_the_watermark_the_newest_change(simulated):
    with source(simulated, backfill="pages", lookback_minutes=0) as shop:
        copy = Copy().pull(shop, "orders")
        newest = max(raw["updatedAt"] for raw in simulated.shop.orders.values())
        assert orjson.loads(copy.cursors["orders"]) == {"phase": "pages", "since": newest}
        known = len(copy.pages["orders"])
        copy.pull(shop, "orders")
        [again] = copy.pages["orders"][known:]
        assert [raw["updatedAt"] for raw in again.records] == [newest]


def test_the_newest_minutes_wait_until_the_search_has_them(simulated):
    ident = simulated.shop.new_order(simulated.clock.now())
    with source(simulated, backfill="pages") as shop:
        assert str(ident) not in Copy().pull(shop, "orders").of("order")
    simulated.settle()
    with source(simulated, backfill="pages") as shop:
        assert str(ident) in Copy().pull(shop, "orders").of("order")


def test_a_filter_that_is_ignored_is_loud(simulated, monkeypatch):
    monkeypatch.setattr(
        "deskpulse_connectors.shopify.windows.changed", lambda *_: "updated:>='2026-01-01'"
    )
    with source(simulated, backfill="pages") as shop, pytest.raises(SourceChanged, match="filter"):
        Copy().pull(shop, "orders")


def test_an_order_with_more_returns_than_a_page_shows(simulated):
    ident = next(ident for ident, raw in simulated.shop.orders.items() if not raw["test"])
    for _ in range(75):
        simulated.shop.give_back(simulated.clock.now(), ident)
    simulated.settle()
    for backfill in ("pages", "bulk"):
        with source(simulated, backfill=backfill) as shop:
            copy = Copy().pull(shop, "returns")
        assert copy.as_truth()["returns"] == simulated.truth()["returns"]


# --- access -----------------------------------------------------------------------------------


@pytest.mark.parametrize("backfill", ["bulk", "pages"])
def test_a_missing_scope_stops_only_its_stream(backfill):
    scopes = ("read_orders", "read_all_orders", "read_customers")
    with ShopifySimulator(orders=20, scopes=scopes) as simulated:
        simulated.settle()
        with source(simulated, backfill=backfill) as shop:
            copy = Copy().pull(shop, "customers", "orders")
            assert copy.of("order")
            stream = next(each for each in shop.streams() if each.name == "returns")
            assert not stream.essential
            with pytest.raises(StreamForbidden) as info:
                list(stream.pull(None))
            assert "read_returns" in info.value.hint
            assert not simulated.api.bulk.jobs or backfill == "bulk"


def test_a_stream_that_is_denied_names_the_scope():
    with ShopifySimulator(orders=20, scopes=("read_orders",)) as simulated:
        simulated.settle()
        with source(simulated) as shop:
            with pytest.raises(StreamForbidden, match="`read_customers` access scope"):
                Copy().pull(shop, "customers")
            orders = Copy().pull(shop, "orders").of("order")
            assert {order.customer_id for order in orders.values()} == {None}
            assert any("customer field" in text for text in shop.warnings())
            assert any("60 days" in text for text in shop.warnings())


def test_without_read_all_orders_the_operator_is_told(caplog):
    scopes = ("read_orders", "read_customers", "read_returns")
    with ShopifySimulator(orders=30, days=200, scopes=scopes) as simulated:
        simulated.settle()
        with source(simulated) as shop, caplog.at_level(logging.WARNING):
            copy = Copy().pull(shop)
            assert 0 < len(copy.of("order")) < len(simulated.truth()["orders"])
            assert any("read_all_orders" in text for text in shop.warnings())
        assert caplog.text.count("read_all_orders") == 1


def test_protected_customer_data_that_is_not_approved(simulated):
    simulated.api.approved = False
    with source(simulated, backfill="pages", personal_data=["name", "email"]) as shop:
        copy = Copy().pull(shop, "customers")
        assert len(shop.warnings()) == 2
    assert {customer.email for customer in copy.of("customer").values()} == {None}
    assert len(copy.of("customer")) == len(simulated.shop.customers)


def test_no_personal_data_beyond_what_is_configured(simulated):
    with source(simulated) as shop:
        kept = repr(Copy().pull(shop).kept)
    for raw in simulated.shop.customers.values():
        assert raw["displayName"] not in kept
        assert raw["defaultEmailAddress"]["emailAddress"].lower() not in kept.lower()
    with source(simulated, match_customers=False) as shop:
        Copy().pull(shop)
    asked = [job.query for job in simulated.api.bulk.jobs.values()]
    assert sum("emailAddress" in query for query in asked) == 1
    assert not any("displayName" in query or "phone" in query for query in asked)
    with source(simulated, personal_data=["name", "email", "language"]) as shop:
        copy = Copy().pull(shop, "customers")
    for ident, customer in copy.of("customer").items():
        raw = simulated.shop.customers[int(ident)]
        assert (customer.name, customer.language) == (raw["displayName"], raw["locale"])
        assert customer.email == raw["defaultEmailAddress"]["emailAddress"]


def test_wrong_credentials(simulated):
    with source(simulated, access_token="shpat_wrong_token") as shop, pytest.raises(AuthRejected):
        Copy().pull(shop, "orders")
    settings = {"client_secret": "shpss_wrong_secret"}
    with source(simulated, client=True, **settings) as shop, pytest.raises(AuthRejected):
        Copy().pull(shop, "orders")


@pytest.mark.parametrize(
    ("status", "error", "word"),
    [
        (402, RequestRefused, "frozen"),
        (423, RequestRefused, "locked"),
        (404, RequestRefused, "shop"),
    ],
)
def test_statuses_of_its_own(simulated, status, error, word):
    simulated.faults.add("status", path="/admin/api/*", status=status)
    with source(simulated) as shop, pytest.raises(error) as info:
        Copy().pull(shop, "orders")
    assert word in info.value.hint
    assert len(simulated.requests) == 1


# --- versions ---------------------------------------------------------------------------------


def test_a_version_that_is_no_longer_served_is_told_once(simulated, caplog):
    with source(simulated, version="2025-01") as shop, caplog.at_level(logging.WARNING):
        Copy().pull(shop)
        [notice] = shop.stats.notices
    assert "2025-01" in notice
    assert "2026-01" in notice
    assert caplog.text.count("no longer serves") == 1


def test_the_version_that_is_served_is_no_news(simulated):
    with source(simulated) as shop:
        Copy().pull(shop)
        assert shop.stats.notices == ()


def test_a_field_that_the_version_lacks_is_loud(simulated, monkeypatch):
    monkeypatch.setattr("deskpulse_connectors.shopify.queries.ORDER", "id updatedAt moved")
    with source(simulated, backfill="pages") as shop:
        with pytest.raises(SourceChanged, match="'moved' doesn't exist on type 'Order'") as info:
            Copy().pull(shop, "orders")
        assert "version" in info.value.hint


def test_a_deprecation_is_told():
    headers = {"x-shopify-api-version": "2026-07", "x-shopify-api-deprecated-reason": "See dev."}
    assert "See dev." in limits.aside("2026-07", headers, {}).notice


@pytest.mark.parametrize(
    "body", [b"", b"[]", b'{"errors": "x"}', b'{"errors": [null]}', b'"errors"']
)
def test_odd_answers_mean_nothing_of_their_own(body):
    assert limits.meaning(Answer(200, {}, body)) is None
    assert limits.wait_for(None) == 0.0


# --- settings ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({}, "set shop"),
        ({"shop": "acme"}, "client_id and client_secret"),
        ({"shop": "acme", "client_id": "x"}, "client_id and client_secret"),
        ({"shop": "acme.myshopify.com", "access_token": "x"}, "shop"),
        ({"url": "acme", "access_token": "x"}, "is not an address"),
        ({"shop": "acme", "access_token": "x", "version": "latest"}, "version"),
        ({"shop": "acme", "access_token": "x", "zone": "Mars/Base"}, "no IANA zone"),
        ({"shop": "acme", "access_token": "x", "personal_data": ["phone"]}, "personal_data"),
    ],
)
def test_settings_that_cannot_be(settings, said):
    with pytest.raises(ValueError, match=said):
        ShopifyConfig(**settings)
