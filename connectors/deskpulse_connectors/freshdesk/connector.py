"""The connector: its streams, how it signs in, and the vendor's budgets."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from deskpulse.asking import Linked
from deskpulse.connector import Connector, History, Page, Parsed, Stream
from deskpulse.errors import SourceError
from deskpulse.http.auth import Auth, FixedHeader, basic_value
from deskpulse.http.budget import Budget
from deskpulse_connectors.freshdesk.activities import Export, to_change
from deskpulse_connectors.freshdesk.again import daily, recent, unordered, whole
from deskpulse_connectors.freshdesk.changed import Changed
from deskpulse_connectors.freshdesk.config import FreshdeskConfig
from deskpulse_connectors.freshdesk.conversations import PARALLEL, with_conversations
from deskpulse_connectors.freshdesk.lists import pages
from deskpulse_connectors.freshdesk.people import to_account, to_agent, to_customer, to_team
from deskpulse_connectors.freshdesk.policies import to_policy, to_schedule
from deskpulse_connectors.freshdesk.ratings import to_survey
from deskpulse_connectors.freshdesk.statuses import StatusNames
from deskpulse_connectors.freshdesk.tickets import Reading, to_gone, to_ticket
from deskpulse_connectors.freshdesk.time_entries import to_worklog
from deskpulse_connectors.raw import mapping

API = "/api/v2"
TICKETS, CONTACTS = "tickets", "contacts"
INCLUDE_COST = 2
"""What each `include` of a list takes of the account's budget beside the request itself (airbyte's
source-freshdesk counts 3 for a list with one)."""

GLOBAL = 1
"""The ticket scope of an agent who sees every ticket; 2 is those of their groups, 3 their own."""

PARTIAL = (
    "The owner of the API key does not see all tickets (ticket scope {scope}), and Freshdesk "
    "leaves out the rest without a word. Use the key of an agent with global access."
)


class Freshdesk(Connector):
    """Freshdesk: tickets with what was said on them, people, ratings, time, policies, hours."""

    name = "freshdesk"
    Config = FreshdeskConfig  # type: ignore[assignment]  # it has settings that are required
    config: FreshdeskConfig

    @classmethod
    def base_url(cls, config: FreshdeskConfig) -> str:
        """The account's address."""
        return config.desk

    @classmethod
    def auth_for(cls, config: FreshdeskConfig) -> Auth:
        """HTTP basic: the key is the user, and the password may be anything."""
        del config
        return FixedHeader("Authorization", ("api_key",), lambda key: basic_value(key, "X"))

    @classmethod
    def budgets(cls, config: FreshdeskConfig) -> Sequence[Budget]:
        """All requests of the account, and the two lists that have a limit of their own."""
        allowed = config.allowed
        return (
            Budget("", allowed.account, parallel=PARALLEL),
            Budget(TICKETS, allowed.lists),
            Budget(CONTACTS, allowed.lists),
        )

    def warnings(self) -> list[str]:
        """What the operator should know: a key that sees only a part of the tickets is silent."""
        try:
            me = mapping(self.get(f"{API}/agents/me"))
        except SourceError:
            return []  # the streams tell
        if me.get("ticket_scope") in (None, GLOBAL):
            return []
        return [PARTIAL.format(scope=me["ticket_scope"])]

    def streams(self) -> list[Stream]:
        """What is read, in this order: people first, so that authors are known early."""
        config = self.config
        ticket = partial(
            to_ticket,
            reading=Reading(
                desk=config.desk,
                statuses=config.statuses,
                fields=config.fields,
                brands=config.brands,
                metrics=config.metrics,
                activities=config.activities,
            ),
        )
        found = [
            _stream(self.groups, to_team),
            _stream(self.agents, to_agent),
            _stream(self.companies, to_account),
            _stream(self.contacts, to_customer),
            _stream(self.tickets, ticket, history="observed"),
            _stream(self.spam_tickets, partial(to_gone, reason="spam")),
            _stream(self.deleted_tickets, partial(to_gone, reason="deleted")),
            _stream(self.satisfaction_ratings, to_survey, essential=False),
            _stream(self.time_entries, to_worklog, essential=False),
            _stream(self.sla_policies, to_policy, essential=False),
            _stream(self.business_hours, to_schedule, essential=False),
        ]
        if config.activities:
            change = partial(to_change, statuses=config.statuses)
            found.append(_stream(self.ticket_activities, change, essential=False))
        return found

    # --- tickets ----------------------------------------------------------------------------

    def tickets(self, cursor: str | None) -> Iterator[Page]:
        """Tickets as they are now, with everything that was said on them."""
        include = ["stats", *(["description"] if self.config.descriptions else [])]
        names = self._status_names()
        for page in self._changed("tickets", include=include).pages(cursor):
            rows = names.on_tickets(with_conversations(self.gather, page.records))
            yield replace(page, records=rows)

    def spam_tickets(self, cursor: str | None) -> Iterator[Page]:
        """Tickets that were marked as spam."""
        spam = self._changed("spam_tickets", filter="spam")
        yield from daily(spam, cursor, self.clock.now())

    def deleted_tickets(self, cursor: str | None) -> Iterator[Page]:
        """Tickets that were deleted, as long as Freshdesk keeps them."""
        deleted = self._changed("deleted_tickets", filter="deleted")
        yield from daily(deleted, cursor, self.clock.now())

    def ticket_activities(self, cursor: str | None) -> Iterator[Page]:
        """Every change of the days before today, from the daily export."""
        export = Export(
            day=lambda day: self.get(f"{API}/export/ticket_activities", created_at=day),
            fetch=self.fetch,
            sign_in=lambda: self.get(f"{API}/agents/me"),
        )
        names = self._status_names()
        for page in export.pages(cursor, self.config.since.date(), self.clock.now()):
            yield replace(page, records=names.on_activities(page.records))

    # --- people -----------------------------------------------------------------------------

    def groups(self, cursor: str | None) -> Iterator[Page]:
        """Groups of agents."""
        yield from self._whole("groups", cursor)

    def agents(self, cursor: str | None) -> Iterator[Page]:
        """Agents, also occasional and deactivated ones."""
        yield from self._whole("agents", cursor)

    def companies(self, cursor: str | None) -> Iterator[Page]:
        """Customers' companies."""
        yield from self._whole("companies", cursor)

    def contacts(self, cursor: str | None) -> Iterator[Page]:
        """Customers."""
        yield from unordered(
            lambda since: self._list("contacts", CONTACTS, _updated_since=since),
            cursor,
            self.config.since,
            self.clock.now(),
        )

    # --- what else there is -----------------------------------------------------------------

    def satisfaction_ratings(self, cursor: str | None) -> Iterator[Page]:
        """Answers to satisfaction surveys."""
        yield from recent(
            lambda since: self._list("surveys/satisfaction_ratings", created_since=since),
            cursor,
            self.config.since,
            self.clock.now(),
        )

    def time_entries(self, cursor: str | None) -> Iterator[Page]:
        """Time that agents logged."""
        yield from recent(
            lambda since: self._list("time_entries", executed_after=since),
            cursor,
            self.config.since,
            self.clock.now(),
        )

    def sla_policies(self, cursor: str | None) -> Iterator[Page]:
        """SLA policies."""
        yield from self._whole("sla_policies", cursor)

    def business_hours(self, cursor: str | None) -> Iterator[Page]:
        """Opening hours."""
        yield from self._whole("business_hours", cursor)

    # --- how they are asked for -------------------------------------------------------------

    def _changed(self, what: str, include: Sequence[str] = (), **params: str) -> Changed:
        def fetch(**place: Any) -> Linked:
            return self.linked(
                f"{API}/tickets",
                budget=TICKETS,
                cost=1 + INCLUDE_COST * len(include),
                order_by="updated_at",
                order_type="asc",
                include=",".join(include) or None,
                **params,
                **place,
            )

        return Changed(fetch, self.clock, what, self.config.per_page, self.config.since)

    def _whole(self, path: str, cursor: str | None) -> Iterator[Page]:
        yield from whole(self._list(path), cursor, self.clock.now())

    def _list(
        self, path: str, budget: str = "", **params: str
    ) -> Iterator[tuple[list[object], bool]]:
        what = path.rpartition("/")[2]
        size = self.config.per_page
        yield from pages(self.linked, f"{API}/{path}", what, size=size, budget=budget, **params)

    def _status_names(self) -> StatusNames:
        return StatusNames(lambda: self.get(f"{API}/ticket_fields"), self.config.statuses)


def _stream(
    pull: Callable[[str | None], Iterator[Page]],
    parse: Callable[[Any], Parsed],
    *,
    essential: bool = True,
    history: History = "stated",
) -> Stream:
    text = (pull.__doc__ or "").strip()
    return Stream(pull.__name__, pull, parse, history=history, essential=essential, help=text)
