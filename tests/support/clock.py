"""A clock that tests hold in their hands."""

import threading
from datetime import UTC, datetime, timedelta

MONDAY = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


class FakeClock:
    """Implements `deskpulse.clock.Clock`; sleeping moves it and takes no time. Thread-safe.

    `slept_s` is all the sleep so far, in seconds.
    """

    def __init__(self, start: datetime = MONDAY) -> None:
        self._lock = threading.Lock()
        self._start = start
        self._elapsed = 0.0
        self.slept_s = 0.0

    def now(self) -> datetime:
        return self._start + timedelta(seconds=self._elapsed)

    def monotonic(self) -> float:
        return 1_000.0 + self._elapsed

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self._elapsed += max(seconds, 0.0)
            self.slept_s += max(seconds, 0.0)

    def advance(self, seconds: float) -> None:
        """Let time pass without anybody sleeping."""
        with self._lock:
            self._elapsed += seconds

    def step(self, seconds: float) -> None:
        """Set the wall clock forward or back; spans are not touched."""
        with self._lock:
            self._start += timedelta(seconds=seconds)
