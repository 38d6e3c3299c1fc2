"""An alert: one episode of a rule's condition about one subject at one level."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from deskpulse.message import Message
from deskpulse.rule import Severity

State = Literal["pending", "firing", "acknowledged", "snoozed", "unknown", "resolved", "expired"]
FIRES = ("firing", "acknowledged", "snoozed")
SEVERITIES: tuple[Severity, ...] = ("info", "warning", "critical")
_RUNGS = 1_000


@dataclass(frozen=True, slots=True)
class Alert:
    """Every instant is aware. `content` is what its last signal amounts to, as a message."""

    rule: str
    subject: str
    level: str
    state: State
    severity: Severity
    content: Message
    since_at: datetime
    opened_at: datetime
    seen_at: datetime
    rung: int = 0
    before: State | Literal[""] = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    fired_at: datetime | None = None
    clear_at: datetime | None = None
    due_at: datetime | None = None
    acknowledged_by: str = ""
    snoozed_until: datetime | None = None
    closed_at: datetime | None = None
    outcome: str = ""
    id: int = 0

    @property
    def about(self) -> tuple[str, str]:
        """(rule, subject): what one thread of messages is about."""
        return self.rule, self.subject

    @property
    def stands(self) -> str:
        """The state that it is in, or was in before it was lost sight of."""
        return self.before if self.state == "unknown" else self.state

    @property
    def fires(self) -> bool:
        """Whether the condition is known to have held long enough, and nothing has ended it."""
        return self.stands in FIRES

    @property
    def rank(self) -> int:
        """Which of a subject's levels speaks for it: the most severe, then the highest rung."""
        return SEVERITIES.index(self.severity) * _RUNGS + self.rung

    @property
    def tags(self) -> dict[str, str]:
        """What routes and silences go by: its labels, rule, level, severity and subject."""
        own = {
            "rule": self.rule,
            "level": self.level,
            "severity": self.severity,
            "subject": self.subject,
        }
        return {**self.labels, **own}


def severity_of(rank: int) -> Severity:
    """The severity that a rank holds."""
    return SEVERITIES[rank // _RUNGS]


def spokesman(alerts: list[Alert]) -> Alert:
    """The alert that speaks for its subject: the highest that fires, else the latest."""
    firing = [alert for alert in alerts if alert.fires]
    if firing:
        return max(firing, key=lambda alert: (alert.rank, alert.id))
    return max(alerts, key=lambda alert: (alert.closed_at is None, alert.id))
