"""A policy: for which tickets, which targets, by which clock."""

from __future__ import annotations

from dataclasses import dataclass

from deskpulse.records.promises import SlaMetric, SlaTime
from deskpulse_reports.sla.condition import Filter


@dataclass(frozen=True, slots=True)
class Target:
    """At most `seconds` by `clock`, for tickets of one priority; `priority` None is every other.

    A ticket without a priority has only targets that are for every one.
    """

    metric: SlaMetric
    priority: str | None
    seconds: float
    clock: SlaTime


@dataclass(frozen=True, slots=True)
class Policy:
    """`key` is `config/NAME` or `SOURCE/ID`.

    `sources`: those whose tickets it is for; None is every one. `calendar`: its own one, by name;
    None is the ticket's. `unjudged`: why it cannot be judged here, in words; such a policy never
    applies.
    """

    key: str
    title: str
    filter: Filter
    targets: tuple[Target, ...]
    sources: frozenset[str] | None = None
    calendar: str | None = None
    unjudged: tuple[str, ...] = ()
