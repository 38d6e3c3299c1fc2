"""Alerts of a workspace: ask the rules, judge in one transaction, and know when to look again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from deskpulse.alerts import pulse
from deskpulse.alerts.cycle import Cycle, Report
from deskpulse.alerts.purge import Purged, purge
from deskpulse.app.accounts import open_rule
from deskpulse.app.fault import as_error, in_a_line
from deskpulse.config.plans import NONE, plan_of, route_of
from deskpulse.errors import LeaseHeld
from deskpulse.rule import Rule, Signal

if TYPE_CHECKING:
    from deskpulse.app.workspace import Workspace

LEASE = "alerts"
LEASE_S = 60
"""Short: who loses the database in the middle cannot give it back, and all others wait for it."""
BETWEEN_SYNCS = timedelta(seconds=30)
"""How often rules with running deadlines are asked while nothing new comes in."""


@dataclass
class Alerting:
    """Use one for as long as the program runs: it remembers which rules have deadlines ahead.

    `said` is told about rules that fail; the others go on.
    """

    workspace: Workspace
    said: Callable[[str], None]
    waits: bool = True
    """Whether first messages wait for their group; a program that ends at once does not."""
    _owed: bool = False
    """Whether every rule should have been asked, and another process or a fault kept us from it."""
    _asked_at: datetime | None = None
    _deadlines: frozenset[str] = frozenset()
    _dues: dict[str, datetime] = field(default_factory=dict)
    _next_look: datetime | None = None
    _failing: dict[str, str] = field(default_factory=dict)

    @cached_property
    def rules(self) -> Mapping[str, Rule]:
        """The rules that are enabled; raises `ConfigError`."""
        tables = self.workspace.config.rules
        return {name: open_rule(self.workspace, name) for name, t in tables.items() if t.enabled}

    @cached_property
    def cycle(self) -> Cycle:
        """The configured pipeline."""
        config = self.workspace.config
        plans = {name: plan_of(config, name, rule.scope) for name, rule in self.rules.items()}
        if not self.waits:
            plans = {name: replace(plan, group_wait=NONE) for name, plan in plans.items()}
        return Cycle(
            plans,
            tuple(route_of(config, name) for name in config.routes),
            config.zone,
        )

    def evaluate(self) -> Report:
        """Ask every rule and judge; raises `LeaseHeld` while another process does.

        What fails is made up for by the next tick: whoever was at it may have looked before our
        data came.
        """
        self._owed = True
        report = self._evaluate(self.rules)
        self._owed = False
        return report

    def tick(self) -> Report | None:
        """Do what has become due since; None when there is nothing to do, or another does it."""
        if self._owed:
            try:
                return self.evaluate()
            except LeaseHeld:
                return None
        now = self.workspace.clock.now()
        asked = self._asked_at is None or now - self._asked_at >= BETWEEN_SYNCS
        wanted = self._deadlines if asked else frozenset()
        if not wanted and (self._next_look is None or now < self._next_look):
            return None
        try:
            return self._evaluate(wanted)
        except LeaseHeld:
            return None

    def _evaluate(self, names: Iterable[str]) -> Report:
        store = self.workspace.store
        with store.leases.hold(LEASE, ttl_s=LEASE_S) as held:
            with store.reading() as connection:
                now = pulse.steady(self.workspace.clock.now(), pulse.last_cycle(connection))
            signals = self._ask(names, now)
            with store.writing() as connection:
                held.confirm(connection)
                report = self.cycle.run(connection, signals, now)
                pulse.note_failing(connection, signals.keys() | self._failing, self._failing, now)
                pulse.beat(connection, now)
        self._next_look = report.next_look
        if signals:
            self._asked_at = now
        return report

    def _ask(self, names: Iterable[str], now: datetime) -> dict[str, tuple[Signal, ...]]:
        """What each rule says. One that fails is left out: its alerts stay as they were."""
        wanted = [name for name in names if name in self.rules]
        if not wanted:
            return {}
        from deskpulse.app.desk_view import DeskView

        self.workspace.renew()
        desk = DeskView(self.workspace)
        desk.now = now
        found: dict[str, tuple[Signal, ...]] = {}
        for name in wanted:
            try:
                found[name] = tuple(self.rules[name].signals(desk))
                self._failing.pop(name, None)
            except Exception as problem:  # noqa: BLE001  one rule's fault must not end the others
                error = as_error(problem, self.workspace.redactor)
                self._failing[name] = error.message
                self.said(f"rule {name}: {in_a_line(error.message, error.hint)}")
        running = {
            name
            for name, said in found.items()
            if any(each.due_at is not None and each.condition != "gone" for each in said)
        }
        self._deadlines = frozenset((self._deadlines - found.keys()) | running)
        for name, said in found.items():
            ahead = [each.due_at for each in said if each.due_at is not None and each.due_at >= now]
            self._dues.pop(name, None)
            if ahead:
                self._dues[name] = min(ahead)
        return found

    def purge(self) -> Purged:
        """Forget what is long over; raises `LeaseHeld` while another process evaluates."""
        store, kept = self.workspace.store, self.workspace.config.privacy.keep_alerts
        with store.leases.hold(LEASE, ttl_s=LEASE_S) as held, store.writing() as connection:
            held.confirm(connection)
            return purge(connection, self.workspace.clock.now() - kept)

    @property
    def next_due(self) -> datetime | None:
        """The next deadline that any rule knows of: what is not met by then is late."""
        return min(self._dues.values(), default=None)

    def look_soon(self) -> None:
        """Somebody did something about an alert: the next tick looks at it."""
        self._next_look = self.workspace.clock.now()

    @property
    def failing(self) -> frozenset[str]:
        """The rules that could not say anything the last time."""
        return frozenset(self._failing)
