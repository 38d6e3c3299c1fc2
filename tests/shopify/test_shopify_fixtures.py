"""Payloads of Shopify's API that we did not write."""

from datetime import date
from decimal import Decimal

import pytest

from deskpulse.errors import RecordRejected, SourceChanged
from deskpulse.records.people import EMAIL_KEY, email_key
from deskpulse_connectors.shopify.answers import data_of, rows_of
from deskpulse_connectors.shopify.customers import to_customer
from deskpulse_connectors.shopify.orders import to_order, to_return
from support.shopify import fixture

MONEY = {"shopMoney": {"amount": "12.30", "currencyCode": "JPY"}}


def unheard(text):
    raise AssertionError(text)


def nodes(name, root):
    rows, after = rows_of(data_of(fixture(name), root, unheard), root)
    assert after is None
    return rows


def test_orders():
    [raw] = nodes("orders", "orders")
    refund = {
        "id": "gid://shopify/Refund/9",
        "createdAt": "2024-01-31T23:30:00Z",
        "totalRefundedSet": MONEY,
    }
    order, refunded = to_order({**raw, "refunds": [refund]}, zone="Europe/Berlin")
    assert (order.id, order.customer_id, order.currency) == ("555555555", "111111111", "USD")
    assert order.total == Decimal("125.99")
    assert order.refunded == Decimal(0)
    assert order.placed_at.isoformat() == "2024-01-20T10:00:00+00:00"
    assert (refunded.id, refunded.value, refunded.unit) == ("refunds/9", 12.3, "JPY")
    assert refunded.day == date(2024, 2, 1), "in the zone of the shop"
    assert "customer@example.com" not in repr((order, refunded))


def test_customers():
    [raw] = nodes("customers", "customers")
    customer, account = to_customer(raw, kept=(), accounts=True, match=True)
    assert customer.custom == {"orders": 5, EMAIL_KEY: email_key("JOHN.DOE@example.com")}
    assert (customer.name, customer.email, customer.language) == (None, None, None)
    assert (account.id, account.value, account.currency) == ("111111111", Decimal("500.00"), "USD")
    named, _ = to_customer(raw, kept=("name", "email"), accounts=True, match=False)
    assert (named.name, named.email) == ("John Doe", "john.doe@example.com")
    assert EMAIL_KEY not in named.custom
    [alone] = to_customer(raw, kept=(), accounts=False, match=True)
    assert alone.account_id is None


def test_a_next_page():
    rows, after = rows_of(
        data_of(fixture("products-with-next-page"), "products", unheard), "products"
    )
    assert rows
    assert isinstance(after, str)


def test_an_unknown_field_names_the_version():
    with pytest.raises(SourceChanged, match="'invalidField' doesn't exist") as info:
        data_of(fixture("error-invalid-query"), "products", unheard)
    assert "version" in info.value.hint


ORDER = {
    "id": "gid://shopify/Order/9007199254740993",
    "createdAt": "2026-01-01T00:00:00Z",
    "processedAt": None,
    "updatedAt": "2026-01-01T00:00:00Z",
    "cancelledAt": None,
    "test": False,
    "sourceName": None,
    "customer": None,
    "totalPriceSet": MONEY,
    "totalRefundedSet": MONEY,
    "refunds": [],
}


def test_an_order_without_customer_and_an_id_beyond_what_a_float_holds():
    [order] = to_order(ORDER, zone="UTC")
    assert (order.id, order.customer_id, order.total) == (
        "9007199254740993",
        None,
        Decimal("12.30"),
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"id": "123"},
        {"totalPriceSet": {"shopMoney": {"amount": 12.3, "currencyCode": "EUR"}}},
        {"totalPriceSet": {"shopMoney": {"amount": "much", "currencyCode": "EUR"}}},
        {"totalPriceSet": {"shopMoney": {"amount": "NaN", "currencyCode": "EUR"}}},
        {"totalRefundedSet": None},
        {"createdAt": "2026-01-01T00:00:00"},
        {"refunds": [{"id": "gid://shopify/Refund/1", "totalRefundedSet": MONEY}]},
    ],
)
def test_a_bad_order_is_rejected(wrong):
    with pytest.raises(RecordRejected):
        list(to_order({**ORDER, **wrong}, zone="UTC"))


@pytest.mark.parametrize("key", [key for key in ORDER if key not in ("processedAt", "sourceName")])
def test_an_order_that_lacks_a_key_is_rejected(key):
    with pytest.raises(RecordRejected, match=key):
        list(to_order({k: v for k, v in ORDER.items() if k != key}, zone="UTC"))


def test_a_bad_return_is_rejected():
    line = {"id": "gid://shopify/Return/1", "createdAt": "2026-01-01T00:00:00Z", "status": "OPEN"}
    for wrong in ({}, {"totalQuantity": 1}, {"order": {"id": "x", "test": False}}):
        with pytest.raises(RecordRejected):
            list(to_return({**line, **wrong}, zone="UTC"))
