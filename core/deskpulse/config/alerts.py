"""`[rules.X]` and `[routes.X]`: the settings that core knows, and what of them cannot work."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any, Literal

from pydantic import Field

from deskpulse.config.document import Document, nearest
from deskpulse.config.quiet import quiet_hours
from deskpulse.config.tables import ScheduleTable, Span, TableModel
from deskpulse.errors import ConfigError

Match = dict[str, str | list[str]]


class RuleTable(TableModel):
    """`[rules.X]`: the settings that every rule has; its type adds its own."""

    use: str = Field(description="The type of rule: a built-in one, or a plugin's.")
    enabled: bool = Field(default=True, description="Whether the rule is asked at all.")
    holds_for: Span | None = Field(
        default=None, alias="for", description="How long it must hold before anybody is told."
    )
    keep_firing_for: Span | None = Field(
        default=None, description="How long it must be over before it is called resolved."
    )
    severity: Literal["info", "warning", "critical"] | None = Field(
        default=None, description="Instead of the severity that the rule itself gives."
    )
    routes: list[str] = Field(
        default_factory=list, description="Routes to consider; empty means all."
    )
    group_by: list[str] = Field(
        default_factory=list, description="Labels that divide a burst into several messages."
    )
    group_wait: Span = Field(
        default=timedelta(seconds=5), description="How long a first message waits for others."
    )
    group_interval: Span = Field(
        default=timedelta(minutes=5), description="Least time between two messages about a group."
    )
    group_above: int = Field(
        default=5, ge=1, description="More than this many within the interval become one message."
    )
    repeat_every: Span | None = Field(
        default=None, description="Remind after this time while nobody has acknowledged."
    )
    repeat_at_most: int = Field(default=3, ge=1, description="How often it is repeated.")
    flap_limit: int = Field(
        default=4, ge=1, description="Firing more often within the window is called flapping."
    )
    flap_window: Span = Field(
        default=timedelta(hours=1), description="The window in which firings are counted."
    )
    expire_after: Span = Field(
        default=timedelta(days=1), description="What is not reported for so long is given up."
    )


class QuietTable(TableModel):
    """`[routes.X.quiet]`: when nobody wants to be disturbed."""

    zone: str | None = Field(
        default=None, description="IANA zone of those who are told; default: the desk's."
    )
    hours: dict[str, list[str]] = Field(
        description='Quiet hours by day; over midnight too: mon-sun = ["18:00-08:00"].'
    )


class RouteTable(TableModel):
    """`[routes.X]`: who is told of what."""

    match: Match = Field(
        default_factory=dict,
        description="Labels that must fit: team, source, priority, brand, severity, rule, level.",
    )
    to: list[str] = Field(min_length=1, description="Notifiers that are told.")
    people: list[str] = Field(
        default_factory=list,
        description="Whom to call by name, each as one of its notifiers spells people.",
    )
    fallback: list[str] = Field(
        default_factory=list, description="Notifiers that are told when one of `to` refuses."
    )
    quiet: QuietTable | None = Field(default=None, description="Quiet hours of those told.")
    urgent: Match = Field(
        default={"priority": "urgent"}, description="What breaks through quiet hours."
    )
    per_minute: int = Field(
        default=60, ge=1, description="Messages a minute that one of its notifiers is sent at most."
    )
    queue_at_most: int = Field(
        default=100, ge=1, description="More waiting messages than this become one summary."
    )


def rule_keys() -> set[str]:
    """The keys of `[rules.X]` that are not its type's own."""
    return {info.alias or name for name, info in RuleTable.model_fields.items()}


def rule(
    document: Document,
    name: str,
    values: Mapping[str, Any],
    routes: Iterable[str],
    schedule: ScheduleTable,
) -> RuleTable:
    """The common part of a rule; raises `ConfigError` naming the line."""
    table, own = f"rules.{name}", rule_keys()
    if not isinstance(values.get("use"), str):
        raise ConfigError(f"{document.where(table, 'use')} is missing: name a type of rule")
    built = document.build(RuleTable, {k: v for k, v in values.items() if k in own}, table)
    _known(document, table, "routes", built.routes, routes)
    if built.repeat_every is not None and built.repeat_every < schedule.sync:
        raise ConfigError(
            f"{document.where(table, 'repeat_every')} is {built.repeat_every}, which is shorter "
            f"than the time between two syncs ({schedule.sync})",
            hint="Repeat more seldom, or sync more often: [schedule] sync.",
        )
    if built.keep_firing_for is not None and built.keep_firing_for >= built.expire_after:
        raise ConfigError(
            f"{document.where(table, 'keep_firing_for')} is not shorter than expire_after "
            f"({built.expire_after}): what is over would never be called resolved"
        )
    return built


def route(
    document: Document, name: str, values: Mapping[str, Any], notifiers: Iterable[str]
) -> RouteTable:
    """A route; raises `ConfigError` naming the line."""
    table, known = f"routes.{name}", list(notifiers)
    built = document.build(RouteTable, values, table)
    _known(document, table, "to", built.to, known)
    _known(document, table, "fallback", built.fallback, known)
    for other in set(built.fallback) & set(built.to):
        raise ConfigError(
            f"{document.where(table, 'fallback')} names {other!r}, which is in `to` as well",
            hint="Name another notifier: one that works when the first does not.",
        )
    if built.quiet is not None:
        where = document.where(table, "quiet")
        quiet_hours(built.quiet.zone or "UTC", built.quiet.hours, where)
    return built


def _known(
    document: Document, table: str, key: str, named: Iterable[str], known: Iterable[str]
) -> None:
    allowed = list(known)
    for each in named:
        if each not in allowed:
            where = document.where(table, key)
            raise ConfigError(f"{where} names {each!r}; {nearest(each, allowed)}")
