"""The vendor's front door: authentication, limits, and which path leads where."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, Literal

from deskpulse_connectors.simulators.clock import SimClock
from deskpulse_connectors.simulators.exchange import Reply, Request, json_reply
from deskpulse_connectors.simulators.limits import Limit
from deskpulse_connectors.simulators.zendesk import lists, settings
from deskpulse_connectors.simulators.zendesk.auth import Tokens
from deskpulse_connectors.simulators.zendesk.desk import Desk
from deskpulse_connectors.simulators.zendesk.exports import Exports
from deskpulse_connectors.simulators.zendesk.talk import CALLS, CHATS, LEGS, Talk

Role = Literal["admin", "agent"]
NAMED = {"slas/policies": "sla_policies"}
"""Lists whose key is not the end of their path."""

FORBIDDEN = {
    "error": {
        "title": "Forbidden",
        "message": "You do not have access to this page. Please contact the account owner of this"
        " help desk for further help.",
    }
}


class Vendor:
    """Answers as the vendor does. `role`: of the user behind the credentials."""

    def __init__(
        self,
        desk: Desk,
        tokens: Tokens,
        clock: SimClock,
        base: Callable[[], str],
        *,
        exports_limit: Limit,
        account_limit: Limit,
        role: Role,
        founded: int,
        admin: int,
    ) -> None:
        self._desk = desk
        self._tokens = tokens
        self._clock = clock
        self._base = base
        self._exports_limit = exports_limit
        self._account_limit = account_limit
        self._deleted_limit = Limit(10, account_limit.window)
        self._role = role
        self._founded = founded
        self._admin = admin
        self._lists = self._all_lists()
        talk = Talk(desk, base)
        self._talk = {CALLS: talk.calls, LEGS: talk.legs, CHATS: talk.chats}
        self._talk_limit = Limit(min(exports_limit.count, 10), account_limit.window)
        exports = Exports(desk, base)
        self._exports: dict[str, Callable[[Request, int], Reply]] = {
            "tickets/cursor": exports.tickets,
            "users/cursor": exports.users,
            "ticket_events": exports.ticket_events,
            "organizations": exports.organizations,
        }

    def answer(self, request: Request) -> Reply:
        """The answer to one request."""
        pulse = self._clock.pulse()
        if request.path == "/oauth/tokens":
            if request.method != "POST":
                return json_reply({"error": "MethodNotAllowed"}, 405)
            return self._tokens.grant(request, pulse)
        refusal = self._tokens.refusal(request, pulse)
        if refusal is not None:
            return refusal
        if request.method != "GET":
            return json_reply({"error": "Forbidden", "description": "read scope only"}, 403)
        wait = self._account_limit.take(pulse)
        if wait is not None:
            return _too_many("API requests per minute", wait).having(self._headers(pulse))
        return self._api(request, pulse).having(self._headers(pulse))

    def _api(self, request: Request, pulse: float) -> Reply:
        path = request.path.removeprefix("/api/v2/").removesuffix(".json")
        if path == request.path:
            return json_reply({"error": "InvalidEndpoint", "description": "Not found"}, 404)
        if path.startswith("incremental/"):
            return self._export(path.removeprefix("incremental/"), request, pulse)
        if path in self._talk:
            wait = self._talk_limit.take(pulse) if path != CHATS else None
            if wait is not None:
                return _too_many("incremental export API requests per minute", wait)
            return self._talk[path](request, self._clock.now())
        listed = self._lists.get(path)
        if listed is None:
            return self._one(path, request)
        if path == "deleted_tickets":
            wait = self._deleted_limit.take(pulse)
            if wait is not None:
                return _too_many("deleted tickets requests per minute", wait)
        rows = listed(request, self._clock.now())
        name = NAMED.get(path, path.rsplit("/", 1)[-1])
        return lists.paginate(name, rows, request, self._base())

    def _export(self, name: str, request: Request, pulse: float) -> Reply:
        export = self._exports.get(name)
        if export is None:
            return json_reply({"error": "InvalidEndpoint", "description": "Not found"}, 404)
        if self._role != "admin":
            return json_reply(FORBIDDEN, 403)
        wait = self._exports_limit.take(pulse)
        if wait is not None:
            return _too_many("incremental export API requests per minute", wait)
        return export(request, self._clock.now())

    def _all_lists(self) -> dict[str, Callable[[Request, int], Sequence[Any]]]:
        """The lists by path; each is asked with the request and the present."""
        desk, founded = self._desk, self._founded
        return {
            "groups": lambda _, __: list(desk.groups.values()),
            "users": lambda _, __: [desk.users[ident] for ident in sorted(desk.users)],
            "organizations": lambda _, __: [
                desk.organizations[ident] for ident in sorted(desk.organizations)
            ],
            "tickets": lambda _, now: lists.tickets(desk, now),
            "ticket_metrics": lambda _, now: lists.ticket_metrics(desk, now),
            "deleted_tickets": lambda _, now: lists.deleted_tickets(desk, now),
            "ticket_fields": lambda _, __: settings.ticket_fields(founded),
            "custom_statuses": lambda _, __: settings.custom_statuses(founded),
            "slas/policies": lambda _, __: settings.sla_policies(founded),
            "satisfaction_ratings": lambda request, _: lists.satisfaction_ratings(desk, request),
            "guide/survey_responses": lambda request, _: lists.survey_responses(desk, request),
        }

    def _one(self, path: str, request: Request) -> Reply:
        desk = self._desk
        if path == "users/me":
            return json_reply({"user": {**desk.users[self._admin], "role": self._role}})
        if path == "business_hours/schedules":
            return json_reply({"schedules": settings.schedules(self._founded)})
        if re.fullmatch(r"business_hours/schedules/\d+/holidays", path):
            return json_reply({"holidays": settings.holidays()})
        if found := re.fullmatch(r"guide/survey_responses/(\w+)", path):
            response = lists.survey_response(desk, found[1])
            if response is not None:
                return json_reply({"survey_response": response})
        elif found := re.fullmatch(r"tickets/(\d+)(?:/(comments|audits))?", path):
            ticket = desk.tickets.get(int(found[1]))
            if ticket is not None and ticket.deleted is None:
                if found[2] is None:
                    return json_reply({"ticket": ticket.data})
                rows = (lists.comments if found[2] == "comments" else lists.audits)(desk, ticket)
                return lists.paginate(found[2], rows, request, self._base())
        elif not path.startswith("users/"):
            return json_reply({"error": "InvalidEndpoint", "description": "Not found"}, 404)
        return json_reply(lists.NOT_FOUND, 404)

    def _headers(self, pulse: float) -> dict[str, str]:
        limit = self._account_limit
        if limit.count <= 0:
            return {}
        remaining = str(limit.remaining(pulse))
        return {
            "X-Rate-Limit": str(limit.count),
            "X-Rate-Limit-Remaining": remaining,
            "ratelimit-limit": str(limit.count),
            "ratelimit-remaining": remaining,
            "ratelimit-reset": str(limit.reset(pulse)),
        }


def _too_many(what: str, wait: int) -> Reply:
    return json_reply(
        {
            "error": "APIRateLimitExceeded",
            "description": f"Number of allowed {what} exceeded",
        },
        429,
        {"Retry-After": str(wait)},
    )
