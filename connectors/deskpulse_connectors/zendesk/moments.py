"""Time exports: pages by `start_time`, whose boundary is inclusive.

The vendor's `next_page` is never null and repeats the last rows, so the cursor is our own: the
second up to which all is read, and which rows of that second are known already.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from deskpulse.connector import Page
from deskpulse.errors import CursorExpired, SourceChanged
from deskpulse_connectors.zendesk.paging import SETTLE_S, Export, demand, flag


@dataclass(frozen=True, slots=True)
class Moment:
    """Everything before `second` is stored, and in it the rows `seen`."""

    second: int
    seen: frozenset[str] = frozenset()

    def text(self) -> str:
        """The cursor's text."""
        return orjson.dumps({"second": self.second, "seen": sorted(self.seen)}).decode()

    @classmethod
    def read(cls, cursor: str) -> Moment:
        """The inverse of `text`. CursorExpired for a text that is none of ours."""
        try:
            values = orjson.loads(cursor)
            return cls(int(values["second"]), frozenset(map(str, values["seen"])))
        except (ValueError, TypeError, KeyError):
            raise CursorExpired(f"{cursor[:80]!r} is not the cursor of a time export") from None


def row_key(row: Any) -> str:
    """What tells a row from the next version of itself."""
    if not isinstance(row, dict):
        return repr(row)
    return f"{row.get('id')}:{row.get('updated_at') or row.get('update_timestamp', '')}"


def time_export(export: Export, cursor: str | None) -> Iterator[Page]:
    """Pages of a time export: every row, and only once.

    The boundary second is asked for again and its known rows are left out. A second with more
    rows than a page makes no progress: the page grows as far as Zendesk allows, then SourceChanged.
    """
    at = Moment(export.start) if cursor is None else Moment.read(cursor)
    while True:
        if cursor is None:
            at = Moment(min(at.second, export.settled()))
        elif at.second > export.settled():
            return  # Zendesk refuses a start within the last minute; the next run goes on
        body, rows, asked = export.get(start_time=at.second)
        second = _end_time(demand(body, "end_time", export.key), at, export.key)
        fresh = [row for row in rows if row_key(row) not in at.seen]
        if export.says_end:
            ended = flag(body, "end_of_stream", export.key)
        else:  # a full page of known rows is a second larger than the page, and no end
            ended = not fresh and len(rows) < export.size.rows
        if second == at.second and not fresh and not ended:
            if export.size.too_small():
                continue
            raise SourceChanged(
                f"{export.key}: more than {len(rows)} rows share the second {second}"
                f" ({_utc(second).isoformat()}), the export cannot go on",
                hint="Set `start` of this source after that second, and report this.",
            )
        at = _next(export, at, rows, second)
        cursor = at.text()
        count = body.get("count")
        yield Page(
            fresh,
            cursor,
            # the vendor counts the repeated rows too
            vendor_count=count - len(rows) + len(fresh) if isinstance(count, int) else None,
            complete_to=asked - timedelta(seconds=SETTLE_S) if ended else _utc(second),
        )
        if ended:
            return


def _end_time(value: Any, at: Moment, key: str) -> int:
    """The end of the page in epoch seconds; null means that nothing happened since its start."""
    if value is None:
        return at.second
    if isinstance(value, bool) or not isinstance(value, int):
        raise SourceChanged(f"{key}: end_time is {value!r}; allowed: epoch seconds")
    if value < at.second:
        raise SourceChanged(f"{key}: end_time {value} lies before its start_time {at.second}")
    return value


def _next(export: Export, at: Moment, rows: list[Any], second: int) -> Moment:
    if second == at.second:
        return Moment(second, at.seen | {row_key(row) for row in rows})
    boundary = (row for row in rows if (export.time_of(row) or 0) >= second)
    return Moment(second, frozenset(map(row_key, boundary)))


def _utc(second: int) -> datetime:
    return datetime.fromtimestamp(second, UTC)
