"""How Zendesk pages: cursor exports, time exports and lists; and how far a page may shrink.

Each way is a generator of `Page`; a page's cursor is true once its records are stored. The traps
that are handled here, with their sources, are listed in docs/connectors/zendesk.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from deskpulse.clock import Clock
from deskpulse.connector import Page
from deskpulse.errors import SourceChanged, SourceUnavailable

SETTLE_S = 60
"""Exports leave out the minute before the request, and refuse a start in it."""

TOO_LARGE = 504
"""Zendesk answers a page that takes too long with 504 "upstream request timeout"."""

LIST_SIZE = 100
"""The largest `page[size]` of lists."""

PATIENCE = 8
"""Good pages before a page that was made smaller is tried larger; doubles with each failure."""

Ask = Callable[..., Any]
"""`Connector.get`."""

TimeOf = Callable[[Any], int | None]
"""A row's instant in the order of its export, in epoch seconds; None: the row does not say."""


MOST_ROWS = 1000
"""The most rows of an export page."""


class PageSize:
    """How many rows to ask for: halved when a page is too large, grown back carefully.

    `most` is what the operator wants; only a second with more rows than that goes beyond it.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self.rows = most
        self._good = 0
        self._patience = PATIENCE
        self._refused = MOST_ROWS + 1

    def too_large(self) -> bool:
        """Halve it; False if there is nothing left to halve."""
        if self.rows <= 1:
            return False
        self._refused = self.rows
        self.rows = max(self.rows // 2, 1)
        self._good, self._patience = 0, self._patience * 2
        return True

    def good(self) -> None:
        """A page arrived; after enough of them the next may be twice as large."""
        self._good += 1
        if self.rows >= self._refused:
            self._refused = MOST_ROWS + 1
        if self.rows < self.most and self._good >= self._patience:
            self.rows, self._good = min(self.rows * 2, self.most), 0

    def too_small(self) -> bool:
        """Double it; False if a larger one is not allowed, or was too large before."""
        larger = min(self.rows * 2, MOST_ROWS)
        if larger == self.rows or larger >= self._refused:
            return False
        self.rows = larger
        return True


@dataclass(frozen=True, slots=True)
class Export:
    """One incremental export.

    `key` names the rows in the answer and the stream in messages; `always` are keys of every row;
    `join` brings sideloaded rows to the rows they belong to. `says_end`: an answer tells whether it
    is the last; else the last is the one without new rows. `sized`: the name of the page's size.
    """

    ask: Ask
    clock: Clock
    path: str
    key: str
    size: PageSize
    budget: str
    start: int
    time_of: TimeOf
    always: tuple[str, ...] = ("id",)
    join: Callable[[Mapping[str, Any], list[Any]], list[Any]] | None = None
    params: Mapping[str, Any] | None = None
    says_end: bool = True
    sized: str = "per_page"

    def get(self, **place: Any) -> tuple[Mapping[str, Any], list[Any], datetime]:
        """One page at `place`: the answer, its rows, and when it was asked for.

        A page that is too large is asked for again at half the size, down to one row; then
        SourceUnavailable. SourceChanged if the answer has another shape.
        """
        while True:
            asked = self.clock.now()
            try:
                body = self.ask(
                    self.path,
                    budget=self.budget,
                    give_up_on=(TOO_LARGE,),
                    **{self.sized: self.size.rows},
                    **place,
                    **(self.params or {}),
                )
            except SourceUnavailable as problem:
                if problem.status != TOO_LARGE or not self.size.too_large():
                    raise
            else:
                self.size.good()
                rows = rows_of(body, self.key, self.always)
                return body, self.join(body, rows) if self.join else rows, asked

    def settled(self) -> int:
        """The latest start that Zendesk accepts now."""
        return int(self.clock.now().timestamp()) - SETTLE_S - 1


def cursor_export(export: Export, cursor: str | None) -> Iterator[Page]:
    """Pages of a cursor export. The cursor is the vendor's, opaque, and kept at the end too.

    Only the first request says `start_time`. At `end_of_stream` the cursor is where the next poll
    begins; everything older than a minute is known then.
    """
    while True:
        place = (
            {"cursor": cursor}
            if cursor is not None
            else {"start_time": min(export.start, export.settled())}
        )
        body, rows, asked = export.get(**place)
        ended = flag(body, "end_of_stream", export.key)
        after = demand(body, "after_cursor", export.key)
        if after is None and not ended:
            raise SourceChanged(f"{export.key}: after_cursor is null before the end of the stream")
        if after == cursor and not ended:
            raise SourceChanged(f"{export.key}: after_cursor repeats, the export does not go on")
        cursor = after if after is not None else cursor
        yield Page(rows, cursor, complete_to=_complete_to(export, rows, asked, ended=ended))
        if ended:
            return


def _complete_to(
    export: Export, rows: Sequence[Any], asked: datetime, *, ended: bool
) -> datetime | None:
    if ended:
        return asked - timedelta(seconds=SETTLE_S)
    times = [each for each in map(export.time_of, rows) if each is not None]
    return datetime.fromtimestamp(max(times), asked.tzinfo) if times else None


def rows_of(body: Any, key: str, always: Iterable[str]) -> list[Any]:
    """`body[key]`, a list. SourceChanged if it is none, or if no row has a key of `always`.

    One row without a key is a bad record; all rows without it are another API.
    """
    rows = demand(body, key, key)
    if not isinstance(rows, list):
        raise SourceChanged(f"{key}: {key} is {type(rows).__name__}; allowed: a list")
    for name in always:
        if rows and not any(isinstance(row, Mapping) and name in row for row in rows):
            raise SourceChanged(f"{key}: no row has {name}, which Zendesk always sent")
    return rows


def demand(body: Any, key: str, stream: str) -> Any:
    """`body[key]`; SourceChanged naming stream and key if it is missing."""
    if not isinstance(body, Mapping) or key not in body:
        raise SourceChanged(f"{stream}: the answer has no {key}, which Zendesk always sent")
    return body[key]


def flag(body: Any, key: str, stream: str) -> bool:
    """`body[key]`, true or false; SourceChanged for anything else."""
    value = demand(body, key, stream)
    if not isinstance(value, bool):
        raise SourceChanged(f"{stream}: {key} is {value!r}; allowed: true, false")
    return value


@dataclass(frozen=True, slots=True)
class Listed:
    """A part of a list. `after` is where the next one begins; None: this was the last."""

    rows: list[Any]
    after: str | None

    @property
    def last(self) -> bool:
        """Whether the list ends here."""
        return self.after is None


def list_pages(
    ask: Ask, path: str, key: str, *, after: str | None = None, **params: Any
) -> Iterator[Listed]:
    """A list, page by page where it has a cursor; short ones that know only numbers as a whole.

    Zendesk refuses page numbers beyond 10,000 rows itself (400), so nothing is left out silently.
    """
    while True:
        place = {} if after is None else {"page[after]": after}
        body = ask(path, **{"page[size]": LIST_SIZE}, **place, **params)
        rows = rows_of(body, key, ("id",))
        meta = body.get("meta")
        if not isinstance(meta, Mapping):
            yield Listed(rows + _numbered(ask, path, key, body, params), None)
            return
        if not flag(meta, "has_more", key):
            yield Listed(rows, None)
            return
        following = demand(meta, "after_cursor", key)
        if following is None or following == after:
            raise SourceChanged(f"{key}: after_cursor is {following!r}, the list does not go on")
        after = str(following)
        yield Listed(rows, after)


def _numbered(
    ask: Ask, path: str, key: str, body: Mapping[str, Any], params: Mapping[str, Any]
) -> list[Any]:
    """The rows of pages two, three, ... of a list that is paged by number."""
    rows: list[Any] = []
    number = 1
    while body.get("next_page"):
        number += 1
        body = ask(path, page=number, **params)
        rows += rows_of(body, key, ("id",))
    return rows
