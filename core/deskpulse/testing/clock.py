"""A clock that stands still, so that a test says the same today and next year."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

FROZEN_AT = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
"""A Monday morning; where nothing else is said, it is now."""


class FrozenClock:
    """Implements `deskpulse.clock.Clock`. Sleeping takes no time and does not move `now`.

    `slept` are the waits so far, in seconds; `monotonic` counts them. Safe between threads.
    """

    def __init__(self, instant: datetime = FROZEN_AT) -> None:
        self._lock = threading.Lock()
        self._now = instant.astimezone(UTC)
        self._monotonic = 0.0
        self.slept: list[float] = []

    def now(self) -> datetime:
        """The instant at which the clock stands; aware, UTC."""
        return self._now

    def monotonic(self) -> float:
        """Seconds slept or advanced so far."""
        return self._monotonic

    def sleep(self, seconds: float) -> None:
        """Note the wait and return at once."""
        with self._lock:
            self.slept.append(max(seconds, 0.0))
            self._monotonic += max(seconds, 0.0)

    def advance(self, seconds: float) -> None:
        """Let this much time pass."""
        with self._lock:
            self._now += timedelta(seconds=seconds)
            self._monotonic += seconds


def frozen(instant: str | datetime = FROZEN_AT) -> FrozenClock:
    """A clock that stands at `instant`: `frozen("2026-01-05T09:00Z")`; a naive one is UTC."""
    if isinstance(instant, str):
        instant = datetime.fromisoformat(instant)
    return FrozenClock(instant if instant.tzinfo else instant.replace(tzinfo=UTC))
