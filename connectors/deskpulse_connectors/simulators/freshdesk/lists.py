"""The lists: which rows, in which order, and page by page with the vendor's limits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from deskpulse_connectors.simulators.exchange import Reply, Request, json_reply
from deskpulse_connectors.simulators.freshdesk import errors
from deskpulse_connectors.simulators.freshdesk.desk import Desk
from deskpulse_connectors.simulators.freshdesk.ticket import Ticket

RECENT_S = 30 * 86_400
DEFAULT_ROWS, MOST_ROWS = 30, 100


def tickets(desk: Desk, request: Request, now: int) -> list[dict[str, Any]]:
    """Tickets by the parameters: without `updated_since` only those made in the last 30 days.

    Neither spam nor deleted tickets, unless the filter asks for them.
    """
    params = request.params
    since = params.get("updated_since")
    wanted = params.get("filter")
    found = [
        ticket
        for ticket in desk.tickets.values()
        if _is_in(ticket, wanted)
        and (ticket.updated >= epoch(since) if since else ticket.created >= now - RECENT_S)
    ]
    by_update = params.get("order_by") == "updated_at"
    found.sort(
        key=lambda each: (each.updated if by_update else each.created, each.id),
        reverse=params.get("order_type", "desc") == "desc",
    )
    include = included(params)
    return _Shown(found, include, desk)


class _Shown(list[Any]):
    """Tickets that are turned into the vendor's objects only on the page that is asked for."""

    def __init__(self, found: Sequence[Ticket], include: set[str], desk: Desk) -> None:
        super().__init__(found)
        self._include, self._desk = include, desk

    def __getitem__(self, at: Any) -> Any:
        rows = super().__getitem__(at)
        people = self._desk.contacts
        return [each.shown(self._include, people.get(each.data["requester_id"])) for each in rows]


def included(params: Mapping[str, str]) -> set[str]:
    """What a request asks to be told besides."""
    return {each for each in params.get("include", "").split(",") if each}


def contacts(desk: Desk, request: Request) -> list[dict[str, Any]]:
    """Contacts by name. `updated_since` without its underscore is ignored without a word."""
    since = request.params.get("_updated_since")
    begin = epoch(since) if since else 0
    rows = [each for each in desk.contacts.values() if epoch(each["updated_at"]) >= begin]
    return sorted(rows, key=lambda each: str(each["name"]))


def made_since(rows: Sequence[dict[str, Any]], since: str | None, key: str) -> list[dict[str, Any]]:
    """Rows made since an instant, the newest first; later changes do not count."""
    found = [each for each in rows if not since or epoch(each[key]) >= epoch(since)]
    return sorted(found, key=lambda each: (str(each[key]), int(each["id"])), reverse=True)


def paginate(rows: Sequence[Any], request: Request, base: str, most_pages: int) -> Reply:
    """One page, with the address of the next one in `Link` unless it is the last."""
    params = dict(request.params)
    size, number = _number(params, "per_page", DEFAULT_ROWS), _number(params, "page", 1)
    if size is None or size > MOST_ROWS:
        message = f"It should be a Positive Integer less than or equal to {MOST_ROWS}"
        return errors.invalid("per_page", message)
    if number is None:
        return errors.invalid("page", "It should be a Positive Integer")
    if number > most_pages:
        message = (
            f"You cannot access tickets beyond the {most_pages}th page. Please provide a smaller "
            "page number."
        )
        return errors.invalid("page", message)
    begin, end = (number - 1) * size, number * size
    headers = {}
    if end < len(rows):
        query = urlencode({**params, "page": str(number + 1)})
        headers["Link"] = f'<{base}{request.path}?{query}>; rel="next"'
    return json_reply(rows[begin:end], 200, headers)


def epoch(stamp: str) -> int:
    """An instant as the vendor writes it, in epoch seconds."""
    return int(datetime.fromisoformat(stamp).timestamp())


def _is_in(ticket: Ticket, wanted: str | None) -> bool:
    if wanted == "spam":
        return ticket.spam and not ticket.deleted
    if wanted == "deleted":
        return ticket.deleted
    return not (ticket.spam or ticket.deleted)


def _number(params: dict[str, str], key: str, default: int) -> int | None:
    text = params.get(key, str(default))
    return int(text) if text.isdigit() and int(text) > 0 else None
