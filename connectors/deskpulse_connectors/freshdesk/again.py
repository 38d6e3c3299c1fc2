"""Lists that are not in order of change: read as a whole, from the last day on, or what changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime

import orjson

from deskpulse.connector import Page
from deskpulse.errors import CursorExpired
from deskpulse_connectors.freshdesk.changed import LOOKBACK_S, SETTLE_S, Changed, Reached
from deskpulse_connectors.freshdesk.values import iso

HOUR = 3600
DAY = 86_400
DEEP = 30 * DAY

Listed = Callable[[str], Iterator[tuple[list[object], bool]]]
"""The pages of a list from an instant on (ISO), and whether each is the last."""


def whole(
    pages: Iterator[tuple[list[object], bool]], cursor: str | None, now: datetime
) -> Iterator[Page]:
    """A list without a filter. The cursor is when it was read to its end.

    Within an hour of that only its first page is read again, which mostly is all of it.
    """
    second = int(now.timestamp())
    is_fresh = cursor is not None and 0 <= second - _number(cursor) < HOUR
    for rows, last in pages:
        yield Page(rows, str(second) if last else cursor)
        if is_fresh:
            return


@dataclass(frozen=True, slots=True)
class Recent:
    """How far a list by the day of making was read: up to `until`.

    Some rows change later, so every run reads the last day again, and the last thirty once a day:
    `deep` is when that was done.
    """

    until: int
    deep: int

    @classmethod
    def read(cls, cursor: str) -> Recent:
        """The inverse of `text`. CursorExpired for a text that is none of ours."""
        try:
            values = orjson.loads(cursor)
            return cls(int(values["until"]), int(values["deep"]))
        except (ValueError, TypeError, KeyError):
            raise CursorExpired(f"{cursor[:80]!r} is not the cursor of a list by day") from None

    def text(self) -> str:
        """The cursor's text."""
        return orjson.dumps(asdict(self)).decode()


def recent(listed: Listed, cursor: str | None, start: datetime, now: datetime) -> Iterator[Page]:
    """Everything since `start`, then what was made of late; see `Recent`."""
    first, second = int(start.timestamp()), int(now.timestamp())
    if cursor is None:
        since, after = first, Recent(second, second)
    else:
        known = Recent.read(cursor)
        is_deep = second - known.deep >= DAY
        since = max(known.until - (DEEP if is_deep else DAY), first)
        after = Recent(max(second, known.until), second if is_deep else known.deep)
    for rows, last in listed(_iso(since)):
        yield Page(rows, after.text() if last else cursor)


def unordered(listed: Listed, cursor: str | None, start: datetime, now: datetime) -> Iterator[Page]:
    """What changed since the cursor, in whatever order: the cursor moves only at the end.

    It never moves beyond the beginning of the reading: what changed while it lasted is read again.
    """
    reached = Reached(int(start.timestamp())) if cursor is None else Reached.read(cursor)
    began, since = int(now.timestamp()), reached.upto - (0 if cursor is None else LOOKBACK_S)
    for rows, last in listed(_iso(since)):
        fresh = reached.take(rows)
        reached.upto = min(reached.upto, began)
        after = reached.text(began - SETTLE_S) if last else cursor
        if fresh or after != cursor:
            yield Page(fresh, after)


def daily(changed: Changed, cursor: str | None, now: datetime) -> Iterator[Page]:
    """What changed since the cursor; once a day the whole list, which is short.

    Whether a ticket that is deleted counts as changed Freshdesk does not say. The cursor is the
    day (UTC) of the last whole reading, and where the reading is.
    """
    today = now.astimezone(UTC).date().isoformat()
    day, _, place = (cursor or "").partition("|")
    if cursor is not None and not place:
        raise CursorExpired(f"{cursor[:80]!r} is not the cursor of a list by day")
    for page in changed.pages(place if day == today else None):
        yield replace(page, cursor=f"{today}|{page.cursor}")


def _iso(second: int) -> str:
    return iso(datetime.fromtimestamp(second, UTC))


def _number(cursor: str) -> int:
    if not cursor.isdigit():
        raise CursorExpired(f"{cursor[:80]!r} is not the cursor of a whole list")
    return int(cursor)
