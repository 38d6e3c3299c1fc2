"""Silence, looked for: which letters just became as old as silence must last.

Nothing happens in a mailbox when nobody writes. So every pull looks at the letters that were sent
that long ago: from where the last pull ended, up to now.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

import orjson

from deskpulse.errors import CursorExpired

DAY_S = 86_400
"""How far the first pull looks back: what is older, reading the conversations has settled."""


@dataclass(frozen=True, slots=True)
class Window:
    """Letters sent in [`since`, `until`), epoch seconds; `page` resumes it. As text it is a cursor.

    `page` is the vendor's token of the next page, where it has such.
    """

    since: int
    until: int
    page: str | None = None

    @classmethod
    def open(cls, cursor: str | None, now: datetime, patience: timedelta) -> Window:
        """What to look at next. Raises `CursorExpired` for a text that is none of ours."""
        until = int((now - patience).timestamp())
        if cursor is None:
            return cls(until - DAY_S, until)
        try:
            values = orjson.loads(cursor)
            window = cls(int(values["since"]), int(values["until"]), values["page"])
        except (ValueError, TypeError, KeyError):
            raise CursorExpired(f"{cursor[:80]!r} is not the cursor of silences") from None
        if window.page is not None:
            return window
        return cls(min(window.until, until), until)

    @property
    def seconds(self) -> int:
        """How wide it is; 0 if there is nothing to look at."""
        return self.until - self.since

    def __str__(self) -> str:
        return orjson.dumps(asdict(self)).decode()
