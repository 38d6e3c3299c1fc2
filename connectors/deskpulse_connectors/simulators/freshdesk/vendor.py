"""The vendor's front door: the API key, the limits, and which path leads where."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

from deskpulse_connectors.simulators.clock import SimClock
from deskpulse_connectors.simulators.exchange import Reply, Request, json_reply
from deskpulse_connectors.simulators.freshdesk import errors, exports, lists, settings
from deskpulse_connectors.simulators.freshdesk.desk import Desk
from deskpulse_connectors.simulators.freshdesk.team import Team
from deskpulse_connectors.simulators.limits import Limit

Role = Literal["admin", "agent"]
FEATURES = frozenset({"timesheets", "surveys", "sla_policies", "business_hours", "activities"})
GATED = {
    "time_entries": "timesheets",
    "surveys/satisfaction_ratings": "surveys",
    "sla_policies": "sla_policies",
    "business_hours": "business_hours",
    "export/ticket_activities": "activities",
}
"""What a plan may lack, by path."""
FOR_ADMINS = {"sla_policies", "business_hours", "ticket_fields", "export/ticket_activities"}


class Vendor:
    """Answers as the vendor does. `role` and `scope` are of the agent behind the key."""

    def __init__(
        self,
        desk: Desk,
        team: Team,
        clock: SimClock,
        base: Callable[[], str],
        *,
        account: Limit,
        lists_of: dict[str, Limit],
        most_pages: int,
        role: Role,
        scope: int,
        features: frozenset[str],
        founded: int,
    ) -> None:
        self.key = "a-freshdesk-key-0"
        self._desk, self._team, self._clock, self._base = desk, team, clock, base
        self._account, self._lists_of = account, lists_of
        self._most_pages = most_pages
        self._role, self._scope, self._features = role, scope, features
        self._founded = founded
        self._listed = self._all_lists()

    def answer(self, request: Request) -> Reply:
        """The answer to one request."""
        if request.path.startswith(exports.FILES):
            return exports.file(self._desk, request)
        path = request.path.removeprefix("/api/v2/")
        if path == request.path:
            return errors.missing()
        pulse, cost = self._clock.pulse(), cost_of(path, request.params)
        wait = self._wait(path, pulse, cost)
        if wait is not None:
            return errors.too_many(wait)
        # failed calls count as well
        reply = self._checked(path, request)
        if self._account.count <= 0:
            return reply
        return reply.having(
            {
                "X-RateLimit-Total": str(self._account.count),
                "X-RateLimit-Remaining": str(self._account.remaining(pulse)),
                "X-RateLimit-Used-CurrentRequest": str(cost),
            }
        )

    def _wait(self, path: str, pulse: float, cost: int) -> int | None:
        own = self._lists_of.get(path)
        wait = own.take(pulse) if own else None
        if wait is not None:
            return wait
        if 0 < self._account.count < cost + self._account.count - self._account.remaining(pulse):
            return max(self._account.reset(pulse), 1)
        for _ in range(cost):
            self._account.take(pulse)
        return None

    def _checked(self, path: str, request: Request) -> Reply:
        if self._key_of(request) != self.key:
            return errors.unauthenticated()
        if request.method != "GET":
            return json_reply({"message": f"{request.method} method is not allowed."}, 405)
        feature = GATED.get(path)
        if feature is not None and feature not in self._features:
            return errors.require_feature(feature)
        if self._role != "admin" and path in FOR_ADMINS:
            return errors.access_denied()
        return self._api(path, request)

    def _api(self, path: str, request: Request) -> Reply:
        if path == "export/ticket_activities":
            return exports.listed(request, self._clock.instant(), self._base())
        if path == "agents/me":
            return json_reply({**self._desk.agents[self._team.admin], "ticket_scope": self._scope})
        listed = self._listed.get(path)
        if listed is None:
            return self._one(path, request)
        return lists.paginate(listed(request), request, self._base(), self._most_pages)

    def _all_lists(self) -> dict[str, Callable[[Request], Sequence[Any]]]:
        """The lists by path."""
        desk, made_since = self._desk, lists.made_since
        return {
            "tickets": lambda request: lists.tickets(desk, request, self._clock.now()),
            "contacts": lambda request: lists.contacts(desk, request),
            "agents": lambda _: list(desk.agents.values()),
            "groups": lambda _: list(desk.groups.values()),
            "companies": lambda _: list(desk.companies.values()),
            "surveys/satisfaction_ratings": lambda request: made_since(
                list(desk.ratings.values()), request.params.get("created_since"), "created_at"
            ),
            "time_entries": lambda request: made_since(
                list(desk.time_entries.values()),
                request.params.get("executed_after"),
                "executed_at",
            ),
            "sla_policies": lambda _: settings.sla_policies(self._founded, list(desk.groups)),
            "business_hours": lambda _: settings.business_hours(self._founded),
            "ticket_fields": lambda _: settings.ticket_fields(),
        }

    def _one(self, path: str, request: Request) -> Reply:
        found = re.fullmatch(r"tickets/(\d+)(/conversations)?", path)
        ticket = self._desk.tickets.get(int(found[1])) if found else None
        if found is None or ticket is None:
            return errors.missing()
        if ticket.forbidden:
            return errors.access_denied()
        if found[2]:
            return lists.paginate(ticket.conversations, request, self._base(), self._most_pages)
        requester = self._desk.contacts.get(ticket.data["requester_id"])
        return json_reply(ticket.shown(lists.included(request.params), requester))

    def _key_of(self, request: Request) -> str:
        kind, _, coded = request.headers.get("authorization", "").partition(" ")
        try:
            user = base64.b64decode(coded).decode().partition(":")[0]
        except (binascii.Error, ValueError):
            return ""
        return user if kind == "Basic" else ""


def cost_of(path: str, params: Mapping[str, str]) -> int:
    """What a request takes of the account: two more for each include of a list, one of a ticket."""
    return 1 + (2 if path == "tickets" else 1) * len(lists.included(params))
