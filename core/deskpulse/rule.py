"""The contract of an alert rule: look at the desk, say for which subjects a condition holds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Literal, Protocol

from pydantic import BaseModel, ConfigDict

from deskpulse.message import Link, Part
from deskpulse.untrusted import Text

Condition = Literal["holds", "clear", "unknown", "gone"]
"""`unknown`: the data is stale or partial. `gone`: there is nothing left to judge (cancelled)."""
Severity = Literal["info", "warning", "critical"]
Scope = Literal["source", "flood", "single"]
"""What a rule watches. While a rule about a source or a flood fires, those of a smaller scope whose
labels say the same keep quiet: data that is stale explains everything about its source."""


@dataclass(frozen=True, slots=True)
class Signal:
    """What a rule says about one subject at one level, now.

    `subject` is the stable id of what it is about: an SLA clock's instance, a KPI of a team, a
    source. `level` tells the rungs of a ladder apart (`75%`, `breach`; "" for a rule with one).
    `since` and `due_at` are aware. `labels` (source, team, priority, brand, agent, account) are
    what routes and silences go by. `outcome` says how it ended: `met in time`, `late by 12 min`.
    """

    subject: str
    condition: Condition
    title: Text
    summary: Text
    level: str = ""
    severity: Severity = "warning"
    parts: tuple[Part, ...] = ()
    links: tuple[Link, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    since: datetime | None = None
    due_at: datetime | None = None
    outcome: str = ""
    complete_to: datetime | None = None
    """Up to when the data that it was judged by is complete."""


class Desk(Protocol):
    """What every rule may look at; `deskpulse_reports.rules` says what else there is."""

    @property
    def now(self) -> datetime:
        """The moment that is judged (aware UTC)."""
        ...

    @property
    def zone(self) -> str:
        """The desk's IANA zone."""
        ...


class Rule:
    """Subclass, name the type, describe its `Config`, and write `signals`.

    `signals` says something about every subject that the rule watches, also of those whose
    condition does not hold; a subject of which it says nothing is left as it was. It is pure:
    asked twice about the same desk it answers the same. Holding times, routing, grouping and
    repeats are not its business. The rungs of one subject come one after the other, the lowest
    first, and always in the same order.
    """

    name: ClassVar[str]
    scope: ClassVar[Scope] = "single"

    class Config(BaseModel):
        """Settings of `[rules.X]` beyond those that all rules have; every field is described."""

        model_config = ConfigDict(extra="forbid")

    config: BaseModel

    def __init__(self, config: BaseModel) -> None:
        self.config = config

    def signals(self, desk: Any) -> Iterable[Signal]:
        """What is to be said now about each subject."""
        raise NotImplementedError

    def mistakes(self, desk: Any) -> Iterable[str]:  # noqa: ARG002
        """What of the settings cannot work on this desk: a KPI that does not exist, say."""
        return ()
