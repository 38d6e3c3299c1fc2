"""What `parse` makes of times, of large numbers, and of a record that lacks something."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from deskpulse.connector import Stream
from deskpulse.records import Record
from deskpulse.testing.contract.base import Base

LARGE = 2**53 + 1
"""The first whole number that a float cannot hold."""
SMALL = 7_654_321
"""One that any holds, and that stands in no text by chance."""
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)")
_ID = re.compile(r"(?:^|_)id$")
_ELSEWHERE = "Europe/Berlin"
_FOLD = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
"""02:30 in Berlin, for the first time on that night; an hour later it is 02:30 again."""
_INDIA = timezone(timedelta(hours=5, minutes=30))


class Values(Base):
    """Tests of `parse`, on each raw record of the tape, on a machine that lives in Berlin."""

    def test_times_keep_their_offset(self) -> None:
        """An instant is the same at another offset; the machine's own zone plays no part.

        A time without any offset is refused, or means UTC.
        """
        for name, parse, raw in self._each_raw():
            before = parse(raw)
            moved = parse(rewritten(raw, lambda at: at.astimezone(_INDIA).isoformat()))
            if moved is not None and _instants(moved) != _instants(before):
                self.fail(f"{name}: an instant at +05:30 is read as another: {_shown(raw)}")
            naive = parse(rewritten(raw, lambda at: at.replace(tzinfo=None).isoformat()))
            if naive is not None and _instants(naive) != _instants(before):
                self.fail(
                    f"{name}: a time without offset is read in the machine's zone: {_shown(raw)}. "
                    "Refuse it, or say which zone the vendor means"
                )

    def test_times_survive_the_end_of_summer_time(self) -> None:
        """Two instants with the same time of day on that night stay an hour apart."""
        for name, parse, raw in self._each_raw():
            first = parse(rewritten(raw, lambda _: _FOLD.isoformat()))
            second = parse(rewritten(raw, lambda _: (_FOLD + timedelta(hours=1)).isoformat()))
            if first is None or second is None:
                continue
            for one, other in zip(_instants(first), _instants(second), strict=False):
                if (
                    one[0] == other[0]
                    and one[2] == _FOLD
                    and other[2] != one[2] + timedelta(0, 3600)
                ):
                    self.fail(f"{name}: {one[1]} loses the hour in which summer time ends")

    def test_large_ids_stay_exact(self) -> None:
        """Ids beyond 2^53 differ by one and stay different: no float ever holds them."""
        for name, parse, raw in self._each_raw():
            small, large = parse(_with_ids(raw, SMALL)), parse(_with_ids(raw, LARGE))
            if small is None or large is None:
                continue
            for one, other in zip(small, large, strict=False):
                for field, value in _texts(one):
                    exact = value.replace(str(SMALL), str(LARGE))
                    if exact != value and getattr(other, field) != exact:
                        self.fail(
                            f"{name}: {field} of {other.kind_name} is {getattr(other, field)!r}, "
                            f"where the vendor says {LARGE}"
                        )

    # --- what these share -------------------------------------------------------------------

    def _each_raw(self) -> Iterator[tuple[str, Callable[[Any], list[Record] | None], Any]]:
        """Name of the stream, `parse` as a function to a list (None: refused), a raw record."""
        pulls = [(name, self.pull(name)[0]) for name in self.stream_names()]
        with living_in(_ELSEWHERE), self.opened(self.recorded().player()) as connector:
            streams = {stream.name: stream for stream in connector.streams()}
            for name, pulled in pulls:
                for raw in (raw for page in pulled.pages for raw in page.records):
                    yield name, _parser(streams[name]), raw


def rewritten(raw: Any, change: Callable[[datetime], str]) -> Any:
    """The raw record with every text that is an instant written otherwise."""
    if isinstance(raw, dict):
        return {key: rewritten(value, change) for key, value in raw.items()}
    if isinstance(raw, list):
        return [rewritten(value, change) for value in raw]
    if isinstance(raw, str) and _INSTANT.fullmatch(raw):
        return change(datetime.fromisoformat(raw).astimezone(UTC))
    return raw


@contextmanager
def living_in(zone: str) -> Iterator[None]:
    """Let the machine's own time zone be this one for a while."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = zone
    _tzset()
    try:
        yield
    finally:
        if before is None:
            del os.environ["TZ"]
        else:
            os.environ["TZ"] = before
        _tzset()


def _tzset() -> None:
    if hasattr(time, "tzset"):  # not on Windows
        time.tzset()


def _parser(stream: Stream) -> Callable[[Any], list[Record] | None]:
    def parse(raw: Any) -> list[Record] | None:
        try:
            given = stream.parse(raw)
            if isinstance(given, Record):
                return [given]
            return [] if given is None else list(given)
        except Exception:  # noqa: BLE001  core counts it as a rejected record
            return None

    return parse


def _with_ids(raw: Any, number: int) -> Any:
    if isinstance(raw, dict):
        return {
            key: number if _is_id(key, value) else _with_ids(value, number)
            for key, value in raw.items()
        }
    return [_with_ids(value, number) for value in raw] if isinstance(raw, list) else raw


def _is_id(key: Any, value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and bool(_ID.search(str(key)))


def _instants(records: list[Record] | None) -> list[tuple[str, str, datetime]]:
    return [
        (record.kind_name, name, value)
        for record in records or ()
        for name, value in sorted(record.__dict__.items())
        if isinstance(value, datetime)
    ]


def _texts(record: Record) -> list[tuple[str, str]]:
    return [(name, value) for name, value in record.__dict__.items() if isinstance(value, str)]


def _shown(raw: Any) -> str:
    text = repr(raw)
    return text if len(text) <= 200 else text[:197] + "..."
