"""The cases of a cycle: every subject, with every route that hears or heard of it. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from deskpulse.alerts.alert import Alert, spokesman
from deskpulse.alerts.decision import Case
from deskpulse.alerts.inhibition import Inhibitor, inhibiting
from deskpulse.alerts.routing import Route, targets
from deskpulse.alerts.rules import Plan
from deskpulse.alerts.silence import Silence, silencing
from deskpulse.alerts.told import Told

About = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Desk:
    """What all cases of a cycle share. `firings`: instants by (rule, subject, level)."""

    plans: Mapping[str, Plan]
    routes: Sequence[Route]
    silences: Iterable[Silence]
    inhibitors: Sequence[Inhibitor]
    firings: Mapping[tuple[str, str, str], Sequence[datetime]]


@dataclass(frozen=True, slots=True)
class Asked:
    """A case, and the notifiers that would be told."""

    case: Case
    to: tuple[str, ...]


def cases(
    desk: Desk,
    alerts: Mapping[About, list[Alert]],
    told: Mapping[tuple[About, str], Told],
    now: datetime,
) -> Iterator[Asked]:
    """Every question of this cycle."""
    routes = {route.name: route for route in desk.routes}
    heard: dict[About, set[str]] = defaultdict(set)
    for about, name in told:
        heard[about].add(name)
    for about, items in alerts.items():
        alert = spokesman(items)
        plan = desk.plans.get(about[0], Plan(about[0]))
        to = targets(desk.routes, plan.routes, alert.tags)
        basis = _basis(desk, plan, alert, items, now)
        for name in sorted(to.keys() | heard[about] or {""}):
            earlier = told.get((about, name))
            if earlier is None and alert.closed_at is not None:
                continue  # it came and went before anybody had to be told
            case = replace(
                basis,
                told=earlier or Told(about[0], about[1], name),
                # a route that is gone from the configuration is told nothing more
                routed=name in to or (name in routes and not alert.fires),
            )
            route = routes.get(name)
            if route is None:
                yield Asked(_forgotten(case), ())
            else:
                quiet = route.quiet_until(alert.tags, now)
                yield Asked(replace(case, quiet_until=quiet), to.get(name, route.to))


def _basis(desk: Desk, plan: Plan, alert: Alert, items: list[Alert], now: datetime) -> Case:
    wide = inhibiting(desk.inhibitors, alert, plan.scope) if alert.fires else None
    since = now - plan.habits.flap_window
    counts = [
        sum(moment > since for moment in desk.firings.get((*alert.about, level), ()))
        for level in {item.level for item in items}
    ]
    return Case(
        now=now,
        alert=alert,
        told=Told(alert.rule, alert.subject, ""),
        habits=plan.habits,
        silence=silencing(desk.silences, alert.tags, now),
        inhibitor=wide,
        firings=max(counts, default=0),
    )


def _forgotten(case: Case) -> Case:
    ended = replace(case.told, state="resolved" if case.told.running else case.told.state)
    return replace(case, told=ended, routed=False)
