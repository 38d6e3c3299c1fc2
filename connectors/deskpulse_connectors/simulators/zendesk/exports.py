"""The incremental exports: cursor based (tickets, users) and time based (events, organizations)."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from urllib.parse import quote

import orjson

from deskpulse_connectors.simulators.exchange import Reply, Request, json_reply
from deskpulse_connectors.simulators.faults import page_size
from deskpulse_connectors.simulators.zendesk import events
from deskpulse_connectors.simulators.zendesk.desk import Desk
from deskpulse_connectors.simulators.zendesk.index import ChangeIndex

WITHHELD_S = 60
"""Changes of the last minute are not exported yet."""
MOST_ROWS = 1000


class Exports:
    """Answers under /api/v2/incremental. `now` is epoch seconds of the simulated clock."""

    def __init__(self, desk: Desk, base: Callable[[], str]) -> None:
        self._desk = desk
        self._base = base

    def tickets(self, request: Request, now: int) -> Reply:
        """/incremental/tickets/cursor: every ticket, in the order of generated_timestamp."""
        desk = self._desk
        page = self._cursor_page(request, now, desk.ticket_order)
        if isinstance(page, Reply):
            return page
        idents, tail = page
        found = [desk.tickets[ident] for ident in idents]
        if request.params.get("exclude_deleted") == "true":
            found = [ticket for ticket in found if ticket.deleted is None]
        include = set(request.params.get("include", "").split(","))
        rows = [ticket.row() for ticket in found]
        if "metric_sets" in include:
            rows = [
                row[:-1] + b',"metric_set":' + orjson.dumps(desk.metric_set(ticket)) + b"}"
                for row, ticket in zip(rows, found, strict=True)
            ]
        sideloads = b""
        for name, table, fields in (
            ("users", desk.users, ("requester_id", "assignee_id", "submitter_id")),
            ("groups", desk.groups, ("group_id",)),
            ("organizations", desk.organizations, ("organization_id",)),
        ):
            if name in include:
                wanted = {ticket.data[field] for ticket in found for field in fields} - {None}
                values = [table[ident] for ident in sorted(wanted)]
                sideloads += b'"%s":%s,' % (name.encode(), orjson.dumps(values))
        return _page(b"tickets", b",".join(rows), sideloads + tail)

    def users(self, request: Request, now: int) -> Reply:
        """/incremental/users/cursor: every user, in the order of the last change."""
        page = self._cursor_page(request, now, self._desk.user_order)
        if isinstance(page, Reply):
            return page
        idents, tail = page
        rows = [orjson.dumps(self._desk.users[each]) for each in idents]
        return _page(b"users", b",".join(rows), tail)

    def ticket_events(self, request: Request, now: int) -> Reply:
        """/incremental/ticket_events: every audit, in the order of time.

        A page is longer than 1000 if its last second would be cut in two otherwise.
        """
        start = self._start_time(request, now, 400)
        if isinstance(start, Reply):
            return start
        log = self._desk.log
        limit = min(page_size(request, MOST_ROWS), MOST_ROWS)
        begin, end, visible = log.page(start, max(limit, 1), now - WITHHELD_S)
        if "comment_events" in request.params.get("include", "").split(","):
            text = log.text(begin, end) if end > begin else b""
        else:
            text = b",".join(_without_comments(log.row(each)) for each in range(begin, end))
        end_time = log.time(end - 1) if end > begin else start
        tail = self._time_tail(request, end_time, end - begin, more=end < visible)
        return _page(b"ticket_events", text, tail)

    def organizations(self, request: Request, now: int) -> Reply:
        """/incremental/organizations: by last change, and never more than a page.

        So 1000 organizations of one second leave no way on, as in real accounts.
        """
        start = self._start_time(request, now, 400)
        if isinstance(start, Reply):
            return start
        order, upto = self._desk.organization_order, now - WITHHELD_S
        limit = max(min(page_size(request, MOST_ROWS), MOST_ROWS), 1)
        keys = order.after((start, -1), limit, upto)
        rows = [orjson.dumps(self._desk.organizations[ident]) for _, ident in keys]
        end_time = keys[-1][0] if keys else start
        more = bool(keys) and order.has_after(keys[-1], upto)
        tail = self._time_tail(request, end_time, len(rows), more=more)
        return _page(b"organizations", b",".join(rows), tail)

    def _cursor_page(
        self, request: Request, now: int, order: ChangeIndex
    ) -> tuple[list[int], bytes] | Reply:
        """The ids of a page, and the end of its JSON."""
        cursor = request.params.get("cursor")
        if cursor:
            try:
                key = decode_cursor(cursor)
            except ValueError:
                return json_reply(
                    {"error": "InvalidPaginationParameter", "description": "cursor is invalid"}, 400
                )
        else:
            start = self._start_time(request, now, 422)
            if isinstance(start, Reply):
                return start
            key = (start, -1)
        upto = now - WITHHELD_S
        keys = order.after(key, max(min(page_size(request, MOST_ROWS), MOST_ROWS), 1), upto)
        last = keys[-1] if keys else key
        after = encode_cursor(last)
        query = f"?cursor={quote(after, safe='')}" + "".join(
            f"&{name}={quote(request.params[name], safe='')}"
            for name in ("per_page", "include", "exclude_deleted")
            if name in request.params
        )
        tail = {
            "after_url": self._base() + request.path + query,
            "before_url": None,
            "after_cursor": after,
            "before_cursor": None,
            "end_of_stream": not order.has_after(last, upto),
        }
        return [ident for _, ident in keys], orjson.dumps(tail)[1:-1]

    def _time_tail(self, request: Request, end_time: int, count: int, *, more: bool) -> bytes:
        query = f"?start_time={end_time}" + "".join(
            f"&{name}={quote(request.params[name], safe='')}"
            for name in ("per_page", "include")
            if name in request.params
        )
        tail = {
            "next_page": self._base() + request.path + query,
            "count": count,
            "end_of_stream": not more,
            "end_time": end_time,
        }
        return orjson.dumps(tail)[1:-1]

    def _start_time(self, request: Request, now: int, too_recent: int) -> int | Reply:
        text = request.params.get("start_time", "")
        if not text.lstrip("-").isdigit():
            return json_reply(
                {"error": "ParameterMissing", "description": "Parameter start_time is required"},
                400,
            )
        if int(text) > now - WITHHELD_S:
            return json_reply(
                {
                    "error": "StartTimeTooRecent",
                    "description": "Too recent start_time. Use a start_time older than 60 seconds",
                },
                too_recent,
            )
        return int(text)


def encode_cursor(key: tuple[int, int]) -> str:
    """A position as the vendor writes it: base64 of `time.0||id|`."""
    return base64.b64encode(f"{key[0]}.0||{key[1]}|".encode()).decode()


def decode_cursor(cursor: str) -> tuple[int, int]:
    """The inverse of `encode_cursor`; ValueError for anything else."""
    try:
        text = base64.b64decode(cursor, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError) as problem:
        raise ValueError("not base64") from problem
    time, _, ident = text.removesuffix("|").partition("||")
    return int(float(time)), int(ident)


def _page(name: bytes, rows: bytes, tail: bytes) -> Reply:
    return Reply(body=b'{"%s":[%s],%s}' % (name, rows, tail))


def _without_comments(row: bytes) -> bytes:
    if b'"event_type":"Comment"' not in row:
        return row
    audit = orjson.loads(row)
    audit["child_events"] = [
        events.without_text(child) if child["event_type"] == "Comment" else child
        for child in audit["child_events"]
    ]
    return orjson.dumps(audit)
