"""The transactions of all tickets in order of their ids: a feed of everything that happens.

No date goes into a query. RT reads dates in the zone of the user who asks, whatever offset they
carry; it forgets the time of day of its own "...Z"; and `=` means a whole day. Ids are only ids.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import orjson

from deskpulse.clock import Clock
from deskpulse.errors import CursorExpired, RecordRejected
from deskpulse_connectors.request_tracker import history
from deskpulse_connectors.request_tracker.asking import (
    Ask,
    Found,
    any_of,
    find,
    number,
)
from deskpulse_connectors.request_tracker.people import KNOWN
from deskpulse_connectors.request_tracker.values import instant

SETTLE = timedelta(seconds=60)
"""Transactions get their id when they begin and are seen when they are committed. A mail that RT
takes in may need seconds; what is younger than this waits for the next run."""

ALWAYS_SEEN = ("Create", "Correspond", "Status", "Set", "Take", "Untake", "Steal", "Give", "Force")
"""Types that nobody who sees the ticket is refused, besides those about who watches it."""

WATCHERS = ("AddWatcher", "DelWatcher", "SetWatcher")
_MERGE = "(Type = 'AddLink' AND Field = 'MergedInto')"
_TICKETS = "ObjectType = 'RT::Ticket' AND TicketType = 'ticket'"


@dataclass(frozen=True, slots=True)
class Place:
    """The last transaction read, and the day on which we last looked behind an empty page."""

    after: int = 0
    looked: str = ""

    @classmethod
    def read(cls, cursor: str) -> Place:
        """From a cursor; CursorExpired for a text that is none of ours."""
        try:
            values = orjson.loads(cursor)
            return cls(int(values["after"]), str(values["looked"]))
        except (ValueError, TypeError, KeyError):
            raise CursorExpired(f"{cursor[:80]!r} is not a cursor of this stream") from None

    def write(self) -> str:
        """As a cursor."""
        return orjson.dumps({"after": self.after, "looked": self.looked}).decode()


@dataclass(frozen=True, slots=True)
class Batch:
    """Some transactions, and the place that is true after them.

    `complete_to`, of the last ones only: up to when everything is known now.
    """

    rows: list[dict[str, Any]]
    place: Place
    complete_to: datetime | None = None


@dataclass(frozen=True, slots=True)
class Feed:
    """How the feed is asked for. `custom_fields`: changes of these are wanted, too."""

    ask: Ask
    clock: Clock
    size: int
    custom_fields: bool = False

    def batches(self, place: Place) -> Iterator[Batch]:
        """Everything after `place`, in pages; the last one may be empty.

        Raises the `SourceError` tree.
        """
        now, last, idle = self.clock.now(), False, True
        while not last:
            found = self._page(f"id > {place.after} AND {self._wanted()}")
            rows = settled(found.rows, now)
            last = len(rows) < len(found.rows) or found.is_last(self.size) is True
            if not found.rows:
                today = f"{now:%Y-%m-%d}"
                if found.total is None and not (idle and place.looked == today):
                    rows = self._behind(place.after, now)
                    place = replace(place, looked=today)
                last = not rows
            idle = False
            if rows:
                place = replace(place, after=number(rows[-1]))
            yield Batch(rows, place, now - SETTLE if last else None)

    def newest(self) -> int:
        """The id of the newest transaction that is settled; 0 if there is none."""
        now = self.clock.now()
        found = find(
            self.ask,
            "transactions",
            size=self.size,
            fields="Created",
            query=f"{_TICKETS} AND {any_of('Type', ALWAYS_SEEN)}",
            orderby="id",
            order="DESC",
        )
        old = [number(row) for row in found.rows if not _is_young(row, now)]
        ids = [number(row) for row in found.rows]
        return max(old, default=min(ids, default=1) - 1)

    def before(self, day: datetime) -> int:
        """An id before which nothing happened on `day` or later.

        RT may take the day for another zone's, so it is asked for the day before.
        """
        found = find(
            self.ask,
            "transactions",
            size=1,
            fields="Created",
            query=f"{_TICKETS} AND {any_of('Type', ALWAYS_SEEN)} "
            f"AND Created > '{day - timedelta(days=1):%Y-%m-%d}'",
            orderby="id",
        )
        return number(found.rows[0]) - 1 if found.rows else self.newest()

    def _wanted(self) -> str:
        types = (*ALWAYS_SEEN, *WATCHERS, "Comment", *("CustomField",) * self.custom_fields)
        return f"({any_of('Type', types)} OR {_MERGE})"

    def _behind(self, after: int, now: datetime) -> list[dict[str, Any]]:
        """Is an empty page the end, or only full of what this user may not see?

        RT takes out forbidden comments and custom fields after it has cut the page, so a hundred
        of them in a row look like the end. A run that finds nothing new looks only once a day.
        """
        seen = self._page(f"id > {after} AND {any_of('Type', ALWAYS_SEEN)}")
        rows = settled(seen.rows, now)
        # what is visible among the hidden ones comes before the first that is always seen
        return self._between(after, number(rows[0])) if rows else []

    def _between(self, after: int, until: int) -> list[dict[str, Any]]:
        """The first visible rows behind a page of hidden ones; `until` itself is visible."""
        page, found = 1, Found([], None)
        while not found.rows:
            page += 1
            wanted = f"id > {after} AND id <= {until} AND {self._wanted()}"
            found = self._page(wanted, page=page)
        return found.rows

    def _page(self, condition: str, **params: Any) -> Found:
        return find(
            self.ask,
            "transactions",
            size=self.size,
            fields=history.FIELDS,
            query=f"{_TICKETS} AND {condition}",
            orderby="id",
            **{"fields[Creator]": KNOWN},
            **params,
        )


def settled(rows: Sequence[dict[str, Any]], now: datetime) -> list[dict[str, Any]]:
    """The rows before the first young one."""
    old: list[dict[str, Any]] = []
    for row in rows:
        if _is_young(row, now):
            break
        old.append(row)
    return old


def _is_young(row: dict[str, Any], now: datetime) -> bool:
    try:
        created = instant(row.get("Created"), "Created")
    except RecordRejected:
        return False  # parse says why
    return created is not None and created > now - SETTLE
