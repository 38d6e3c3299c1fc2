"""The least that a sync into SQLite can cost: fetch the pages, parse them, insert plain rows.

The same pages as the connector asks for, the same number of rows and the same primary keys, one
transaction a page. Nothing is validated, converted, compared, marked or remembered.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import Any

import httpx
import orjson

Row = tuple[Any, ...]
Rows = dict[str, list[Row]]

TABLES = {  # columns and primary key, as in the store
    "ticket": (28, "c0, c1"),
    "message": (11, "c0, c2, c1"),
    "change": (11, "c0, c2, c1"),
    "vendor_metric": (7, "c0, c1"),
    "person": (10, "c0, c1"),
    "account": (10, "c0, c1"),
    "survey": (14, "c0, c1"),
    "tombstone": (6, "c0, c2, c1"),
}
FIELDS = ("status", "assignee_id", "group_id", "priority", "type", "tags")
METRICS = (
    "reply_time_in_minutes",
    "first_resolution_time_in_minutes",
    "full_resolution_time_in_minutes",
    "requester_wait_time_in_minutes",
    "agent_wait_time_in_minutes",
    "on_hold_time_in_minutes",
)


def sync(url: str, token: str, database: str) -> dict[str, int]:
    """Everything once; the rows inserted by table."""
    connection = sqlite3.connect(database, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")
    inserts = {}
    for name, (width, key) in TABLES.items():
        columns = ", ".join(f"c{number}" for number in range(width))
        connection.execute(f"CREATE TABLE {name} ({columns}, PRIMARY KEY ({key})) WITHOUT ROWID")
        inserts[name] = f"INSERT OR REPLACE INTO {name} VALUES ({', '.join('?' * width)})"
    counted = dict.fromkeys(TABLES, 0)
    headers = {"Authorization": f"Bearer {token}"}
    with httpx.Client(base_url=f"{url}/api/v2", headers=headers, timeout=60) as client:
        for rows in _pages(client):
            connection.execute("BEGIN IMMEDIATE")
            for name, found in rows.items():
                connection.executemany(inserts[name], found)
                counted[name] += len(found)
            connection.execute("COMMIT")
    connection.close()
    return counted


def _pages(client: httpx.Client) -> Iterator[Rows]:
    for body in _cursor(client, "users", {}):
        yield {"person": [_person(row) for row in body["users"]]}
    for body in _cursor(client, "tickets", {"include": "metric_sets"}):
        yield _tickets(body["tickets"])
    for body in _time(client, "ticket_events", {"include": "comment_events"}):
        yield _events(body["ticket_events"])
    for body in _time(client, "organizations", {}):
        yield {"account": [_account(row) for row in body["organizations"]]}
    after: dict[str, Any] = {}
    while True:
        body = _get(client, "/satisfaction_ratings.json", {"page[size]": 100, **after})
        yield {"survey": [_survey(row) for row in body["satisfaction_ratings"]]}
        if not body["meta"]["has_more"]:
            return
        after = {"page[after]": body["meta"]["after_cursor"]}


def _get(client: httpx.Client, path: str, params: dict[str, Any]) -> Any:
    return orjson.loads(client.get(path, params=params).raise_for_status().content)


def _cursor(client: httpx.Client, name: str, params: dict[str, Any]) -> Iterator[Any]:
    place: dict[str, Any] = {"start_time": 0}
    while True:
        asked = {"per_page": 1000, **place, **params}
        body = _get(client, f"/incremental/{name}/cursor.json", asked)
        yield body
        if body["end_of_stream"]:
            return
        place = {"cursor": body["after_cursor"]}


def _time(client: httpx.Client, name: str, params: dict[str, Any]) -> Iterator[Any]:
    start = 0
    while True:
        asked = {"per_page": 1000, "start_time": start, **params}
        body = _get(client, f"/incremental/{name}.json", asked)
        yield body
        if body["end_of_stream"]:
            return
        start = body["end_time"]


def _tickets(tickets: list[Any]) -> Rows:
    rows: Rows = {"ticket": [], "vendor_metric": [], "tombstone": []}
    for raw in tickets:
        key = str(raw["id"])
        if raw["status"] == "deleted":
            rows["tombstone"].append(("desk", key, "ticket", "deleted", raw["updated_at"], None))
            continue
        if "closed_by_merge" in raw["tags"]:
            rows["tombstone"].append(("desk", key, "ticket", "merged", raw["updated_at"], None))
        rows["ticket"].append(
            (
                *("desk", key, raw["subject"], raw["url"], raw["status"], raw["priority"]),
                *(raw["type"], raw["via"]["channel"], None, None, " ".join(raw["tags"])),
                *(str(raw["brand_id"]), None, str(raw["requester_id"])),
                *(str(raw["organization_id"]), str(raw["assignee_id"]), str(raw["group_id"])),
                *(None, None, None, raw["created_at"], raw["updated_at"]),
                *(raw["generated_timestamp"], raw["due_at"], None, None, None, "{}"),
            )
        )
        metrics = raw["metric_set"]
        values = [(name, metrics[name]) for name in ("replies", "reopens")]
        for name in METRICS:
            values += [(f"{name} {clock}", value) for clock, value in metrics[name].items()]
        rows["vendor_metric"] += [
            ("desk", f"{key}-{name}", key, name, value, "s", None)
            for name, value in values
            if value is not None
        ]
    return rows


def _events(audits: list[Any]) -> Rows:
    rows: Rows = {"message": [], "change": [], "tombstone": []}
    for audit in audits:
        ticket, when, who = str(audit["ticket_id"]), audit["created_at"], str(audit["updater_id"])
        for child in audit["child_events"]:
            kind, key = child["event_type"], str(child["id"])
            if kind == "Comment":
                author, public = str(child["author_id"]), child["public"]
                rows["message"].append(
                    ("desk", key, ticket, when, author, None, public, "web", False, None, None)
                )
            elif kind in ("Create", "Change"):
                rows["change"] += [
                    (
                        *("desk", f"{key}-{field}", ticket, when, 0, who, None, field),
                        *(str(child.get("previous_value")), str(child[field]), False),
                    )
                    for field in FIELDS
                    if field in child
                ]
        rows["tombstone"] += [
            ("desk", str(merged), "ticket", "merged", when, ticket)
            for merged in audit.get("merged_ticket_ids") or ()
        ]
    return rows


def _person(raw: Any) -> Row:
    key, account = str(raw["id"]), str(raw["organization_id"])
    known = (raw["name"], raw["email"], account, raw["created_at"], raw["locale"])
    return ("desk", key, raw["role"], *known, None, "{}")


def _account(raw: Any) -> Row:
    domains = " ".join(raw["domain_names"])
    return ("desk", str(raw["id"]), raw["name"], domains, *(None,) * 5, "{}")


def _survey(raw: Any) -> Row:
    ticket, customer = str(raw["ticket_id"]), str(raw["requester_id"])
    when = (raw["created_at"], raw["updated_at"])
    said = ("csat", raw["score"], 0, 1, True, raw["comment"])
    return ("desk", str(raw["id"]), *said, ticket, customer, None, None, *when)
