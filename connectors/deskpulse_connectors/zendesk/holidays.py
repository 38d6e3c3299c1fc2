"""Holidays have an address for each schedule, and seldom change: asked for once a day.

A schedule that is new or looks different is asked about at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

import orjson

from deskpulse.errors import CursorExpired, RequestRefused, StreamForbidden
from deskpulse_connectors.zendesk.paging import rows_of

DAY = 86_400
GONE = frozenset({404, 410})
"""Statuses of a schedule that was deleted since it was listed."""


@dataclass(frozen=True, slots=True)
class Known:
    """What was read last: when (epoch seconds) every schedule was, and how each looked."""

    read_at: int | None
    looks: Mapping[str, str]

    @classmethod
    def open(cls, cursor: str | None) -> Known:
        """The inverse of `text`. CursorExpired for a text that is none of ours."""
        if cursor is None:
            return cls(None, {})
        try:
            values = orjson.loads(cursor)
            return cls(int(values["read_at"]), dict(values["looks"]))
        except (ValueError, TypeError, KeyError):
            raise CursorExpired(f"{cursor[:80]!r} is not the cursor of schedules") from None

    def text(self) -> str:
        """The cursor's text."""
        return orjson.dumps({"read_at": self.read_at, "looks": dict(self.looks)}).decode()

    def news(self, schedules: Iterable[Any], now: datetime) -> list[Any]:
        """The schedules whose holidays are to be asked for."""
        if self._stale(now):
            return list(schedules)
        return [row for row in schedules if self.looks.get(_id(row)) != _look(row)]

    def after(self, schedules: Sequence[Any], now: datetime) -> Known:
        """What is known once `news` of these are stored."""
        read_at = int(now.timestamp()) if self._stale(now) else self.read_at
        return Known(read_at, {_id(row): _look(row) for row in schedules})

    def _stale(self, now: datetime) -> bool:
        return self.read_at is None or now.timestamp() - self.read_at >= DAY


def with_holidays(
    gather: Callable[[Iterable[tuple[str, dict[str, Any]]]], Iterator[Any]],
    path: str,
    schedules: Sequence[Any],
) -> list[Any]:
    """The schedules that are still there, each with its `holidays`; `path` is that of their list.

    A row without an id stays as it is: parsing it says what is wrong with it.
    """
    known = [each for each in schedules if isinstance(each, Mapping) and "id" in each]
    calls: list[tuple[str, dict[str, Any]]] = [
        (f"{path}/{each['id']}/holidays.json", {}) for each in known
    ]
    found = [each for each in schedules if each not in known]
    for each, answer in zip(known, gather(calls), strict=True):
        if not isinstance(answer, RequestRefused | StreamForbidden):
            found.append({**each, "holidays": rows_of(answer, "holidays", ())})
        elif answer.status not in GONE:
            raise answer
    return found


def _id(row: Any) -> str:
    return str(row.get("id") if isinstance(row, Mapping) else row)


def _look(row: Any) -> str:
    return sha256(orjson.dumps(row, option=orjson.OPT_SORT_KEYS)).hexdigest()[:16]
