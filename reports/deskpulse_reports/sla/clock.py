"""One SLA clock as the store's table `sla_clock` holds it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import polars as pl


@dataclass(frozen=True, slots=True)
class Clock:
    """The columns of `sla_clock` (see `deskpulse.store.operations.SlaClock`).

    Instants are microseconds since 1970, spans seconds in the clock's own time.
    """

    source: str
    ticket_id: str
    metric: str
    n: int
    policy: str
    target_s: float
    clock: str
    calendar: str
    priority: str | None
    team_id: str | None
    agent_id: str | None
    state: str
    running: bool
    started_at: int | None
    standing_at: int | None
    elapsed_s: float
    due_at: int | None
    breached_at: int | None
    ended_at: int | None
    reason: str
    history: int = 0

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Clock:
        """From a row of the table; other columns are left out."""
        values = {each.name: row[each.name] for each in fields(cls) if each.name in row}
        return cls(**values | {"running": bool(values["running"])})  # SQLite says 0 and 1


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
"""The same columns as a frame has them."""
EMPTY = pl.DataFrame(schema=dict(COLUMNS))
"""No clocks."""
