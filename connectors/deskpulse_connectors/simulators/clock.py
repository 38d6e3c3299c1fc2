"""The simulated clock: it stands still until it is told to move, or runs with real time."""

from __future__ import annotations

import time
from datetime import UTC, datetime

DAY = 86_400
WEEK = 7 * DAY
YEAR = 365 * DAY


class SimClock:
    """Epoch seconds of the vendor's world.

    `running`: time passes as outside; otherwise only `advance` moves it. `pulse` counts the
    seconds that limits and token lifetimes live by: real time plus every advance, so that both a
    client that really waits and one whose clock is simulated get their budget back.
    """

    def __init__(self, now: int, *, running: bool = False) -> None:
        self._epoch = float(now)
        self._advanced = 0.0
        self.running = running
        self._born = time.monotonic()

    def now(self) -> int:
        """The present second."""
        passed = time.monotonic() - self._born if self.running else 0.0
        return int(self._epoch + self._advanced + passed)

    def instant(self) -> datetime:
        """The present as an aware UTC time."""
        return datetime.fromtimestamp(self.now(), UTC)

    def pulse(self) -> float:
        """Seconds for measuring spans: real time and advances together."""
        return time.monotonic() - self._born + self._advanced

    def advance(self, seconds: float) -> None:
        """Let time pass; it never goes back."""
        if seconds < 0:
            raise ValueError(f"time cannot go back by {-seconds} seconds")
        self._advanced += seconds
