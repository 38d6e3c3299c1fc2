"""The stream of silences: threads in which the team's last letter just became old enough.

Nothing happens in a mailbox when nobody writes. So every pull looks at the letters that were sent
as long ago as silence must last: since the last pull reached, up to now.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace

import orjson

from deskpulse.clock import Clock
from deskpulse.connector import Page
from deskpulse.errors import CursorExpired, RequestRefused
from deskpulse_connectors.gmail.mailbox import Mailbox
from deskpulse_connectors.gmail.reading import Reading

DAY_S = 86_400
"""How far the first pull looks back: what is older, the list of conversations has settled."""


@dataclass(frozen=True, slots=True)
class Window:
    """Letters sent in [`since`, `until`), epoch seconds; `page` resumes it."""

    since: int
    until: int
    page: str | None = None

    @classmethod
    def open(cls, cursor: str | None, until: int) -> Window:
        """What to look at next. Raises `CursorExpired` for a text that is none of ours."""
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

    def __str__(self) -> str:
        return orjson.dumps(asdict(self)).decode()


def silences(mailbox: Mailbox, clock: Clock, cursor: str | None) -> Iterator[Page]:
    """Every thread with a letter of the team in the window, whole."""
    patience = mailbox.config.status.patience
    assert patience is not None, "without silence there is no such stream"
    window = Window.open(cursor, int((clock.now() - patience).timestamp()))
    if window.page is None and window.until <= window.since:
        return
    reading = Reading(mailbox, clock)
    while True:
        try:
            listed = mailbox.threads(
                window.page,
                query=_query(mailbox, window),
                labels=reading.wanted_labels(),
                size=mailbox.config.per_page,
            )
        except RequestRefused as problem:
            if problem.status != 400 or window.page is None:
                raise
            window = replace(window, page=None)
            continue
        ids = [str(row["id"]) for row in listed.rows]
        window = replace(window, page=listed.following)
        yield Page(reading.threads(ids) if ids else [], str(window))
        if listed.following is None:
            return


def _query(mailbox: Mailbox, window: Window) -> str:
    """Letters of the team in the window, widened: Gmail does not say if its ends count."""
    team = " ".join(f"from:{each}" for each in sorted(_team(mailbox)))
    who = f"{{in:sent {team}}}" if team else "in:sent"
    return f"{who} after:{window.since - 1} before:{window.until + 1}"


def _team(mailbox: Mailbox) -> set[str]:
    config = mailbox.config
    return {each.lower() for each in (*config.addresses, *config.domains, *config.team)}
