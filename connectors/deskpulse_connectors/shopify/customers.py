"""Customers, and what they are worth."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from deskpulse.records import Account, Customer, Record
from deskpulse.records.people import EMAIL_KEY, email_key
from deskpulse_connectors.shopify.values import amount, need, number, whole


def to_customer(
    raw: Any, *, kept: Collection[str], accounts: bool, match: bool
) -> Iterator[Record]:
    """A customer with no more of the person than `kept` names (name, email, language).

    `match`: a hash of the e-mail address is kept, by which other sources know the same customer.
    `accounts`: the customer is an account, too, worth what they spent.
    """
    ident = number(need(raw, "id", "customer"), "customer")
    what = f"customer {ident}"
    address = raw.get("defaultEmailAddress")
    email = address.get("emailAddress") if isinstance(address, dict) else None
    custom: dict[str, Any] = {"orders": whole(raw, "numberOfOrders", what)}
    if match and email:
        custom[EMAIL_KEY] = email_key(email)
    name = raw.get("displayName") if "name" in kept else None
    created = need(raw, "createdAt", what)
    yield Customer.read(
        {
            "id": ident,
            "account_id": ident if accounts else None,
            "created_at": created,
            "name": name,
            "email": email if "email" in kept else None,
            "language": raw.get("locale") if "language" in kept else None,
            "custom": custom,
        }
    )
    if accounts:
        spent, currency = amount(need(raw, "amountSpent", what), what)
        yield Account.read(
            {
                "id": ident,
                "name": name,
                "value": spent,
                "currency": currency,
                "created_at": created,
            }
        )
