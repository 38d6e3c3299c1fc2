"""A policy as the configuration writes it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Protocol

from deskpulse.records.promises import SlaMetric, SlaTime
from deskpulse_reports.sla.condition import Condition, Filter
from deskpulse_reports.sla.policy import Policy, Target

EVERY = "every"


class Conditions(Protocol):
    """`when` or `unless` of a policy."""

    def conditions(self) -> Mapping[str, Sequence[str]]:
        """Field to the values of which the ticket has one."""
        ...


class Table(Protocol):
    """What is read of `[policies.X]`."""

    @property
    def sources(self) -> Sequence[str]:
        """Empty: every one."""
        ...

    @property
    def when(self) -> Conditions:
        """All hold."""
        ...

    @property
    def unless(self) -> Conditions:
        """None holds."""
        ...

    @property
    def clock(self) -> SlaTime:
        """Of its targets."""
        ...

    @property
    def calendar(self) -> str | None:
        """Its own."""
        ...

    @property
    def targets(self) -> Mapping[SlaMetric, Mapping[str, timedelta]]:
        """Metric to priority (or `every`) to span."""
        ...


def configured(name: str, table: Table) -> Policy:
    """The policy of `[policies.NAME]`."""
    conditions = [
        *_conditions(table.when, ("is_one_of", "has_one_of")),
        *_conditions(table.unless, ("is_none_of", "has_none_of")),
    ]
    return Policy(
        key=f"config/{name}",
        title=name,
        filter=Filter(tuple(conditions)),
        targets=tuple(
            Target(
                metric, None if priority == EVERY else priority, span.total_seconds(), table.clock
            )
            for metric, spans in table.targets.items()
            for priority, span in spans.items()
        ),
        sources=frozenset(table.sources) or None,
        calendar=table.calendar,
    )


def _conditions(table: Conditions, operators: tuple[str, str]) -> Iterator[Condition]:
    for field, values in table.conditions().items():
        operator = operators[field == "tags"]
        yield Condition(field, operator, tuple(values))  # type: ignore[arg-type]
