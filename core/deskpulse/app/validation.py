"""Faults of a configuration that would show only when something is asked, sent or derived."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deskpulse.app import heartbeat
from deskpulse.app.accounts import open_rule
from deskpulse.config import nearest
from deskpulse.config.plans import route_of
from deskpulse.errors import ConfigError

if TYPE_CHECKING:
    from deskpulse.app.workspace import Workspace


def validate(workspace: Workspace) -> None:
    """Raise `ConfigError` for the first name, calendar or KPI that cannot be used."""
    known = [spec.id for spec in workspace.catalog]
    for name in workspace.config.digests:
        check_digest(workspace, name)
    _kpis(workspace, "schedule", "snapshot", workspace.config.schedule.snapshot, known)
    for name in workspace.config.rules:
        kpi = getattr(open_rule(workspace, name).config, "kpi", None)
        _kpis(workspace, f"rules.{name}", "kpi", [kpi] if isinstance(kpi, str) else [], known)
    assert workspace.targets is not None  # reads every target
    # last, as it needs the store: reads every calendar, and every policy
    assert workspace.promises() is not None


def validate_plugins(workspace: Workspace) -> None:
    """Open sources, rules and notifiers; raises `ConfigError` for the first set up wrong."""
    workspace.sources()
    heartbeat.address(workspace)
    for name in workspace.config.rules:
        open_rule(workspace, name)
    for name in workspace.config.routes:
        route_of(workspace.config, name)
    for name in workspace.config.notifiers:
        workspace.notifier(name)
    for name in workspace.config.routes:
        check_people(workspace, name)


def check_people(workspace: Workspace, route: str) -> None:
    """Raise `ConfigError` for a person whom no notifier of the route can call."""
    table = workspace.config.routes[route]
    if not table.people:
        return
    sinks = {name: workspace.notifier(name) for name in (*table.to, *table.fallback)}
    for person in table.people:
        if not any(sink.knows(person) for sink in sinks.values()):
            where = workspace.config.document.where(f"routes.{route}", "people")
            calls = [f"{name}: {sink.person}" for name, sink in sinks.items() if sink.person]
            silent = ", ".join(name for name, sink in sinks.items() if not sink.person)
            hint = f"Write {'; '.join(calls)}." if calls else "Leave it out."
            raise ConfigError(
                f"{where} names {person!r}, whom none of its notifiers can call",
                hint=hint + (f" {silent} can call nobody by name." if silent else ""),
            )


def check_digest(workspace: Workspace, name: str) -> None:
    """Raise `ConfigError` unless there is a digest of that name and it asks for known KPIs."""
    digests = workspace.config.digests
    if name not in digests:
        raise ConfigError(f"there is no digest {name!r}; {nearest(name, digests)}")
    known = [spec.id for spec in workspace.catalog]
    _kpis(workspace, f"digests.{name}", "kpis", digests[name].kpis, known)


def _kpis(workspace: Workspace, table: str, key: str, named: list[str], known: list[str]) -> None:
    for kpi in named:
        if kpi not in known:
            where = workspace.config.document.where(table, key)
            raise ConfigError(f"{where} names {kpi!r}; {nearest(kpi, known)}")
