"""Rows that could not be used, kept aside so that somebody can repair and reload them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import orjson

from deskpulse.errors import SourceUnavailable

MASKED = "it names somebody who was erased"


@dataclass(frozen=True, slots=True)
class Rejected:
    """A row that could not be used: where it is, why, and the row itself."""

    file: str
    line: int
    error: str
    raw: Any = None

    @property
    def text(self) -> str:
        """One line for people: `tickets.csv line 7: ...`."""
        return f"{self.file} line {self.line}: {self.error}"


class Rejects:
    """The rejects of one stream in its source's rejects file: one JSON object a line.

    A file's rows are forgotten from the line on where it is read again, so reading twice, after a
    crash or a repair, leaves every rejected row in it once. Only the owner may read it: rows hold
    customers' words. Of rows that `masks` is true of, only file and line are kept. Raises
    `SourceUnavailable` when it cannot be written.
    """

    def __init__(
        self, path: Path, stream: str = "", masks: Callable[[Any], bool] = lambda _: False
    ) -> None:
        self._path = path
        self._stream = stream
        self._masks = masks
        self._last: dict[str, int] | None = None

    def forget(self, file: str, line: int) -> None:
        """Drop what was kept of `file` from `line` on."""
        with _explained(self._path):
            last = self._last_lines()
            if last.get(file, 0) >= line:
                self._rewrite(
                    lambda kept: (
                        (kept["stream"], kept["file"]) != (self._stream, file)
                        or kept["line"] < line
                    )
                )
                last[file] = line - 1

    def drop(self, named: Callable[[Any], bool]) -> int:
        """Drop the rows of every stream that `named` is true of; how many they were."""
        with _explained(self._path):
            if not self._path.exists():
                return 0
            before = sum(1 for _ in self._entries())
            self._rewrite(lambda kept: not named([kept["error"], kept["raw"]]))
            return before - sum(1 for _ in self._entries())

    def add(self, rows: Iterable[Rejected]) -> None:
        """Keep these rows."""
        kept = list(rows)
        if not kept:
            return
        with _explained(self._path):
            last = self._last_lines()
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with _private(self._path, os.O_APPEND) as out:
                for row in kept:
                    out.write(self._line(row))
                    last[row.file] = max(last.get(row.file, 0), row.line)

    def _line(self, row: Rejected) -> bytes:
        masked = self._masks(row.raw) or self._masks(row.error)
        entry = {
            "stream": self._stream,
            "file": row.file,
            "line": row.line,
            "error": MASKED if masked else row.error,
            "raw": None if masked else row.raw,
        }
        options = orjson.OPT_APPEND_NEWLINE | orjson.OPT_NON_STR_KEYS
        return orjson.dumps(entry, default=str, option=options)

    def _last_lines(self) -> dict[str, int]:
        if self._last is None:
            self._last = {}
            damaged = False
            for _, entry in self._entries():
                if entry is None:
                    damaged = True
                elif entry["stream"] == self._stream:
                    before = self._last.get(entry["file"], 0)
                    self._last[entry["file"]] = max(before, entry["line"])
            if damaged:
                self._rewrite(lambda _: True)  # a crash cut a line short; its row comes again
        return self._last

    def _entries(self) -> Iterator[tuple[bytes, dict[str, Any] | None]]:
        if not self._path.exists():
            return
        with self._path.open("rb") as lines:
            for line in lines:
                try:
                    yield line, orjson.loads(line)
                except orjson.JSONDecodeError:
                    yield line, None

    def _rewrite(self, keep: Callable[[dict[str, Any]], bool]) -> None:
        aside = self._path.with_suffix(".new")
        with _private(aside, os.O_TRUNC) as out:
            for line, entry in self._entries():
                if entry is not None and keep(entry):
                    out.write(line)
        aside.replace(self._path)


def _private(path: Path, flag: int) -> IO[bytes]:
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | flag, 0o600), "wb")


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as problem:
        raise SourceUnavailable(
            f"{path} cannot be written: {problem.strerror}; nothing was read past it",
            hint="Make room, or set rejects to a folder that can be written.",
        ) from problem
