"""Pages in order of change: windows with inclusive ends, as deep as Shopify lets one page.

Shopify's search is a little late, reads `>` as `>=`, and lets one page through 25,000 objects; then
a window ends and the next begins at the last instant seen, once more. What comes again is stored
once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from deskpulse.clock import Clock
from deskpulse.connector import Page
from deskpulse.errors import RequestRefused, SourceChanged
from deskpulse_connectors.shopify.answers import TooCostly, rows_of
from deskpulse_connectors.shopify.place import Place, instant
from deskpulse_connectors.shopify.queries import Query, changed, stamp

SETTLE = timedelta(minutes=2)
"""Changes of the last minutes may not be in the search index yet."""

DEPTH = 25_000

Ask = Callable[[str, str, Mapping[str, Any]], Any]
"""Query, root and variables -> data[root]."""


@dataclass(slots=True)
class Windows:
    """Reads one list. `start`: nothing older is asked for."""

    ask: Ask
    clock: Clock
    query: Query
    size: int
    lookback: timedelta
    start: datetime | None
    depth: int = DEPTH
    finish: Callable[[list[Any]], list[Any]] = field(default=lambda rows: rows)

    def pages(self, place: Place) -> Iterator[Page]:
        """From a place to the present, without the last two minutes."""
        if not place.until:
            place = self._opened(place)
        until = instant(place.until)
        resumed = bool(place.after)
        while True:
            try:
                rows, after = self._page(place)
            except RequestRefused as problem:
                if not resumed or "cursor" not in problem.message.lower():
                    raise
                place, resumed = self._reopened(place), False
                continue
            resumed = False
            high = max((self._changed(row) for row in rows), default="")
            rows = self.finish(rows)
            if after is None:
                place = place.caught_up(max(place.high, high))
                yield Page(rows, place.text, complete_to=until)
                return
            if after == place.after:
                raise SourceChanged(
                    f"{self.query.root}: endCursor repeats, the list does not go on"
                )
            place = place.with_page(after, len(rows), high)
            if place.deep + self.size > self.depth:
                place = self._reopened(place)
            yield Page(rows, place.text, complete_to=instant(place.high))

    def probe(self) -> None:
        """Ask for one row, to learn early what is refused."""
        rows, _ = rows_of(self._ask(1, "", changed(self.start, None)), self.query.root)
        self.finish(rows)

    def _opened(self, place: Place) -> Place:
        since = instant(place.since)
        low = None if since is None else since - self.lookback
        if self.start is not None and (low is None or low < self.start):
            low = self.start
        until = self.clock.now() - SETTLE
        return replace(place, low="" if low is None else stamp(low), until=stamp(until))

    def _reopened(self, place: Place) -> Place:
        """The rest of the window as a window of its own."""
        if not place.high or place.high == place.low:
            raise SourceChanged(
                f"{self.query.root}: more than {self.depth:,} rows changed within one second "
                f"({place.high}), and Shopify lets nobody page on"
            )
        return replace(place, low=place.high, after="", deep=0)

    def _page(self, place: Place) -> tuple[list[Any], str | None]:
        span = changed(instant(place.low), instant(place.until))
        while True:
            try:
                return rows_of(self._ask(self.size, place.after, span), self.query.root)
            except TooCostly:
                if self.size <= 1:
                    raise
                self.size //= 2

    def _ask(self, first: int, after: str, span: str) -> Any:
        variables = {"first": first, "after": after or None, "query": span}
        return self.ask(self.query.page(), self.query.root, variables)

    def _changed(self, row: Any) -> str:
        try:
            return stamp(datetime.fromisoformat(row["updatedAt"]))
        except (KeyError, TypeError, ValueError):
            raise SourceChanged(
                f"{self.query.root}: a row has no updatedAt, by which the list is ordered"
            ) from None
