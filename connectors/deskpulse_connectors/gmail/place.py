"""Where the stream of conversations stands: its cursor."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import orjson

from deskpulse.errors import CursorExpired


@dataclass(frozen=True, slots=True)
class Place:
    """In the list of all threads (`listing`), or in the history of changes since `history`.

    `history` is pinned before the list is read, so nothing that changes meanwhile is lost.
    `page` is the token of the next page of the list or of the history. `again`: the list is read
    because the history was forgotten, so at its end it must be settled what is gone.
    """

    history: str
    listing: bool = False
    page: str | None = None
    again: bool = False

    @classmethod
    def read(cls, cursor: str) -> Place:
        """A cursor of ours. Raises `CursorExpired` for any other text."""
        try:
            values = orjson.loads(cursor)
            return cls(
                str(int(values["history"])),
                bool(values["listing"]),
                None if values["page"] is None else str(values["page"]),
                bool(values["again"]),
            )
        except (ValueError, TypeError, KeyError):
            raise CursorExpired(f"{cursor[:80]!r} is not the cursor of a mailbox") from None

    def __str__(self) -> str:
        return orjson.dumps(asdict(self)).decode()
