"""Answers GraphQL as the Admin API does: scopes, costs, partial errors, warnings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from deskpulse_connectors.simulators.clock import SimClock
from deskpulse_connectors.simulators.exchange import Reply, Request, json_reply
from deskpulse_connectors.simulators.shopify import schema
from deskpulse_connectors.simulators.shopify.bucket import Bucket
from deskpulse_connectors.simulators.shopify.bulk import Bulk
from deskpulse_connectors.simulators.shopify.graphql import Field, SyntaxProblem, parse
from deskpulse_connectors.simulators.shopify.search import Index, Refused
from deskpulse_connectors.simulators.shopify.shop import Shop

MOST_COST = 1000
Path = list[str | int]


class Api:
    """One endpoint. `scopes` are granted; `approved`: protected customer data may be read."""

    def __init__(
        self, shop: Shop, index: Index, bucket: Bucket, clock: SimClock, *, scopes: set[str]
    ) -> None:
        self._shop = shop
        self._index = index
        self._bucket = bucket
        self._clock = clock
        self.scopes = scopes
        self.approved = True
        self.bulk = Bulk(self._bulk_lines, concurrent=5)
        self.files_host = ""
        self._errors: list[dict[str, Any]] = []
        self._unpaged = False

    def answer(self, request: Request) -> Reply:
        """One query or mutation."""
        try:
            asked = request.json()
            operation = parse(asked["query"], asked.get("variables") or {})
        except (SyntaxProblem, ValueError, KeyError, TypeError) as problem:
            return json_reply({"errors": [{"message": str(problem)}]})
        parent = "QueryRoot" if operation.kind == "query" else "Mutation"
        missing = list(_undefined(operation.selection, parent, [operation.kind]))
        if missing:
            return json_reply({"errors": missing})
        now = self._clock.pulse()
        requested = sum(schema.cost(each, parent) for each in operation.selection)
        if requested > MOST_COST:
            text = (
                f"Query cost is {requested}, which exceeds the single query max cost limit (1000)."
            )
            code = {"code": "MAX_COST_EXCEEDED", "cost": requested, "maxCost": MOST_COST}
            return json_reply({"errors": [{"message": text, "extensions": code}]})
        if not self._bucket.admits(requested, now):
            error = {"message": "Throttled", "extensions": {"code": "THROTTLED"}}
            cost = self._bucket.figures(requested, None, now)
            return json_reply({"errors": [error], "extensions": {"cost": cost}})
        return json_reply(self._executed(operation.selection, parent, requested, now))

    def _executed(
        self, selection: list[Field], parent: str, requested: int, now: float
    ) -> dict[str, Any]:
        self._errors, self._index.warnings = [], []
        root = self._root if parent == "QueryRoot" else self._mutation
        data: dict[str, Any] | None = {}
        for each in selection:
            data[each.key] = root(each)  # type: ignore[index]
        if parent == "QueryRoot" and data and all(value is None for value in data.values()):
            data = None if self._errors else data
        actual = max(1, requested // 2) if data else 0
        self._bucket.take(actual, now)
        body: dict[str, Any] = {"data": data}
        if self._errors:
            body["errors"] = self._errors
        body["extensions"] = {"cost": self._bucket.figures(requested, actual, now)}
        if self._index.warnings:
            body["extensions"]["search"] = [
                {"path": ["orders"], "query": "", "parsed": {}, "warnings": self._index.warnings}
            ]
        return body

    # --- roots -------------------------------------------------------------------------------

    def _root(self, asked: Field) -> Any:
        path: Path = [asked.key]
        if not self._allowed("QueryRoot", asked.name, path):
            return None
        now = self._clock.now()
        match asked.name:
            case "orders" | "customers":
                kind = "Order" if asked.name == "orders" else "Customer"
                rows = self._index.rows(kind, now, asked.arguments.get("query"))
                return self._connection(asked, rows, kind, path)
            case "order":
                number = int(str(asked.arguments["id"]).rpartition("/")[2])
                found = self._shop.orders.get(number)
                return found and self._object(asked.selection, found, "Order", path)
            case "node" | "bulkOperation":
                job = self.bulk.look(str(asked.arguments["id"]), now, self.files_host)
                return job and self._object(asked.selection, job, "BulkOperation", path)
            case "currentAppInstallation":
                scopes = [{"handle": each, "description": each} for each in sorted(self.scopes)]
                known = {"id": "gid://shopify/AppInstallation/1", "accessScopes": scopes}
                return self._object(asked.selection, known, "AppInstallation", path)
            case _:
                known = {"name": "Shop", "currencyCode": "EUR", "ianaTimezone": "Europe/Berlin"}
                known["myshopifyDomain"] = "acme.myshopify.com"
                return self._object(asked.selection, known, "Shop", path)

    def _mutation(self, asked: Field) -> Any:
        now = self._clock.now()
        job, problems = self.bulk.run(str(asked.arguments.get("query")), now)
        shown = None if job is None else self.bulk.shown(job, self.files_host, now)
        value = {"bulkOperation": shown, "userErrors": problems}
        return self._object(asked.selection, value, "BulkOperationRunQueryPayload", [asked.key])

    # --- values ------------------------------------------------------------------------------

    def _object(self, selection: list[Field], raw: Any, kind: str, path: Path) -> Any:
        return {
            each.key: self._field(each, raw.get(each.name), kind, [*path, each.key])
            for each in selection
        }

    def _field(self, asked: Field, value: Any, parent: str, path: Path) -> Any:
        kind = schema.TYPES[parent][asked.name]
        if not self._allowed(parent, asked.name, path):
            return None
        if asked.name == "customer":
            value = self._shop.customers.get(value)
        elif parent == "Return" and asked.name == "order":
            value = self._shop.orders[value]
        if value is None or not kind:
            return value
        if kind.startswith("["):
            inner = schema.bare(kind)
            return [self._object(asked.selection, each, inner, path) for each in value]
        if kind.startswith("*"):
            rows = [((n, 0), each) for n, each in enumerate(value, 1)]
            return self._connection(asked, rows, schema.bare(kind), path)
        return self._object(asked.selection, value, kind, path)

    def _connection(self, asked: Field, rows: list[Any], kind: str, path: Path) -> Any:
        try:
            info: dict[str, Any] = {}
            if self._unpaged:
                shown = [raw for _, raw in rows]
            else:
                first, after = asked.arguments.get("first"), asked.arguments.get("after")
                shown, info = self._index.page(rows, int(first or 0), after)
        except Refused as problem:
            self._fail(str(problem), {"code": problem.code}, path)
            return None
        answer: dict[str, Any] = {}
        for part in asked.selection:
            if part.name == "pageInfo":
                answer[part.key] = self._object(part.selection, info, "PageInfo", path)
            else:
                chosen = schema.children(Field("", "", selection=[part]), "*")
                nodes = [
                    self._object(chosen, raw, kind, [*path, part.key, n])
                    for n, raw in enumerate(shown)
                ]
                answer[part.key] = (
                    nodes if part.name == "nodes" else [{"node": node} for node in nodes]
                )
        return answer

    # --- bulk --------------------------------------------------------------------------------

    def _bulk_lines(self, query: str) -> list[dict[str, Any]]:
        """The lines of an export: children of a connection on lines of their own, after all."""
        [root] = parse(query, {}).selection
        kind = "Order" if root.name == "orders" else "Customer"
        rows = self._index.rows(kind, self._clock.now(), root.arguments.get("query"))
        self._unpaged = True
        try:
            answer = self._connection(root, sorted(rows, key=lambda row: row[0][1]), kind, [])
        finally:
            self._unpaged = False
        parents, later = [], []
        for node in _nodes(answer):
            for key, value in list(node.items()):
                if isinstance(value, dict) and {"edges", "nodes"} & set(value):
                    later += [{**child, "__parentId": node["id"]} for child in _nodes(value)]
                    del node[key]
            parents.append(node)
        return parents + later

    # --- refusals ----------------------------------------------------------------------------

    def _allowed(self, parent: str, name: str, path: Path) -> bool:
        scope = schema.SCOPES.get((parent, name))
        if scope is not None and scope not in self.scopes:
            need = f"`{scope}` access scope."
            self._fail(
                f"Access denied for {name} field. Required access: {need}",
                {"code": "ACCESS_DENIED", "requiredAccess": need},
                path,
            )
            return False
        if (parent, name) in schema.PROTECTED and not self.approved:
            self._fail(
                f"This app is not approved to use the {name} field.",
                {"code": "ACCESS_DENIED"},
                path,
            )
            return False
        return True

    def _fail(self, message: str, extensions: dict[str, Any], path: Path) -> None:
        self._errors.append({"message": message, "path": path, "extensions": extensions})


def _nodes(connection: dict[str, Any]) -> list[dict[str, Any]]:
    if "nodes" in connection:
        return list(connection["nodes"])
    return [edge["node"] for edge in connection["edges"]]


def _undefined(selection: list[Field], parent: str, path: Path) -> Iterator[dict[str, Any]]:
    known = schema.TYPES.get(parent, {})
    for each in selection:
        here = [*path, each.key]
        if each.name not in known:
            yield {
                "message": f"Field '{each.name}' doesn't exist on type '{parent}'",
                "path": here,
                "extensions": {
                    "code": "undefinedField",
                    "typeName": parent,
                    "fieldName": each.name,
                },
            }
            continue
        kind = known[each.name]
        yield from _undefined(schema.children(each, kind), schema.bare(kind), here)
