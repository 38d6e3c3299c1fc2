"""The cursor of tickets: through all of them by id, then along the feed of what happens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import orjson

from deskpulse.errors import CursorExpired
from deskpulse_connectors.request_tracker.asking import number
from deskpulse_connectors.request_tracker.feed import Place


@dataclass(frozen=True, slots=True)
class Backfill:
    """The last ticket read, and where the feed stood before the first one was."""

    ticket: int
    feed: int

    def after_page(self, rows: Sequence[dict[str, Any]], *, last: bool) -> Backfill | Place:
        """What comes after these tickets."""
        if last or not rows:
            return Place(self.feed)
        return replace(self, ticket=number(rows[-1]))

    def write(self) -> str:
        """As a cursor."""
        return orjson.dumps(asdict(self)).decode()


def phase_of(cursor: str) -> Backfill | Place:
    """What a cursor stands for; CursorExpired for a text that is none of ours."""
    try:
        values = orjson.loads(cursor)
        if "ticket" in values:
            return Backfill(int(values["ticket"]), int(values["feed"]))
    except (ValueError, TypeError, KeyError):
        raise CursorExpired(f"{cursor[:80]!r} is not a cursor of this stream") from None
    return Place.read(cursor)
