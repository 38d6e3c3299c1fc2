"""On which side of a limit a value is; between two limits it stays what it was."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from deskpulse.rule import Severity
from deskpulse_reports.kpis.target import Target

Side = Literal["above", "below"]


@dataclass(frozen=True, slots=True)
class Threshold:
    """It holds beyond `limit`; it is over at `clear_at`, which is no worse than the limit."""

    side: Side
    limit: float
    clear_at: float
    level: str = ""
    severity: Severity = "warning"

    def holds(self, value: float) -> bool | None:
        """None: neither beyond the limit nor well back, so it stays what it was."""
        sign = 1 if self.side == "above" else -1
        if sign * value > sign * self.limit:
            return True
        return False if sign * value <= sign * self.clear_at else None


def of_target(target: Target) -> tuple[Threshold, ...]:
    """A target's rungs: missing the goal is a warning, missing `warn` is bad."""
    side: Side = "above" if target.direction == "lower" else "below"
    if target.warn is None:
        return (Threshold(side, target.goal, target.goal, "bad", "critical"),)
    return (
        Threshold(side, target.goal, target.goal, "warn", "warning"),
        Threshold(side, target.warn, target.warn, "bad", "critical"),
    )
