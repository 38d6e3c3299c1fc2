"""How single Shopify values read in our words: ids, amounts, days."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from deskpulse.errors import RecordRejected


def number(value: Any, what: str) -> str:
    """The id within a global one: "123" of gid://shopify/Order/123, as text beyond 2^53."""
    kind, _, ident = str(value).rpartition("/")
    if not kind.startswith("gid://shopify/") or not ident:
        raise RecordRejected(f"{what}: id is {value!r}; allowed: gid://shopify/KIND/NUMBER")
    return ident.partition("?")[0]


def of_kind(value: Any, kind: str) -> bool:
    """Whether a global id is one of this kind."""
    return str(value).startswith(f"gid://shopify/{kind}/")


def need(raw: Any, key: str, what: str) -> Any:
    """`raw[key]`; RecordRejected naming both if it is missing."""
    if not isinstance(raw, Mapping) or key not in raw:
        raise RecordRejected(f"{what}: {key} is missing")
    return raw[key]


def listed(raw: Any, key: str, what: str) -> list[Any]:
    """`raw[key]`, a list; RecordRejected for anything else."""
    value = need(raw, key, what)
    if not isinstance(value, list):
        raise RecordRejected(f"{what}: {key} is {value!r}; allowed: a list")
    return value


def whole(raw: Any, key: str, what: str) -> int:
    """`raw[key]`, a whole number that may come as text; RecordRejected for anything else."""
    value = need(raw, key, what)
    try:
        return int(value)
    except (TypeError, ValueError, OverflowError):
        raise RecordRejected(f"{what}: {key} is {value!r}; allowed: a whole number") from None


def amount(money: Any, what: str) -> tuple[Decimal, str]:
    """An amount and its currency; Shopify sends amounts as text, so that none is rounded."""
    text, currency = need(money, "amount", what), need(money, "currencyCode", what)
    try:
        value = Decimal(text) if isinstance(text, str) else None
    except InvalidOperation:
        value = None
    if value is None or not value.is_finite() or not isinstance(currency, str):
        raise RecordRejected(
            f"{what}: {text!r} {currency!r} is no amount; allowed: text such as 1.50"
        )
    return value, currency


def shop_amount(bag: Any, what: str) -> tuple[Decimal, str]:
    """The amount of a MoneyBag in the shop's own currency."""
    return amount(need(bag, "shopMoney", what), what)


def day(instant: Any, zone: str, what: str) -> date:
    """The day on which an instant falls in a zone."""
    try:
        return datetime.fromisoformat(instant).astimezone(ZoneInfo(zone)).date()
    except (TypeError, ValueError):
        raise RecordRejected(f"{what} is {instant!r}; allowed: an ISO 8601 time") from None
