"""One SLA clock: as people and rules see it, and as the store's table `sla_clock` holds it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Literal

import polars as pl

from deskpulse.clock import from_micros

State = Literal["active", "paused", "achieved", "breached", "cancelled", "not_started"]


@dataclass(frozen=True, slots=True)
class SlaClock:
    """One promise about one ticket. Instants are aware UTC; durations are seconds of its `clock`.

    `elapsed_s` is as of `standing_at`. `running`: active, or breached and still waiting for what
    would end it. `due_at` is None while it is paused and once it ended. `calendar` is the business
    calendar's name. `n` numbers the instances of a metric that has several.
    """

    source: str
    ticket_id: str
    metric: str
    target_s: float
    state: State = "active"
    n: int = 1
    policy: str = ""
    clock: Literal["business", "calendar"] = "calendar"
    calendar: str = ""
    priority: str | None = None
    team_id: str | None = None
    agent_id: str | None = None
    running: bool = False
    started_at: datetime | None = None
    standing_at: datetime | None = None
    elapsed_s: float = 0.0
    due_at: datetime | None = None
    breached_at: datetime | None = None
    ended_at: datetime | None = None
    reason: str = ""

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> SlaClock:
        """From a row of the table, whose instants are microseconds; other columns are left out."""
        values = {name: row[name] for name in _NAMES}
        for name in _INSTANTS:
            values[name] = None if values[name] is None else from_micros(values[name])
        return cls(**values | {"running": bool(values["running"])})  # SQLite says 0 and 1

    @property
    def key(self) -> str:
        """The same for this instance for ever: `support/4711/first_reply_time/1`."""
        return f"{self.source}/{self.ticket_id}/{self.metric}/{self.n}"

    @property
    def calendar_name(self) -> str:
        """The calendar that its seconds are counted by; "" is around the clock."""
        return self.calendar if self.clock == "business" else ""

    @property
    def paused(self) -> bool:
        """Whether its time stands still."""
        return self.state == "paused" or (self.state == "breached" and self.due_at is None)


_NAMES = tuple(each.name for each in fields(SlaClock))
_INSTANTS = ("started_at", "standing_at", "due_at", "breached_at", "ended_at")
COLUMNS: Mapping[str, pl.DataType | type[pl.DataType]] = {
    "source": pl.String,
    "ticket_id": pl.String,
    "metric": pl.String,
    "n": pl.Int64,
    "policy": pl.String,
    "target_s": pl.Float64,
    "clock": pl.String,
    "calendar": pl.String,
    "priority": pl.String,
    "team_id": pl.String,
    "agent_id": pl.String,
    "state": pl.String,
    "running": pl.Boolean,
    "started_at": pl.Int64,
    "standing_at": pl.Int64,
    "elapsed_s": pl.Float64,
    "due_at": pl.Int64,
    "breached_at": pl.Int64,
    "ended_at": pl.Int64,
    "reason": pl.String,
    "history": pl.Int64,
}
"""The columns of the table as a frame has them: instants in microseconds since 1970."""
EMPTY = pl.DataFrame(schema=dict(COLUMNS))
"""No clocks."""
