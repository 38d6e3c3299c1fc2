"""Tickets in the order of their last change: a window that begins anew with every page.

Pages by number shift while they are read, because a ticket that changes moves to the end: the next
page would begin too far. They also end at the 300th. So each page is the first of a window that
begins where the last one ended, and rows that are known are left out. Only a second with more rows
than a page needs page numbers, and is read until nothing new shows up in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import orjson

from deskpulse.asking import Linked
from deskpulse.clock import Clock
from deskpulse.connector import Page
from deskpulse.errors import CursorExpired, RequestRefused, SourceChanged
from deskpulse_connectors.freshdesk.lists import rows_of, told_as
from deskpulse_connectors.freshdesk.values import instant_of, iso

LOOKBACK_S = 60
"""What was written just before a page was made may show up in it late: how far every run looks
back."""

MARGIN_S = 1
"""Whether `updated_since` includes its second is not documented: a window begins one earlier."""

SETTLE_S = 15
"""A ticket may change again within its second: so young a version is read once more."""

MOST_PAGES = 300
"""Freshdesk refuses the 301st page of a list with 400 (airbyte#3858)."""

Fetch = Callable[..., Linked]
"""A page of the list, by `updated_since`, `page` and `per_page`."""


@dataclass(slots=True)
class Reached:
    """Everything up to second `upto` is stored, and since a minute before it the rows `seen`.

    `seen` maps the row's id to the second of its version.
    """

    upto: int
    seen: dict[str, int] = field(default_factory=dict)

    def text(self, settled: int) -> str:
        """The cursor's text; versions younger than `settled` do not count as seen."""
        seen = {key: at for key, at in sorted(self.seen.items()) if at <= settled}
        return orjson.dumps({"upto": self.upto, "seen": seen}).decode()

    @classmethod
    def read(cls, cursor: str) -> Reached:
        """The inverse of `text`. CursorExpired for a text that is none of ours."""
        try:
            values = orjson.loads(cursor)
            seen = {str(key): int(second) for key, second in values["seen"].items()}
            return cls(int(values["upto"]), seen)
        except (ValueError, TypeError, KeyError, AttributeError):
            raise CursorExpired(f"{cursor[:80]!r} is not the cursor of a list of tickets") from None

    def take(self, rows: list[Any]) -> list[Any]:
        """The rows that are news, which are known from here on."""
        fresh = []
        for row in rows:
            at = _second(row)
            key = str(row.get("id")) if isinstance(row, Mapping) else repr(row)
            if at is None or self.seen.get(key) != at:
                fresh.append(row)
            if at is not None:
                self.seen[key] = at
                self.upto = max(self.upto, at)
        horizon = self.upto - LOOKBACK_S
        self.seen = {key: at for key, at in self.seen.items() if at >= horizon}
        return fresh


@dataclass(frozen=True, slots=True)
class Changed:
    """One list by `updated_since`. `what` names it in messages; `size`: rows in a page."""

    fetch: Fetch
    clock: Clock
    what: str
    size: int
    start: datetime

    def pages(self, cursor: str | None) -> Iterator[Page]:
        """Every row that changed since the cursor, each version once, in order of change.

        SourceChanged if the rows are in another order, or if a second holds more of them than
        Freshdesk lets anybody list.
        """
        reached = Reached(int(self.start.timestamp())) if cursor is None else Reached.read(cursor)
        since = reached.upto - (0 if cursor is None else LOOKBACK_S)
        number, news = 1, False
        while True:
            settled = int(self.clock.now().timestamp()) - SETTLE_S
            rows, following = self._page(since, number)
            ends = [at for at in map(_second, rows) if at is not None]
            if ends != sorted(ends) or (ends and ends[0] < since):
                raise SourceChanged(
                    f"{self.what}: the rows are not in the order of updated_at since {_utc(since)}"
                )
            fresh = reached.take(rows)
            if fresh or cursor is None:
                cursor = reached.text(settled)
                yield Page(fresh, cursor)
            full = len(rows) >= self.size or following is not None
            end = ends[-1] if ends else since
            if full and end <= since + MARGIN_S:
                number, news = number + 1, news or any(_second(row) for row in fresh)
            elif number > 1 and news:
                number, news = 1, False  # rows of this second may have moved up meanwhile
            elif full:
                since, number, news = end - MARGIN_S, 1, False
            else:
                return

    def _page(self, since: int, number: int) -> tuple[list[Any], str | None]:
        if number > MOST_PAGES:
            raise self._no_way_on(since)
        try:
            with told_as(self.what):
                answer = self.fetch(updated_since=iso(_utc(since)), page=number, per_page=self.size)
        except RequestRefused as problem:
            if problem.status == 400 and number > 1 and "page" in problem.message:
                raise self._no_way_on(since) from None
            raise
        rows = rows_of(answer.body, self.what)
        if rows and not any(_second(row) is not None for row in rows):
            raise SourceChanged(f"{self.what}: no row has updated_at, which Freshdesk always sent")
        return rows, answer.next

    def _no_way_on(self, since: int) -> SourceChanged:
        return SourceChanged(
            f"{self.what}: more rows changed in the second {_utc(since)} than Freshdesk lists",
            hint="Set `start` of this source after that second, and report this.",
        )


def _second(row: Any) -> int | None:
    found = instant_of(row)
    return None if found is None else int(found.timestamp())


def _utc(second: int) -> datetime:
    return datetime.fromtimestamp(second, UTC)
