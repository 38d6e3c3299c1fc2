"""What is asked for: the fields of each stream, as a page and as an export."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime

from deskpulse_connectors.shopify.config import ShopifyConfig

_MONEY = "{ shopMoney { amount currencyCode } }"
ORDER = (
    "id createdAt processedAt updatedAt cancelledAt test sourceName customer { id } "
    f"totalPriceSet {_MONEY} totalRefundedSet {_MONEY} "
    f"refunds {{ id createdAt totalRefundedSet {_MONEY} }}"
)
RETURN = "id createdAt status totalQuantity order { id test }"
RETURNS_FIRST = 10

SCOPES = "currentAppInstallation { accessScopes { handle } }"
JOB = "id status errorCode createdAt objectCount fileSize url partialDataUrl query"
START = (
    "mutation Export($query: String!) { bulkOperationRunQuery(query: $query) { "
    f"bulkOperation {{ {JOB} }} userErrors {{ field message }} }} }}"
)
LOOK = f"query Look($id: ID!) {{ node(id: $id) {{ ... on BulkOperation {{ {JOB} }} }} }}"
"""Core waits where the answer to this one says that the export is being prepared."""

GLANCE = LOOK.replace("query Look", "query Glance").replace("node(id", "job: node(id")
"""The same without waiting."""

MORE_RETURNS = (
    "query More($id: ID!, $after: String) { order(id: $id) { returns(first: 50, after: $after) { "
    f"nodes {{ {RETURN} }} pageInfo {{ hasNextPage endCursor }} }} }} }}"
)


@dataclass(frozen=True, slots=True)
class Query:
    """One list: its root field and the fields of a node, paged and exported."""

    root: str
    fields: str
    exported: str
    share: int = 1
    """How many times as much as others a row costs, so that a page is so many times smaller."""

    def page(self) -> str:
        """A page in order of change, and the scopes that the app was given."""
        return (
            f"query Page($first: Int!, $after: String, $query: String) {{ {self.root}("
            "first: $first, after: $after, sortKey: UPDATED_AT, query: $query) { "
            f"nodes {{ {self.fields} }} pageInfo {{ hasNextPage endCursor }} }} {SCOPES} }}"
        )

    def export(self, since: datetime | None) -> str:
        """Everything that changed since, as one export."""
        chosen = f"(query: {json.dumps(changed(since, None))})" if since else ""
        return f"{{ {self.root}{chosen} {{ edges {{ node {{ {self.exported} }} }} }} }}"


def orders() -> Query:
    """Orders with their refunds."""
    return Query("orders", ORDER, ORDER)


def returns() -> Query:
    """Returns, which only orders know."""
    nested = (
        f"returns(first: {RETURNS_FIRST}) {{ nodes {{ {RETURN} }} "
        "pageInfo { hasNextPage endCursor } }"
    )
    whole = f"returns {{ edges {{ node {{ {RETURN} }} }} }}"
    return Query("orders", f"id updatedAt {nested}", f"id {whole}", share=3)


def customers(config: ShopifyConfig) -> Query:
    """Customers, with no more of the person than the settings ask for."""
    fields = "id createdAt updatedAt numberOfOrders amountSpent { amount currencyCode }"
    kept = config.personal_data
    if config.match_customers or "email" in kept:
        fields += " defaultEmailAddress { emailAddress }"
    if "name" in kept:
        fields += " displayName"
    if "language" in kept:
        fields += " locale"
    return Query("customers", fields, fields)


def changed(since: datetime | None, until: datetime | None) -> str:
    """The search for what changed in a span, both ends included; in UTC, as the Z says."""
    parts = [] if since is None else [f"updated_at:>='{stamp(since)}'"]
    parts += [] if until is None else [f"updated_at:<='{stamp(until)}'"]
    return " AND ".join(parts)


def stamp(instant: datetime) -> str:
    """An instant as Shopify reads it."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
