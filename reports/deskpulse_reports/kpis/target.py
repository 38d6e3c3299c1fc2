"""A goal for a KPI, and whether a value meets it."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from deskpulse.errors import ConfigError

Status = Literal["good", "warn", "bad"]
_SPAN = re.compile(r"^(\d+(?:\.\d+)?)\s*(s|m|h|d)$")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_PERCENT = re.compile(r"^(\d+(?:\.\d+)?)\s*%$")


class Target(BaseModel):
    """What a value should be.

    A value at `goal` or on its better side is good. One up to `warn`, where that is given, is a
    warning; everything else is bad. Both are in the KPI's unit, or `"30m"` and `"90%"`.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    goal: float = Field(description='What a value should be: a number, "30m" or "90%".')
    warn: float | None = Field(
        default=None, description="How far it may miss the goal before that is bad."
    )
    direction: Literal["lower", "higher"] | None = Field(
        default=None, description="Which way is better, where the KPI does not say it itself."
    )
    clock: Literal["calendar", "business"] | None = Field(
        default=None, description="The clock it is meant by; empty: either."
    )
    every: Literal["hour", "day", "week", "month"] | None = Field(
        default=None, description="The bucket it is meant for (counts grow with it); empty: any."
    )

    def status(self, value: float) -> Status:
        """Whether a value meets it."""
        sign = 1 if self.direction == "lower" else -1
        if sign * value <= sign * self.goal:
            return "good"
        return "warn" if self.warn is not None and sign * value <= sign * self.warn else "bad"


@dataclass(frozen=True, slots=True)
class Judgement:
    """A value's target and whether it is met; status None: there is no value.

    `within` is the share of the single durations (0..1) that meet the goal; None for other figures.
    """

    goal: float
    warn: float | None
    direction: str | None
    status: Status | None
    within: float | None = None

    def to_json(self) -> dict[str, Any]:
        """All of it."""
        return asdict(self)


def amount(value: Any, unit: str, place: str) -> float:
    """A goal as somebody writes it, in the KPI's unit. Raises ConfigError naming the place."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    text = str(value).strip()
    if unit == "seconds" and (span := _SPAN.match(text)):
        return float(span[1]) * _SECONDS[span[2]]
    if unit == "ratio" and (share := _PERCENT.match(text)):
        return float(share[1]) / 100
    example = {"seconds": ' or a span such as "30m"', "ratio": ' or a share such as "90%"'}
    raise ConfigError(f"{place} = {value!r}: write a number{example.get(unit, '')}")
