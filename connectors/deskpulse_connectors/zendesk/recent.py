"""Surveys are listed by when they were sent, but change when they are answered, days later.

So every run reads the last day again, and once a day the last thirty. The lookback is taken off
when asking: the stored cursor is where reading really ended.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import datetime

import orjson

from deskpulse.errors import CursorExpired
from deskpulse_connectors.zendesk.paging import SETTLE_S

DAY = 86_400
LOOKBACK_S = DAY
DEEP_LOOKBACK_S = 30 * DAY


@dataclass(frozen=True, slots=True)
class Recent:
    """One reading of [`since`, `until`), in epoch seconds; `after` resumes it at a page.

    `deep` is when the last reading of thirty days began, or is to begin again.
    """

    since: int
    until: int
    deep: int
    after: str | None = None

    @classmethod
    def open(cls, cursor: str | None, start: int, now: datetime) -> Recent:
        """What to read next. CursorExpired for a text that is none of ours."""
        settled = int(now.timestamp()) - SETTLE_S - 1
        if cursor is None:
            return cls(min(start, settled), settled, settled)
        try:
            values = orjson.loads(cursor)
            since, until, deep = (int(values[name]) for name in ("since", "until", "deep"))
            after = values["after"]
        except (ValueError, TypeError, KeyError):
            raise CursorExpired(f"{cursor[:80]!r} is not the cursor of a survey stream") from None
        if after is not None:
            return cls(since, until, deep, str(after))
        if settled - deep >= DAY:
            return cls(max(until - DEEP_LOOKBACK_S, start, 0), settled, settled)
        return cls(max(until - LOOKBACK_S, start, 0), settled, deep)

    def at(self, after: str | None) -> str:
        """The cursor before the page that begins `after`; None: at the end of this reading."""
        return orjson.dumps(asdict(replace(self, after=after))).decode()
