"""From `[rules.X]` and `[routes.X]` to what the alert pipeline works with."""

from __future__ import annotations

from datetime import timedelta

from deskpulse.alerts.decision import Habits
from deskpulse.alerts.routing import Matchers, Route
from deskpulse.alerts.rules import Plan
from deskpulse.alerts.transition import Timing
from deskpulse.config.alerts import Match
from deskpulse.config.config import Config
from deskpulse.config.quiet import quiet_hours
from deskpulse.rule import Scope

NONE = timedelta(0)


def plan_of(config: Config, name: str, scope: Scope) -> Plan:
    """How the alerts of `[rules.NAME]` are timed, grouped and told."""
    table = config.rules[name]
    return Plan(
        name=name,
        scope=scope,
        timing=Timing(
            holds_for=table.holds_for or NONE,
            keep_firing_for=table.keep_firing_for or NONE,
            expire_after=table.expire_after,
            severity=table.severity,
        ),
        habits=Habits(
            repeat_every=table.repeat_every,
            repeat_at_most=table.repeat_at_most,
            flap_limit=table.flap_limit,
            flap_window=table.flap_window,
            holds_for=table.holds_for or NONE,
        ),
        routes=tuple(table.routes),
        group_by=tuple(table.group_by),
        group_wait=table.group_wait,
        group_interval=table.group_interval,
        group_above=table.group_above,
    )


def route_of(config: Config, name: str) -> Route:
    """Who is told of what by `[routes.NAME]`."""
    table = config.routes[name]
    quiet = None
    if table.quiet is not None:
        where = config.document.where(f"routes.{name}", "quiet")
        quiet = quiet_hours(table.quiet.zone or config.zone, table.quiet.hours, where)
    return Route(
        name=name,
        to=tuple(dict.fromkeys(table.to)),
        match=_matchers(table.match),
        people=tuple(table.people),
        fallback=tuple(table.fallback),
        quiet=quiet,
        urgent=_matchers(table.urgent),
        queue_at_most=table.queue_at_most,
    )


def _matchers(match: Match) -> Matchers:
    return {
        label: (value,) if isinstance(value, str) else tuple(value)
        for label, value in match.items()
    }
