"""What one route was told about one subject, and what comes of telling it more. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal


@dataclass(frozen=True, slots=True)
class Told:
    """A row of the table `announcement`, where each field is explained."""

    rule: str
    subject: str
    route: str
    state: Literal["", "firing", "flapping", "resolved"] = ""
    settled: bool = False
    thread: str = ""
    size: int = 0
    level: str = ""
    rank: int = 0
    acknowledged: bool = False
    told_at: datetime | None = None
    begun_at: datetime | None = None
    messages: int = 0
    repeats: int = 0
    wanted_at: datetime | None = None
    held_at: datetime | None = None
    grouping: str = ""
    reason: str = ""
    detail: str = ""
    until: datetime | None = None

    @property
    def about(self) -> tuple[str, str]:
        """(rule, subject)."""
        return self.rule, self.subject

    @property
    def running(self) -> bool:
        """Whether its thread was begun and not ended."""
        return self.state in {"firing", "flapping"}
