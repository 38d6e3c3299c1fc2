"""The connector: its streams, how it signs in, and the vendor's budgets."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time
from functools import partial
from typing import Any

from deskpulse.connector import Connector, Page, Parsed, Stream
from deskpulse.errors import RequestRefused, StreamForbidden
from deskpulse.http.auth import Auth, basic, bearer
from deskpulse.http.budget import Budget
from deskpulse.http.oauth import OAuth
from deskpulse_connectors.zendesk.audits import unread_types
from deskpulse_connectors.zendesk.calls import to_call
from deskpulse_connectors.zendesk.chats import to_chat
from deskpulse_connectors.zendesk.config import ZendeskConfig
from deskpulse_connectors.zendesk.events import to_events
from deskpulse_connectors.zendesk.holidays import Known, with_holidays
from deskpulse_connectors.zendesk.legs import to_leg
from deskpulse_connectors.zendesk.metrics import joined
from deskpulse_connectors.zendesk.moments import time_export
from deskpulse_connectors.zendesk.offers import Offers
from deskpulse_connectors.zendesk.paging import (
    Export,
    Listed,
    PageSize,
    TimeOf,
    cursor_export,
    demand,
    list_pages,
)
from deskpulse_connectors.zendesk.people import to_account, to_person, to_team
from deskpulse_connectors.zendesk.policies import to_policy, to_schedule
from deskpulse_connectors.zendesk.recent import Recent
from deskpulse_connectors.zendesk.surveys import to_rating
from deskpulse_connectors.zendesk.tickets import Reading, to_ticket
from deskpulse_connectors.zendesk.times import (
    generated,
    timestamp,
    unknown,
    update_timestamp,
    updated,
)

API = "/api/v2"
EXPORT, TALK, TALK_PER_MINUTE = "export", "talk", 10

TOKEN_LIFE_S = 172_800
"""Two days. Zendesk tells when a token expires only if it is asked for a lifetime."""

RETIREMENT = (
    "API tokens are retired: none can be created since 2026-10-27, and Zendesk switches the last "
    "ones off on 2027-04-30. Create an OAuth client and set client_id and client_secret."
)

log = logging.getLogger("deskpulse.zendesk")


class Zendesk(Connector):
    """Zendesk Support: tickets with their whole history, people, surveys, policies, schedules."""

    name = "zendesk"
    Config = ZendeskConfig
    config: ZendeskConfig

    @classmethod
    def base_url(cls, config: ZendeskConfig) -> str:
        """The account's address."""
        return config.desk

    @classmethod
    def auth_for(cls, config: ZendeskConfig) -> Auth:
        """OAuth unless a ready token or a legacy API token is set."""
        match config.method:
            case "access_token":
                return bearer("access_token")
            case "api_token":
                return basic("email", "api_token", user_suffix="/token")
            case grant:
                return OAuth(
                    "/oauth/tokens",
                    grant=grant,
                    scope=config.scope,
                    expires_in=TOKEN_LIFE_S,
                    encoding="json",
                )

    @classmethod
    def budgets(cls, config: ZendeskConfig) -> Sequence[Budget]:
        """All requests of the account together, and the exports among them."""
        return (
            Budget("", config.requests_per_minute),
            Budget(EXPORT, config.export_per_minute, parallel=1),
            Budget(TALK, TALK_PER_MINUTE, parallel=1),
        )

    def warnings(self) -> list[str]:
        """What the operator should know about these settings."""
        return [RETIREMENT] if self.config.method == "api_token" else []

    def streams(self) -> list[Stream]:
        """What is read, in this order: people first, so that authors are known early."""
        reading = Reading(
            desk=self.config.desk,
            fields=self.config.fields,
            brands=self.config.brands,
            reconcile=self.config.metrics,
        )
        ticket = partial(to_ticket, reading=reading)
        event = partial(to_events, reading=reading)
        every = [
            _stream(self.groups, to_team),
            _stream(self.organizations, to_account),
            _stream(self.users, to_person),
            _stream(self.tickets, ticket),
            _stream(self.ticket_events, event),
            _stream(self.satisfaction_ratings, to_rating, essential=False),
            _stream(self.sla_policies, to_policy, essential=False),
            _stream(self.schedules, to_schedule, essential=False),
        ]
        if self.config.talk:
            every.append(_stream(self.calls, to_call))
            every.append(_stream(self.legs, to_leg, essential=False))
        if self.config.chat:
            every.append(_stream(self.chats, to_chat))
        return every

    # --- exports ----------------------------------------------------------------------------

    def tickets(self, cursor: str | None) -> Iterator[Page]:
        """Tickets as they are now: also archived, deleted and merged ones."""
        export = self._export(
            "tickets/cursor",
            "tickets",
            time_of=generated,
            always=("id", "status", "created_at", "generated_timestamp"),
        )
        if self.config.metrics:
            export = replace(export, join=joined, params={"include": "metric_sets"})
        yield from cursor_export(export, cursor)

    def users(self, cursor: str | None) -> Iterator[Page]:
        """Customers and agents, with the role they have now."""
        export = self._export("users/cursor", "users", time_of=unknown, always=("id", "role"))
        yield from cursor_export(export, cursor)

    def ticket_events(self, cursor: str | None) -> Iterator[Page]:
        """Replies, notes, changes, surveys and merges: the history of every ticket."""
        export = self._export(
            "ticket_events",
            "ticket_events",
            time_of=timestamp,
            always=("id", "ticket_id", "child_events"),
        )
        export = replace(export, params={"include": "comment_events"})
        offers = Offers(self._audits, self._survey_response)
        ignored: Counter[str] = Counter()
        for page in time_export(export, cursor):
            ignored += unread_types(page.records)
            yield replace(page, records=offers.complete(page.records))
        if ignored:
            log.info("%s: ticket_events: ignored %s", self.source, dict(ignored.most_common()))
        if offers.missing:
            log.info("%s: ticket_events: %d survey answers are gone", self.source, offers.missing)

    def organizations(self, cursor: str | None) -> Iterator[Page]:
        """Customer organisations."""
        export = self._export("organizations", "organizations", time_of=updated)
        yield from time_export(export, cursor)

    def calls(self, cursor: str | None) -> Iterator[Page]:
        """Calls of Zendesk Talk, each as it ended."""
        yield from time_export(self._talk_export("calls"), cursor)

    def legs(self, cursor: str | None) -> Iterator[Page]:
        """What each agent did in the calls of Zendesk Talk."""
        yield from time_export(self._talk_export("legs"), cursor)

    def chats(self, cursor: str | None) -> Iterator[Page]:
        """Chats of Zendesk Chat, each as it ended."""
        export = replace(
            self._export("chats", "chats", time_of=update_timestamp),
            path=f"{API}/chat/incremental/chats",
            params={"fields": "chats(*)"},
            sized="limit",
            says_end=False,
        )
        yield from time_export(export, cursor)

    # --- lists ------------------------------------------------------------------------------

    def groups(self, cursor: str | None) -> Iterator[Page]:
        """Groups of agents, all of them every time."""
        del cursor
        yield from self._all("groups.json", "groups")

    def satisfaction_ratings(self, cursor: str | None) -> Iterator[Page]:
        """Good and bad ratings of accounts with the legacy surveys."""
        recent = Recent.open(cursor, self._start(), self.clock.now())
        span = {"start_time": recent.since, "end_time": recent.until}
        yield from self._recent("satisfaction_ratings.json", "satisfaction_ratings", recent, span)

    def sla_policies(self, cursor: str | None) -> Iterator[Page]:
        """SLA policies, all of them every time."""
        del cursor
        yield from self._all("slas/policies.json", "sla_policies")

    def schedules(self, cursor: str | None) -> Iterator[Page]:
        """Opening hours; with their holidays once a day, and whenever they look different."""
        known, asked = Known.open(cursor), self.clock.now()
        listed = self._listed("business_hours/schedules.json", "schedules")
        rows = [row for part in listed for row in part.rows]
        news = with_holidays(
            self.gather, f"{API}/business_hours/schedules", known.news(rows, asked)
        )
        yield Page(news, known.after(rows, asked).text(), complete_to=asked)

    # --- how they are asked for -------------------------------------------------------------

    def _export(
        self, path: str, key: str, *, time_of: TimeOf, always: tuple[str, ...] = ("id",)
    ) -> Export:
        return Export(
            ask=self.get,
            clock=self.clock,
            path=f"{API}/incremental/{path}.json",
            key=key,
            size=PageSize(self.config.per_page),
            budget=EXPORT,
            start=self._start(),
            time_of=time_of,
            always=always,
        )

    def _talk_export(self, key: str) -> Export:
        return replace(
            self._export(key, key, time_of=updated),
            path=f"{API}/channels/voice/stats/incremental/{key}.json",
            budget=TALK,
            says_end=False,
        )

    def _start(self) -> int:
        start = self.config.start
        return 0 if start is None else int(datetime.combine(start, time(), UTC).timestamp())

    def _all(self, path: str, key: str) -> Iterator[Page]:
        asked = self.clock.now()
        for listed in self._listed(path, key):
            yield Page(listed.rows, None, complete_to=asked if listed.last else None)

    def _recent(
        self, path: str, key: str, recent: Recent, span: Mapping[str, Any]
    ) -> Iterator[Page]:
        for listed in self._listed(path, key, after=recent.after, **span):
            complete = datetime.fromtimestamp(recent.until, UTC) if listed.last else None
            yield Page(listed.rows, recent.at(listed.after), complete_to=complete)

    def _listed(self, path: str, key: str, **params: Any) -> Iterator[Listed]:
        """A list; one that the account's plan lacks is answered with 404 instead of 403."""
        try:
            yield from list_pages(self.get, f"{API}/{path}", key, **params)
        except RequestRefused as problem:
            if problem.status != 404:
                raise
            raise StreamForbidden(
                f"{key}: {problem.message}",
                hint="This Zendesk plan does not have it; leave it out with `streams = [...]`.",
                status=404,
            ) from None

    def _audits(self, ticket_id: Any) -> Iterator[Any]:
        for listed in list_pages(self.get, f"{API}/tickets/{ticket_id}/audits.json", "audits"):
            yield from listed.rows

    def _survey_response(self, response_id: str) -> Any:
        body = self.get(f"{API}/guide/survey_responses/{response_id}")
        return demand(body, "survey_response", "survey_responses")


def _stream(
    pull: Callable[[str | None], Iterator[Page]],
    parse: Callable[[Any], Parsed],
    *,
    essential: bool = True,
) -> Stream:
    text = (pull.__doc__ or "").strip()
    return Stream(pull.__name__, pull, parse, essential=essential, help=text)
