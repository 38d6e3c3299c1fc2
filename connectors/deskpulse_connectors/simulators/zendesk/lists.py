"""The plain lists, with the vendor's two kinds of pagination: cursor and offset."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote, urlencode

import orjson

from deskpulse_connectors.simulators.exchange import Reply, Request, json_reply
from deskpulse_connectors.simulators.faults import page_size
from deskpulse_connectors.simulators.hours import iso
from deskpulse_connectors.simulators.zendesk import events
from deskpulse_connectors.simulators.zendesk.desk import Desk
from deskpulse_connectors.simulators.zendesk.ticket import Ticket

DAY = 86_400
ARCHIVED_AFTER = 120 * DAY
DELETED_FOR = 30 * DAY
MOST_ROWS = 100
MOST_PAGES = 100
NOT_FOUND = {"error": "RecordNotFound", "description": "Not found"}


def tickets(desk: Desk, now: int) -> list[dict[str, Any]]:
    """Without the deleted and without the archived (closed for 120 days)."""
    return [ticket.data for ticket in _present(desk, now)]


def ticket_metrics(desk: Desk, now: int) -> list[dict[str, Any]]:
    """The metric sets of the tickets that are neither deleted nor archived, newest first."""
    found = [desk.metric_set(ticket) for ticket in _present(desk, now)]
    return [metrics for metrics in reversed(found) if metrics is not None]


def deleted_tickets(desk: Desk, now: int) -> list[dict[str, Any]]:
    """What was deleted within the last 30 days."""
    return [
        {
            "id": ticket.id,
            "subject": ticket.data["subject"],
            "actor": {"id": 1, "name": "Admin 01"},
            "deleted_at": iso(ticket.deleted),
            "previous_state": ticket.last_status,
        }
        for ticket in desk.tickets.values()
        if ticket.deleted is not None and ticket.deleted > now - DELETED_FOR
    ]


def satisfaction_ratings(desk: Desk, request: Request) -> list[dict[str, Any]]:
    """Legacy ratings, oldest first; start_time and end_time bound when they were created."""
    if desk.csat != "legacy":
        return []
    begin = int(request.params.get("start_time") or 0)
    end = int(request.params.get("end_time") or 2**40)
    score = request.params.get("score")
    return [
        rating
        for rating in desk.ratings.values()
        if begin <= _epoch(rating["created_at"]) <= end
        and (not score or rating["score"] == score.removesuffix("_with_comment"))
    ]


def survey_responses(desk: Desk, request: Request) -> list[dict[str, Any]]:
    """Surveys that were sent, answered or not, by id; the filters bound when, in milliseconds."""
    if desk.csat != "survey":
        return []
    begin = int(request.params.get("filter[created_at_start]") or 0)
    end = int(request.params.get("filter[created_at_end]") or 2**50)
    return sorted(
        (
            response
            for ident, response in desk.responses.items()
            if begin <= _epoch(desk.ratings[ident]["created_at"]) * 1000 <= end
        ),
        key=lambda response: str(response["id"]),
    )


def survey_response(desk: Desk, ident: str) -> dict[str, Any] | None:
    """One survey that was sent, by its id."""
    found = (response for response in desk.responses.values() if response["id"] == ident)
    return next(found, None)


def audits(desk: Desk, ticket: Ticket) -> list[dict[str, Any]]:
    """The history of one ticket, as /tickets/{id}/audits shows it."""
    return [events.as_audit(row) for row in _history(desk, ticket)]


def comments(desk: Desk, ticket: Ticket) -> list[dict[str, Any]]:
    """The comments of one ticket."""
    return [
        {key: value for key, value in child.items() if key != "event_type"}
        | {"metadata": {"system": events.SYSTEM, "custom": {}}}
        for row in _history(desk, ticket)
        for child in row["child_events"]
        if child["event_type"] == "Comment"
    ]


def paginate(name: str, rows: Sequence[Any], request: Request, base: str) -> Reply:
    """One page: by cursor if `page[size]` or `page[after]` is given, else by page number."""
    here = base + request.path
    kept = {key: value for key, value in request.params.items() if not key.startswith("page")}
    size = max(min(page_size(request, MOST_ROWS), MOST_ROWS), 1)
    if "page[size]" in request.params or "page[after]" in request.params:
        query = urlencode(kept | {"page[size]": str(size)})
        return _by_cursor(name, rows, request, size=size, here=f"{here}?{query}")
    number = int(request.params.get("page", "1") or 1)
    if number > MOST_PAGES:
        return json_reply(
            {
                "error": {
                    "title": "Invalid attribute",
                    "message": "You passed an invalid value for the page attribute."
                    " Request exceeds pagination limit of 10,000 records.",
                }
            },
            400,
        )
    begin, end = (number - 1) * size, number * size

    def link(page: int) -> str:
        return f"{here}?{urlencode({**kept, 'page': page})}"

    return json_reply(
        {
            name: rows[begin:end],
            "next_page": link(number + 1) if end < len(rows) else None,
            "previous_page": link(number - 1) if number > 1 else None,
            "count": len(rows),
        }
    )


def _by_cursor(name: str, rows: Sequence[Any], request: Request, *, size: int, here: str) -> Reply:
    try:
        begin = int(base64.b64decode(request.params.get("page[after]", "") or b"MA=="))
    except (ValueError, binascii.Error):
        return json_reply(
            {"error": "InvalidPaginationParameter", "description": "page[after] is invalid"}, 400
        )
    end = min(begin + size, len(rows))
    after = base64.b64encode(str(end).encode()).decode()
    more = end < len(rows)
    return json_reply(
        {
            name: rows[begin:end],
            "meta": {"has_more": more, "after_cursor": after, "before_cursor": None},
            "links": {
                "prev": None,
                "next": f"{here}&page%5Bafter%5D={quote(after)}" if more else None,
            },
        }
    )


def _present(desk: Desk, now: int) -> list[Ticket]:
    return [
        ticket
        for ticket in desk.tickets.values()
        if ticket.deleted is None and not archived(ticket, now)
    ]


def archived(ticket: Ticket, now: int) -> bool:
    """Closed for 120 days: only the exports and the ticket's own addresses show it."""
    at, status = ticket.stages[-1]
    return status == "closed" and at <= now - ARCHIVED_AFTER


def _history(desk: Desk, ticket: Ticket) -> list[dict[str, Any]]:
    return [orjson.loads(desk.log.row(position)) for position in ticket.positions]


def _epoch(stamp: str) -> float:
    return datetime.fromisoformat(stamp).timestamp()
