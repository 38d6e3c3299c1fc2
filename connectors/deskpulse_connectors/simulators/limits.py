"""Request limits: so many in any window of so many seconds."""

from __future__ import annotations

import math
import threading
from collections import deque


class Limit:
    """At most `count` requests in any `window` seconds; 0 means no limit.

    A refused request is not counted.
    """

    def __init__(self, count: int, window: float = 60.0) -> None:
        self.count = count
        self.window = window
        self._taken: deque[float] = deque()
        self._guard = threading.Lock()

    def take(self, now: float) -> int | None:
        """Count one request at `now`; None if it is admitted, else whole seconds to wait."""
        if self.count <= 0:
            return None
        with self._guard:
            while self._taken and self._taken[0] <= now - self.window:
                self._taken.popleft()
            if len(self._taken) < self.count:
                self._taken.append(now)
                return None
            return max(math.ceil(self._taken[0] + self.window - now), 1)

    def remaining(self, now: float) -> int:
        """How many more requests would be admitted at `now`."""
        with self._guard:
            recent = sum(1 for taken in self._taken if taken > now - self.window)
        return max(self.count - recent, 0)

    def reset(self, now: float) -> int:
        """Whole seconds until every request counted so far is forgotten."""
        with self._guard:
            newest = self._taken[-1] if self._taken else now - self.window
        return max(math.ceil(newest + self.window - now), 0)
