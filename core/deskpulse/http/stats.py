"""What the run report says about requests and waits."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Stats:
    """Sums since the client was made; spans in seconds, all threads added up.

    `requests` counts everything that was sent, retries and token requests too. `rate_limited`
    counts the answers that asked us to wait. `received_bytes` is what came over the wire.
    `clock_skew_s` is the vendor's `Date` minus our clock at the last answer that had one (to about
    a second; None: never said). `notices` are what the vendor wants the operator to know, each
    once.
    """

    requests: int = 0
    retries: int = 0
    rate_limited: int = 0
    waited_budget_s: float = 0.0
    waited_rate_limit_s: float = 0.0
    waited_retry_s: float = 0.0
    received_bytes: int = 0
    clock_skew_s: float | None = None
    notices: tuple[str, ...] = ()

    @property
    def waited_s(self) -> float:
        """All waits together."""
        return self.waited_budget_s + self.waited_rate_limit_s + self.waited_retry_s


class Meter:
    """Collects `Stats` from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._stats = Stats()

    def read(self) -> Stats:
        """The sums up to now."""
        return self._stats

    def sent(self, waited_budget_s: float) -> None:
        """A request goes out after waiting for its budget."""
        with self._lock:
            now = self._stats
            self._stats = replace(
                now,
                requests=now.requests + 1,
                waited_budget_s=now.waited_budget_s + waited_budget_s,
            )

    def received(self, size: int, skew_s: float | None) -> None:
        """An answer came in."""
        with self._lock:
            now = self._stats
            self._stats = replace(
                now,
                received_bytes=now.received_bytes + size,
                clock_skew_s=now.clock_skew_s if skew_s is None else skew_s,
            )

    def notice(self, text: str) -> bool:
        """The vendor tells the operator something; whether it is news."""
        with self._lock:
            if text in self._stats.notices:
                return False
            self._stats = replace(self._stats, notices=(*self._stats.notices, text))
            return True

    def waits(self, seconds: float, *, rate_limited: bool) -> None:
        """A request waits before its next try, because it was told to or by itself."""
        with self._lock:
            now = self._stats
            self._stats = replace(
                now,
                retries=now.retries + 1,
                rate_limited=now.rate_limited + rate_limited,
                waited_rate_limit_s=now.waited_rate_limit_s + (seconds if rate_limited else 0.0),
                waited_retry_s=now.waited_retry_s + (0.0 if rate_limited else seconds),
            )
