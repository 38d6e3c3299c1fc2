"""Where the stream of conversations stands in each folder: its cursor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

import orjson

from deskpulse.errors import CursorExpired
from deskpulse_connectors.imap.answers import FolderState

Key = tuple[str, int]
"""Folder and UID."""


@dataclass(frozen=True, slots=True)
class Place:
    """`folders`: up to where each is read. `after`: how far the first reading is, else None.

    The states are pinned before the first reading, so what arrives meanwhile is read after it.
    `again`: it is read anew, since the server numbered its mails anew (UIDVALIDITY).
    """

    folders: Mapping[str, FolderState]
    after: Key | None = None
    again: bool = False

    @classmethod
    def read(cls, cursor: str) -> Place:
        """A cursor of ours. Raises `CursorExpired` for any other text."""
        try:
            values = orjson.loads(cursor)
            after = values["after"]
            return cls(
                {name: FolderState(**state) for name, state in values["folders"].items()},
                None if after is None else (str(after[0]), int(after[1])),
                bool(values["again"]),
            )
        except (ValueError, TypeError, KeyError, AttributeError, IndexError):
            raise CursorExpired(f"{cursor[:80]!r} is not the cursor of a mailbox") from None

    def __str__(self) -> str:
        values = {**asdict(self), "folders": {n: asdict(s) for n, s in self.folders.items()}}
        return orjson.dumps(values, option=orjson.OPT_SORT_KEYS).decode()
