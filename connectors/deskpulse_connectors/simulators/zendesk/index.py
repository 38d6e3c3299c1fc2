"""The two orders in which the vendor exports: by last change, and by time of happening."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable


class ChangeIndex:
    """Ids ordered by (time of last change, id); a changed record moves to the end."""

    def __init__(self) -> None:
        self._keys: list[tuple[int, int]] = []
        self._time: dict[int, int] = {}

    def __len__(self) -> int:
        return len(self._keys)

    def __contains__(self, ident: int) -> bool:
        return ident in self._time

    def put(self, ident: int, instant: int) -> None:
        """Note that record `ident` changed at `instant`."""
        old = self._time.get(ident)
        if old is not None:
            if old == instant:
                return
            del self._keys[bisect_left(self._keys, (old, ident))]
        self._time[ident] = instant
        key = (instant, ident)
        if not self._keys or key > self._keys[-1]:
            self._keys.append(key)
        else:
            insort(self._keys, key)

    def time_of(self, ident: int) -> int:
        """When the record last changed."""
        return self._time[ident]

    def after(self, key: tuple[int, int], limit: int, upto: int) -> list[tuple[int, int]]:
        """The next `limit` keys greater than `key`, changed no later than `upto`."""
        begin = bisect_right(self._keys, key)
        end = min(begin + limit, self._end(upto))
        return self._keys[begin:end]

    def has_after(self, key: tuple[int, int], upto: int) -> bool:
        """Whether anything comes after `key`."""
        return bisect_right(self._keys, key) < self._end(upto)

    def upto(self, instant: int) -> Iterable[int]:
        """Every id that last changed no later than `instant`, in order."""
        return (ident for _, ident in self._keys[: self._end(instant)])

    def _end(self, upto: int) -> int:
        return bisect_left(self._keys, (upto + 1, -(2**63)))


class EventLog:
    """Rendered rows in the order in which they happened; only ever appended to.

    They lie one behind the other in one text, comma after comma, so that a page is one slice.
    """

    def __init__(self) -> None:
        self._times = array("q")
        self._begins = array("Q", [0])
        self._text = bytearray()

    def __len__(self) -> int:
        return len(self._times)

    def append(self, instant: int, row: bytes) -> int:
        """Add a row, no earlier than the last one; gives its position."""
        if self._times and instant < self._times[-1]:
            raise ValueError(f"history goes on: {instant} is before {self._times[-1]}")
        self._times.append(instant)
        self._text += row
        self._text += b","
        self._begins.append(len(self._text))
        return len(self._times) - 1

    def row(self, position: int) -> bytes:
        """One row."""
        return self.text(position, position + 1)

    def text(self, begin: int, end: int) -> bytes:
        """The rows at positions [begin, end), with commas between them."""
        with memoryview(self._text) as text:
            return bytes(text[self._begins[begin] : max(self._begins[end] - 1, 0)])

    def time(self, position: int) -> int:
        """When that row happened."""
        return self._times[position]

    def page(self, since: int, limit: int, upto: int) -> tuple[int, int, int]:
        """Positions [begin, end) of a page from `since` on, and where the visible log ends.

        A page is longer than `limit` if its last second would otherwise be cut in two.
        """
        begin = bisect_left(self._times, since)
        visible = bisect_right(self._times, upto)
        end = min(begin + limit, visible)
        if begin < end < visible:
            end = min(bisect_right(self._times, self._times[end - 1]), visible)
        return begin, max(end, begin), visible
