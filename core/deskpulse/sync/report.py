"""What a sync did, stream by stream."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Literal

from deskpulse.store.writer import Tally

Outcome = Literal["ok", "partial", "skipped", "waiting", "paused", "failed", "stopped"]
"""ok; partial: some records rejected; skipped: not granted; waiting: rate limited or unavailable,
continues next time; paused: credentials refused; failed: somebody must look; stopped: by us."""


@dataclass(slots=True)
class StreamReport:
    """One stream's run. Waits in seconds; `first_error` explains the first rejected record."""

    source: str
    stream: str
    started_at: datetime
    ended_at: datetime | None = None
    outcome: Outcome = "ok"
    pages: int = 0
    records: int = 0
    rows: Tally = field(default_factory=Tally)
    rejected: int = 0
    first_error: str = ""
    vendor_count: int | None = None
    complete_to: datetime | None = None
    requests: int = 0
    retries: int = 0
    rate_limited: int = 0
    waited_s: float = 0.0
    error: str = ""
    hint: str = ""
    retry_after_s: float | None = None
    ends_source: bool = False
    """Whether what went wrong goes for every stream of the source."""

    def to_json(self) -> dict[str, Any]:
        """Plain values; instants as ISO 8601."""
        values = asdict(self)
        for name in ("started_at", "ended_at", "complete_to"):
            instant = getattr(self, name)
            values[name] = None if instant is None else instant.isoformat()
        del values["ends_source"]
        return {key: value for key, value in values.items() if value not in (None, "")}


@dataclass(slots=True)
class SyncReport:
    """All streams of one sync."""

    streams: list[StreamReport] = field(default_factory=list)

    @property
    def exit_code(self) -> int:
        """0 all is well, 1 something was left out, 3 nothing worked."""
        bad = [s for s in self.streams if s.outcome not in ("ok", "skipped")]
        if not bad:
            return 0
        worked = any(s.outcome in ("ok", "partial", "stopped") for s in self.streams)
        return 1 if worked else 3

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "outcome": {0: "ok", 1: "partial", 3: "failed"}[self.exit_code],
            "streams": [stream.to_json() for stream in self.streams],
        }
