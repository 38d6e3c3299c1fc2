"""Where a stream stands: the text between two pages, and between two runs."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Self

from deskpulse.errors import CursorExpired


@dataclass(frozen=True, slots=True)
class Place:
    """`since`: the newest change that is known (ISO 8601, ""; none); the next run begins there.

    While an export is read: `job` ("": not begun), how far into its file (`at`, in bytes) and how
    many `lines` that was. Within a window from `low` to `until`: the vendor's cursor `after`, how
    many rows it is `deep`, and the newest change on its pages in `high`.
    """

    phase: str
    since: str = ""
    job: str = ""
    at: int = 0
    lines: int = 0
    low: str = ""
    until: str = ""
    after: str = ""
    deep: int = 0
    high: str = ""

    @classmethod
    def read(cls, cursor: str) -> Self:
        """From a cursor. Raises `CursorExpired` for one of another kind."""
        try:
            place = cls(**json.loads(cursor))
        except (TypeError, ValueError):
            raise CursorExpired("the cursor is not one of this version of deskpulse") from None
        if place.phase not in ("export", "pages"):
            raise CursorExpired(f"the cursor is of the unknown phase {place.phase!r}")
        return place

    @property
    def text(self) -> str:
        """The cursor."""
        blank = asdict(Place(""))
        known = {key: value for key, value in asdict(self).items() if value != blank[key]}
        return json.dumps(known, separators=(",", ":"))

    def caught_up(self, newest: str) -> Place:
        """At the end of a window: everything up to `newest` is known."""
        return Place("pages", since=max(self.since, newest))

    def with_page(self, after: str, rows: int, high: str) -> Place:
        """After one more page of the window."""
        return replace(self, after=after, deep=self.deep + rows, high=max(self.high, high))


def instant(text: str) -> datetime | None:
    """The instant of a place's text; None for ""."""
    return datetime.fromisoformat(text) if text else None
