"""`[policies.X]`: what is promised, to customers or between teams."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any, Literal, get_args

from pydantic import BeforeValidator, Field, model_validator

from deskpulse.config.document import Document, nearest
from deskpulse.config.tables import TableModel, read_span
from deskpulse.errors import ConfigError
from deskpulse.records.promises import SlaMetric, SlaTime
from deskpulse.records.tickets import Channel, Priority, TicketKind

EVERY = "every"
"""In the place of a priority: every one that has no target of its own, and tickets without one."""

LONGEST = timedelta(days=3660)
_PRIORITIES = (*get_args(Priority), EVERY)


def _targets(value: Any) -> Any:
    """A target is a span, or a table of spans by priority."""
    if not isinstance(value, dict):
        return {EVERY: _target(value)}
    if not value:
        raise ValueError('is empty; write "4h", or { urgent = "30m", every = "4h" }')
    for priority in value:
        if priority not in _PRIORITIES:
            raise ValueError(f'"{priority}" is no priority; {nearest(priority, _PRIORITIES)}')
    return {priority: _target(span) for priority, span in value.items()}


def _target(value: Any) -> timedelta:
    if isinstance(value, int | float) and not isinstance(value, bool) and value <= 0:
        raise ValueError(f"a target of {value} cannot be kept; write a span such as 4h in quotes")
    span = read_span(value)
    assert isinstance(span, timedelta)
    if span > LONGEST:
        raise ValueError(f'"{value}" is longer than {LONGEST.days} days')
    return span


def _some(value: Any) -> Any:
    """One value or a list of them; an empty one would match nothing or everything."""
    if isinstance(value, bool | int | float):
        value = str(value).lower()
    values = [value] if isinstance(value, str) else value
    if isinstance(values, list) and (not values or "" in values):
        raise ValueError("is empty; name the values, or leave the condition out")
    return values


Targets = Annotated[dict[str, timedelta], BeforeValidator(_targets)]
Texts = Annotated[list[str], BeforeValidator(_some)]


class ConditionTable(TableModel):
    """`when` and `unless` of a policy: the values of which a ticket must have one."""

    priority: Annotated[list[Priority], BeforeValidator(_some)] | None = Field(
        default=None, description="Priorities, as they are at the moment."
    )
    team: Texts | None = Field(
        default=None, description='Teams that hold the ticket at the moment: "id" or "source/id".'
    )
    agent: Texts | None = Field(default=None, description="Ids of assignees at the moment.")
    kind: Annotated[list[TicketKind], BeforeValidator(_some)] | None = Field(
        default=None, description="Kinds: question, incident, problem, task, ..."
    )
    channel: Annotated[list[Channel], BeforeValidator(_some)] | None = Field(
        default=None, description="Channels: email, web, chat, messaging, voice, ..."
    )
    brand: Texts | None = Field(default=None, description="Brands.")
    reason: Texts | None = Field(default=None, description="Contact reasons.")
    language: Texts | None = Field(default=None, description="Languages.")
    tags: Texts | None = Field(default=None, description="Tags of which the ticket has one.")
    account: Texts | None = Field(default=None, description="Ids of customers' accounts.")
    account_tier: Texts | None = Field(default=None, description="Tiers of customers' accounts.")
    customer: Texts | None = Field(default=None, description="Ids of customers.")
    initiated_by: (
        Annotated[list[Literal["customer", "agent", "system"]], BeforeValidator(_some)] | None
    ) = Field(default=None, description="Who began the ticket: customer, agent or system.")
    custom: dict[str, Texts] = Field(
        default_factory=dict, description="Custom fields: name = values."
    )

    def conditions(self) -> dict[str, list[str]]:
        """Field -> values, custom ones as `custom.NAME`."""
        own = self.model_dump(exclude={"custom"}, exclude_none=True)
        return own | {f"custom.{name}": values for name, values in self.custom.items()}


class PolicyTable(TableModel):
    """`[policies.X]`: the first policy whose conditions hold applies to a ticket."""

    position: int | None = Field(
        default=None,
        description="Its place in the order; without any, policies come in the order of the file.",
    )
    sources: list[str] = Field(
        default_factory=list, description="Sources whose tickets it is for; empty: all."
    )
    when: ConditionTable = Field(
        default_factory=ConditionTable,
        description="Conditions that all hold; without any it is for every ticket.",
    )
    unless: ConditionTable = Field(
        default_factory=ConditionTable, description="Conditions none of which holds."
    )
    clock: SlaTime = Field(
        default="business", description="Whether targets are in business or in calendar time."
    )
    calendar: str | None = Field(
        default=None, description="Business calendar of its targets; default: the ticket's."
    )
    targets: dict[SlaMetric, Targets] = Field(
        description='Metric to a span, or to spans by priority: { urgent = "30m", every = "4h" }.'
    )

    @property
    def for_all(self) -> bool:
        """Whether every ticket of its sources has it."""
        return not self.when.conditions() and not self.unless.conditions()

    @model_validator(mode="before")
    @classmethod
    def _metrics(cls, given: Any) -> Any:
        targets = given.get("targets") if isinstance(given, Mapping) else None
        if isinstance(targets, Mapping):
            if not targets:
                raise ValueError("targets is empty: a policy without a target promises nothing")
            for metric in targets:
                if metric not in get_args(SlaMetric):
                    raise ValueError(
                        f'targets: "{metric}" is no metric; {nearest(metric, get_args(SlaMetric))}'
                    )
        return given


def read_policies(
    document: Document,
    tables: Mapping[str, Any],
    sources: Mapping[str, object],
    calendars: Mapping[str, object],
) -> dict[str, PolicyTable]:
    """The policies in their order; raises `ConfigError` naming file, table and line."""
    found = {
        name: document.build(PolicyTable, table, f"policies.{name}")
        for name, table in tables.items()
    }
    places: dict[int, str] = {}
    for name, policy in found.items():
        table = f"policies.{name}"
        for source in policy.sources:
            if source not in sources:
                where = document.where(table, "sources")
                raise ConfigError(f"{where} names {source!r}; {nearest(source, sources)}")
        if policy.calendar is not None and policy.calendar not in calendars:
            raise ConfigError(
                f"{document.where(table, 'calendar')} is {policy.calendar!r}; "
                f"{nearest(policy.calendar, calendars)}"
            )
        if policy.calendar is not None and policy.clock == "calendar":
            raise ConfigError(
                f"{document.where(table, 'calendar')} is {policy.calendar!r}, but its clock runs "
                "around the clock",
                hint='Write clock = "business", or leave the calendar out.',
            )
        if policy.position is not None:
            other = places.setdefault(policy.position, name)
            if other != name:
                raise ConfigError(
                    f"{document.where(table, 'position')} is {policy.position}, as is that of "
                    f"[policies.{other}]",
                    hint="Give each policy a position of its own, or none to any of them.",
                )
    last = max(places, default=0)
    order = {
        name: (last + n if policy.position is None else policy.position, n)
        for n, (name, policy) in enumerate(found.items(), 1)
    }
    ordered = {name: found[name] for name in sorted(found, key=order.__getitem__)}
    _check_reached(document, ordered)
    return ordered


def _check_reached(document: Document, ordered: Mapping[str, PolicyTable]) -> None:
    """Raise `ConfigError` for a policy that no ticket can have, whatever comes in."""
    for n, (name, policy) in enumerate(ordered.items()):
        unless = policy.unless.conditions()
        for field, values in policy.when.conditions().items():
            if set(values) <= set(unless.get(field, ())):
                raise ConfigError(
                    f"{document.where(f'policies.{name}')} matches nothing: what `when` wants of "
                    f"{field}, `unless` excludes ({', '.join(values)})",
                    hint="Take the values out of one of the two.",
                )
        for earlier, other in list(ordered.items())[:n]:
            some_left = other.sources and not (
                policy.sources and set(policy.sources) <= set(other.sources)
            )
            if other.for_all and not some_left:
                raise ConfigError(
                    f"{document.where(f'policies.{name}')} matches nothing: "
                    f"[policies.{earlier}] comes before it and is for every ticket",
                    hint=f"Give [policies.{earlier}] conditions, or put it last.",
                )
