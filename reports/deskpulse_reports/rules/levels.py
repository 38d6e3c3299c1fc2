"""The rungs of a ladder of SLA warnings: `75%`, `1h left`, `breach`, `+1h`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from deskpulse.rule import Severity

_PERCENT = re.compile(r"^(\d{1,2}(?:\.\d+)?)\s*%$")
_LEFT = re.compile(r"^(\d+)\s*(s|m|h)\s+left$")
_OVER = re.compile(r"^\+\s*(\d+)\s*(s|m|h)$")
_SECONDS = {"s": 1, "m": 60, "h": 3600}


@dataclass(frozen=True, slots=True)
class Level:
    """One rung. `amount` is a share of the target, or seconds in the target's own clock."""

    name: str
    kind: Literal["share", "left", "breach", "over"]
    amount: float = 0.0

    def after_s(self, target_s: float) -> float:
        """How much of the target's clock must have run: 0 or less where the rung makes no sense."""
        match self.kind:
            case "share":
                return target_s * self.amount
            case "left":
                return target_s - self.amount
            case _:
                return target_s + self.amount

    @property
    def late(self) -> bool:
        """Whether the target is missed by then."""
        return self.kind in ("breach", "over")

    @property
    def severity(self) -> Severity:
        """A promise that is broken is critical, one that is about to be is a warning."""
        return "critical" if self.late else "warning"


class Ladder:
    """The levels of a rule; `of` a target in order, lowest first."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._levels = [read(text) for text in texts]
        self._known: dict[float, tuple[Level, ...]] = {}

    def of(self, target_s: float) -> tuple[Level, ...]:
        """Those that a target has: `1h left` means nothing where half an hour is promised."""
        if target_s not in self._known:
            own = [level for level in self._levels if level.after_s(target_s) > 0]
            own.sort(key=lambda level: level.after_s(target_s))
            self._known[target_s] = tuple(own)
        return self._known[target_s]


def read(text: str) -> Level:
    """A rung as somebody writes it; raises `ValueError` saying what is allowed."""
    written = " ".join(text.split())
    if written == "breach":
        return Level(written, "breach")
    if (found := _PERCENT.match(written)) and float(found[1]) > 0:
        return Level(written, "share", float(found[1]) / 100)
    if (found := _LEFT.match(written)) and int(found[1]):
        return Level(written, "left", int(found[1]) * _SECONDS[found[2]])
    if (found := _OVER.match(written)) and int(found[1]):
        return Level(written, "over", int(found[1]) * _SECONDS[found[2]])
    raise ValueError(
        f'"{text}" is no level; write a share of the target such as "75%", what is left of it as '
        '"30m left" or "1h left", "breach", or a time after that as "+1h"'
    )
