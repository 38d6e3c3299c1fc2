"""An SLA clock as rules see it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

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
