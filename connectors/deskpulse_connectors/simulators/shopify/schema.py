"""The types that the simulated shop answers with, what they need, and what they cost.

A field's type is a name; `[Name` is a list, `*Name` a connection, "" a scalar. The costs are those
of the vendor's page on calculated query costs: a scalar 0, an object 1, a connection as many
children as are asked for, a mutation 10.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from deskpulse_connectors.simulators.shopify.graphql import Field

_MONEY = ("totalPriceSet", "currentTotalPriceSet", "totalRefundedSet", "originalTotalPriceSet")


def _type(scalars: str, **others: str) -> Mapping[str, str]:
    return MappingProxyType({**dict.fromkeys(scalars.split(), ""), **others})


TYPES: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "QueryRoot": _type(
            "",
            orders="*Order",
            customers="*Customer",
            order="Order",
            node="BulkOperation",
            bulkOperation="BulkOperation",
            shop="Shop",
            currentAppInstallation="AppInstallation",
        ),
        "Mutation": _type("", bulkOperationRunQuery="BulkOperationRunQueryPayload"),
        "Order": _type(
            "id legacyResourceId name createdAt updatedAt processedAt cancelledAt closedAt test "
            "sourceName currencyCode displayFinancialStatus email phone note tags",
            **dict.fromkeys(_MONEY, "MoneyBag"),
            customer="Customer",
            refunds="[Refund",
            returns="*Return",
        ),
        "Customer": _type(
            "id legacyResourceId createdAt updatedAt displayName firstName lastName locale "
            "numberOfOrders state tags",
            amountSpent="MoneyV2",
            defaultEmailAddress="CustomerEmailAddress",
        ),
        "CustomerEmailAddress": _type("emailAddress marketingState"),
        "MoneyBag": _type("", shopMoney="MoneyV2", presentmentMoney="MoneyV2"),
        "MoneyV2": _type("amount currencyCode"),
        "Refund": _type("id createdAt updatedAt note", totalRefundedSet="MoneyBag"),
        "Return": _type("id name status totalQuantity createdAt", order="Order"),
        "Shop": _type("name currencyCode ianaTimezone myshopifyDomain"),
        "AppInstallation": _type("id", accessScopes="[AccessScope"),
        "AccessScope": _type("handle description"),
        "BulkOperation": _type(
            "id status errorCode createdAt completedAt objectCount rootObjectCount fileSize url "
            "partialDataUrl query type"
        ),
        "BulkOperationRunQueryPayload": _type(
            "", bulkOperation="BulkOperation", userErrors="[UserError"
        ),
        "UserError": _type("field message code"),
        "PageInfo": _type("hasNextPage hasPreviousPage startCursor endCursor"),
    }
)

SCOPES: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        ("QueryRoot", "orders"): "read_orders",
        ("QueryRoot", "order"): "read_orders",
        ("QueryRoot", "customers"): "read_customers",
        ("Order", "customer"): "read_customers",
        ("Order", "returns"): "read_returns",
    }
)
"""Which access scope a field needs."""

PROTECTED = frozenset(
    {
        ("Customer", "displayName"),
        ("Customer", "firstName"),
        ("Customer", "lastName"),
        ("Customer", "defaultEmailAddress"),
        ("Order", "email"),
        ("Order", "phone"),
    }
)
"""Protected customer data: null without the vendor's approval."""

MUTATION_COST = 10


def bare(kind: str) -> str:
    """The name of a type without what it is a list of."""
    return kind.lstrip("*[")


def cost(field: Field, parent: str) -> int:
    """What a field is requested to cost."""
    if parent == "Mutation":
        return MUTATION_COST
    kind = TYPES.get(parent, {}).get(field.name, "")
    if not kind:
        return 0
    inner = sum(cost(each, bare(kind)) for each in children(field, kind))
    if kind.startswith("*"):
        return 2 + int(field.arguments.get("first") or 0) * (1 + inner)
    return 1 + inner


def children(field: Field, kind: str) -> list[Field]:
    """The fields selected of each thing; of a connection those below nodes, or edges and node."""
    if not kind.startswith("*"):
        return field.selection
    found: list[Field] = []
    for each in field.selection:
        if each.name == "nodes":
            found += each.selection
        elif each.name == "edges":
            for edge in each.selection:
                found += edge.selection if edge.name == "node" else []
    return found
