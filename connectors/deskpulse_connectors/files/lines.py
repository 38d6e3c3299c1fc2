"""Lines of a text file with their byte offsets: the ground on which growth and rejects stand."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import IO

LONGEST = 16 * 1024 * 1024
"""Bytes of the longest line, and characters of the longest CSV cell, that are still read."""

_MARKS = (
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
_WITHOUT_MARK = {"utf-16": "utf-16-le", "utf-32": "utf-32-le", "utf-8-sig": "utf-8"}


_Line = tuple[bytes, int, str]  # its bytes, its length in the file, what is wrong with it


class Lines(Iterator[str]):
    """Iterates decoded lines, and remembers which make up the record that is being read.

    `offset` and `line` (1 for the first) say where that record starts; `close` ends it and may give
    lines back. `fault` says what is wrong with the record's bytes, "" if nothing is.
    """

    def __init__(self, stream: IO[bytes], encoding: str | None) -> None:
        self._stream = stream
        head = stream.read(4)
        codec = (encoding or "utf-8").lower()
        mark, self.codec = next(
            ((mark, name) for mark, name in _MARKS if head.startswith(mark)),
            (b"", _WITHOUT_MARK.get(codec, codec)),
        )
        self._newline = "\n".encode(self.codec)
        self._taken: list[_Line] = []
        self._returned: deque[_Line] = deque()
        self._wide = b""
        self._cut = False
        self.fault = ""
        self.offset = len(mark)
        self.line = 1
        stream.seek(self.offset)

    def seek(self, offset: int, line: int) -> None:
        """Go to where a record starts; `offset` is a former `offset`, `line` its line."""
        if offset > self.offset:
            self._stream.seek(offset)
            self._returned.clear()
            self._wide = b""
            self.offset, self.line = offset, line

    def close(self, lines: int | None = None) -> None:
        """End the record after its first `lines` lines (None: all); the others come again."""
        taken = self._taken
        count = len(taken) if lines is None else lines
        for _ in range(len(taken) - count):
            self._returned.appendleft(taken.pop())
        for _, length, _ in taken:
            self.offset += length
        self.line += count
        taken.clear()
        self._cut = False
        self.fault = ""

    @property
    def count(self) -> int:
        """How many lines the record has so far."""
        return len(self._taken)

    @property
    def ended(self) -> bool:
        """Whether the record ended before the file did: a file that grows may cut one short."""
        return not self._cut and bool(self._taken) and self._taken[-1][0].endswith(self._newline)

    @property
    def raw(self) -> str:
        """The record as it stands in the file, without its newline."""
        held = b"".join(raw for raw, _, _ in self._taken)
        return held.decode(self.codec, "backslashreplace").rstrip("\r\n")

    def __next__(self) -> str:
        taken = self._returned.popleft() if self._returned else self._read()
        raw, _, fault = taken
        if not raw:
            self._cut = bool(self._taken)
            raise StopIteration
        self._taken.append(taken)
        if fault:
            self.fault = fault
        try:
            return raw.decode(self.codec)
        except UnicodeDecodeError as problem:
            self.fault = (
                f"byte {raw[problem.start]:#04x} is not {self.codec}; set encoding to the file's"
                " own, such as latin-1 or cp1252"
            )
            return raw.decode(self.codec, "replace")

    def _read(self) -> _Line:
        if len(self._newline) > 1:
            raw = self._read_wide()
            return raw, len(raw), ""
        raw = self._stream.readline(LONGEST)
        if len(raw) < LONGEST or raw.endswith(b"\n"):
            return raw, len(raw), ""
        length = len(raw)
        rest = raw
        while rest and not rest.endswith(b"\n"):
            rest = self._stream.readline(LONGEST)
            length += len(rest)
        return raw[:200] + b"\n", length, f"the line is longer than {LONGEST >> 20} MB"

    def _read_wide(self) -> bytes:
        # UTF-16 and UTF-32: a newline counts only at a multiple of the character's width
        width = len(self._newline)
        start = 0
        while True:
            found = self._wide.find(self._newline, start)
            while found != -1 and found % width:
                found = self._wide.find(self._newline, found + 1)
            if found != -1:
                raw, self._wide = self._wide[: found + width], self._wide[found + width :]
                return raw
            chunk = self._stream.read(1 << 16)
            if not chunk:
                raw, self._wide = self._wide, b""
                return raw
            start = max(len(self._wide) - width, 0)
            self._wide += chunk
