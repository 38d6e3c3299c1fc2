"""The leaky bucket that queries are paid from: one an app and shop."""

from __future__ import annotations

from typing import Any


class Bucket:
    """Holds `size` points and gets `restore` back a second; a size of 0 means no limit."""

    def __init__(self, size: float, restore: float) -> None:
        self.size = size
        self.restore = restore
        self._points = float(size)
        self._at = 0.0
        self.spent = 0.0

    def available(self, now: float) -> float:
        """What is in it at `now` (seconds)."""
        self._points = min(self._points + (now - self._at) * self.restore, float(self.size))
        self._at = now
        return self._points

    def admits(self, requested: float, now: float) -> bool:
        """Whether a query that may cost so much is answered."""
        return self.size <= 0 or self.available(now) >= requested

    def take(self, actual: float, now: float) -> None:
        """Pay what a query did cost."""
        self.available(now)
        self._points -= actual
        self.spent += actual

    def figures(self, requested: float, actual: float | None, now: float) -> dict[str, Any]:
        """`extensions.cost` of an answer."""
        size = self.size or 2000.0
        available = self.available(now) if self.size > 0 else size
        return {
            "requestedQueryCost": int(requested),
            "actualQueryCost": None if actual is None else int(actual),
            "throttleStatus": {
                "maximumAvailable": float(size),
                "currentlyAvailable": int(available),
                "restoreRate": float(self.restore),
            },
        }
