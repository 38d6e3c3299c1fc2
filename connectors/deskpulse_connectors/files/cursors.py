"""The cursor of a stream of files: how far each file was read, and how to know it again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import IO, Self

import orjson

from deskpulse.errors import CursorExpired
from deskpulse_connectors.files.rows import Position

_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Seen:
    """How far one file was read: up to `at` (bytes; Parquet: rows), the record on `line` is next.

    `digest` is of the file's first `covers` bytes: all that was read, so that a correction anywhere
    in it is noticed. `size` and `mtime` (nanoseconds) are set once the file was read to its end:
    while they hold, it is not opened at all.
    """

    at: int = 0
    line: int = 1
    covers: int = 0
    digest: str = ""
    size: int = -1
    mtime: int = -1


@dataclass(slots=True)
class FilesCursor:
    """What was read of each file under one set of settings; other settings read all anew.

    `page` counts the pages, so that every page ends with another cursor, even where a file's
    position can only move on at its end.
    """

    settings: str
    page: int = 0
    files: dict[str, Seen] = field(default_factory=dict)

    @classmethod
    def read(cls, text: str | None, settings: str) -> Self:
        """The cursor in `text`, empty if it was written under other settings.

        Raises `CursorExpired` for a text that is not such a cursor.
        """
        if text is None:
            return cls(settings)
        try:
            held = orjson.loads(text)
            files = {name: Seen(**seen) for name, seen in held["files"].items()}
            page = int(held["page"])
            same = held["settings"] == settings
        except (ValueError, KeyError, TypeError, AttributeError):
            raise CursorExpired("this is not a cursor of the files connector") from None
        return cls(settings, page, files if same else {})

    def text(self) -> str:
        """The cursor as it is stored."""
        files = {name: asdict(seen) for name, seen in sorted(self.files.items())}
        held = {"settings": self.settings, "page": self.page, "files": files}
        return orjson.dumps(held).decode()

    def keep_only(self, names: Iterable[str]) -> None:
        """Forget files that are gone."""
        held = set(names)
        self.files = {name: seen for name, seen in self.files.items() if name in held}


class Progress:
    """Follows the reading of one file, from where the cursor left it.

    `start` is None when there is nothing new: the file is as it was when it was read to its end.
    Otherwise it says where to go on: after the last row if rows were appended, from the beginning
    if anything that was read has changed. `grows` is False for files that are replaced as a whole.
    """

    def __init__(self, path: Path, seen: Seen | None, *, grows: bool) -> None:
        self._path = path
        self._grows = grows
        status = path.stat()
        self._size, self._mtime = status.st_size, status.st_mtime_ns
        self._digest = hashlib.blake2b(digest_size=16)
        self._covered = 0
        self._seen = seen or Seen()
        self.start: Position | None = None
        if seen is None or (seen.size, seen.mtime) != (self._size, self._mtime):
            self.start = self._resume(self._seen)

    @property
    def seen(self) -> Seen:
        """What the cursor should hold now."""
        return self._seen

    def reach(self, position: Position) -> Seen:
        """Everything before `position` is in the page that goes out."""
        self._cover(position.at if self._grows else self._size)
        self._seen = Seen(position.at, position.line, self._covered, self._digest.hexdigest())
        return self._seen

    def finish(self) -> Seen:
        """The file was read to the end that it had when it was opened."""
        self._seen = replace(self._seen, size=self._size, mtime=self._mtime)
        return self._seen

    def _resume(self, seen: Seen) -> Position | None:
        whole = self._grows or seen.covers == self._size
        if seen.covers and seen.covers <= self._size and whole:
            self._cover(seen.covers)
            if self._digest.hexdigest() == seen.digest:
                if seen.size == self._size == seen.covers:  # touched, not changed
                    self.finish()
                    return None
                return Position(seen.at, seen.line)
            self._digest = hashlib.blake2b(digest_size=16)
            self._covered = 0
        return Position()

    def _cover(self, until: int) -> None:
        with self._path.open("rb") as stream:
            stream.seek(self._covered)
            while self._covered < until and (block := _read(stream, until - self._covered)):
                self._digest.update(block)
                self._covered += len(block)


def _read(stream: IO[bytes], most: int) -> bytes:
    return stream.read(min(_BLOCK, most))
