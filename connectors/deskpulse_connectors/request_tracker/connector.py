"""The connector: its streams, how it signs in, and how a page is completed."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from functools import partial
from typing import Any

from deskpulse.connector import Connector, Page, Stream
from deskpulse.errors import StreamForbidden
from deskpulse.http.auth import Auth, FixedHeader, basic
from deskpulse.http.budget import Budget
from deskpulse.records import Record
from deskpulse_connectors.request_tracker import history, tickets
from deskpulse_connectors.request_tracker.asking import EXPANDED, any_of, find, number
from deskpulse_connectors.request_tracker.backfill import Backfill, phase_of
from deskpulse_connectors.request_tracker.config import RequestTrackerConfig
from deskpulse_connectors.request_tracker.directory import Directory
from deskpulse_connectors.request_tracker.feed import Batch, Feed, Place
from deskpulse_connectors.request_tracker.field_names import FieldNames
from deskpulse_connectors.request_tracker.letters import first_headers, headers_of, texts_of
from deskpulse_connectors.request_tracker.people import to_person, to_team
from deskpulse_connectors.request_tracker.values import Reading

log = logging.getLogger("deskpulse.request_tracker")

Rows = list[dict[str, Any]]


class RequestTracker(Connector):
    """Request Tracker 5 over REST2: tickets with their whole history, people, queues."""

    name = "request_tracker"
    Config = RequestTrackerConfig  # type: ignore[assignment]  # url has no default
    config: RequestTrackerConfig

    @classmethod
    def auth_for(cls, config: RequestTrackerConfig) -> Auth:
        """An authentication token, or else the user's password."""
        if config.token is not None:
            return FixedHeader("Authorization", ("token",), "token {}".format)
        return basic("username", "password")

    @classmethod
    def budgets(cls, config: RequestTrackerConfig) -> Sequence[Budget]:
        """RT has no limits; this one spares its database."""
        return (Budget("", config.requests_per_minute),)

    def streams(self) -> list[Stream]:
        """What is read, in this order: tickets first, so that their history finds them."""
        config = self.config
        parse = partial(
            to_records,
            reading=Reading(config.url, config.statuses, _scale(config), config.fields),
        )
        return [
            Stream("queues", self.queues, parse, help="Queues, all of them every time."),
            Stream("tickets", self.tickets, parse, help="Tickets as they are now, and people."),
            Stream("history", self.history, parse, help="Replies, notes, changes, time, merges."),
        ]

    # --- streams ----------------------------------------------------------------------------

    def queues(self, cursor: str | None) -> Iterator[Page]:
        """Queues, also disabled ones."""
        del cursor
        size, page, seen, last = self.config.per_page, 0, 0, False
        while not last:
            page += 1
            found = find(
                self.get,
                "queues/all",
                size=size,
                fields="Name,Disabled",
                orderby="id",
                page=page,
                find_disabled_rows=1,
            )
            seen += len(found.rows)
            if not seen:
                raise StreamForbidden("RT shows this user no queue", hint=_GRANT)
            last = not found.rows if found.total is None else page * size >= found.total
            yield Page(found.rows, None, complete_to=self.clock.now() if last else None)

    def tickets(self, cursor: str | None) -> Iterator[Page]:
        """First every ticket by its id, then those to which something happened since."""
        directory = Directory(self.get, self.gather)
        feed = self._feed()
        phase = phase_of(cursor) if cursor is not None else Backfill(0, feed.newest())
        while isinstance(phase, Backfill):
            found = find(
                self.get,
                "tickets",
                size=self.config.per_page,
                fields=tickets.FIELDS,
                query=f"id > {phase.ticket} AND EffectiveId > 0{self._recent()}",
                orderby="id",
                **EXPANDED,
            )
            last = found.is_last(self.config.per_page)
            if last is None:
                raise StreamForbidden("RT does not let this user see every ticket", hint=_GRANT)
            if not found.rows and cursor is None:
                raise StreamForbidden("RT shows this user no ticket", hint=_GRANT)
            rows = self._with_letters(found.rows)
            phase = phase.after_page(rows, last=last)
            yield Page(directory.newcomers(rows) + rows, phase.write())
            cursor = phase.write()
        for batch in feed.batches(phase):
            rows = self._changed_tickets(batch.rows)
            yield self._page(directory.newcomers(rows) + rows, batch)
        _tell(self.source, "tickets", directory)

    def history(self, cursor: str | None) -> Iterator[Page]:
        """Everything that happened to tickets, in the order of its ids."""
        directory = Directory(self.get, self.gather)
        feed = self._feed()
        names = FieldNames(self.gather)
        place = Place.read(cursor) if cursor is not None else Place(self._first(feed))
        for batch in feed.batches(place):
            rows = self._complete(batch.rows, directory, names)
            yield self._page(directory.newcomers(batch.rows) + rows, batch)
        _tell(self.source, "history", directory)

    # --- how a page is completed ------------------------------------------------------------

    @staticmethod
    def _page(rows: Rows, batch: Batch) -> Page:
        return Page(rows, batch.place.write(), complete_to=batch.complete_to)

    def _changed_tickets(self, transactions: Rows) -> Rows:
        """The tickets to which these happened, as they are now. Deleted ones cannot be searched."""
        named = sorted({int(row["ObjectId"]) for row in transactions})
        if not named:
            return []
        found = find(
            self.get,
            "tickets",
            size=self.config.per_page,
            fields=tickets.FIELDS,
            query=f"{any_of('id', named)} AND EffectiveId > 0",
            orderby="id",
            **EXPANDED,
        )
        unseen = len(named) - len(found.rows)
        if unseen:
            log.info("%s: %d tickets are deleted or not for this user", self.source, unseen)
        return self._with_letters(found.rows)

    def _with_letters(self, rows: Rows) -> Rows:
        headers = first_headers(self.get, self.post_query, [number(row) for row in rows])
        return [{**row, tickets.MAIL: headers.get(str(row["id"]))} for row in rows]

    def _complete(self, rows: Rows, directory: Directory, names: FieldNames) -> Rows:
        """Transactions with what else is needed to read them."""
        written = [str(row["id"]) for row in rows if row.get("Type") in history.MESSAGES]
        headers = headers_of(self.post_query, written)
        texts = texts_of(self.post_query, written) if self.config.texts else {}
        names.learn(str(row.get("Field")) for row in rows if row.get("Type") == "CustomField")
        done = []
        for row in rows:
            more: dict[str, Any] = {}
            if row.get("Type") in history.MESSAGES:
                ident = str(row["id"])
                more = {history.MAIL: headers.get(ident), history.TEXT: texts.get(ident)}
            elif row.get("Type") == "CustomField":
                more = {history.FIELD_NAME: names.of(str(row.get("Field")))}
            elif row.get("Field") == "Owner":
                more = {history.NOBODY_ID: directory.nobody()}
            done.append({**row, **more})
        return done

    # --- where to begin ---------------------------------------------------------------------

    def _feed(self) -> Feed:
        return Feed(self.get, self.clock, self.config.per_page, bool(self.config.fields))

    def _start(self) -> datetime | None:
        start = self.config.start
        return None if start is None else datetime.combine(start, time(), UTC)

    def _first(self, feed: Feed) -> int:
        start = self._start()
        return 0 if start is None else feed.before(start)

    def _recent(self) -> str:
        """A day more than `start`: RT may take the day for another zone's."""
        start = self._start()
        if start is None:
            return ""
        return f" AND LastUpdated > '{start - timedelta(days=1):%Y-%m-%d}'"


def to_records(raw: Mapping[str, Any], reading: Reading) -> Iterator[Record]:
    """One row of any kind, by the `type` that REST2 gives it."""
    match raw["type"]:
        case "ticket":
            yield tickets.to_ticket(raw, reading)
        case "transaction":
            yield from history.to_history(raw, reading)
        case "user":
            yield from to_person(raw)
        case "queue":
            team = to_team(raw)
            if team is not None:
                yield team


def _scale(config: RequestTrackerConfig) -> dict[str, int]:
    return {str(name): bound for name, bound in config.priorities.items()}


def _tell(source: str, stream: str, directory: Directory) -> None:
    if directory.missing:
        log.info("%s: %s: %d users cannot be read", source, stream, directory.missing)


_GRANT = (
    "Grant the user of this token SeeQueue, ShowTicket, ShowTicketComments and SeeCustomField in "
    "RT (Admin, Global, Group Rights), and check that the user is privileged."
)
