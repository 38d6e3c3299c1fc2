"""One evaluation: alerts, what is told of them and the outbox change in one transaction."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from deskpulse import outbox
from deskpulse.alerts import book
from deskpulse.alerts.advance import Moved, advance
from deskpulse.alerts.alert import Alert, spokesman
from deskpulse.alerts.cases import Desk, cases
from deskpulse.alerts.decision import should_notify
from deskpulse.alerts.grouping import Bundle, News, group, key_of
from deskpulse.alerts.inhibition import Inhibitor
from deskpulse.alerts.routing import Route
from deskpulse.alerts.rules import Plan
from deskpulse.alerts.telling import kept_quiet, told_now
from deskpulse.alerts.told import Told
from deskpulse.alerts.wording import compose
from deskpulse.rule import Signal

About = tuple[str, str]


@dataclass
class Report:
    """What a cycle did, and when the next one has something to do without new signals."""

    transitions: Counter[str] = field(default_factory=Counter)
    messages: int = 0
    next_look: datetime | None = None

    @property
    def words(self) -> str:
        """`2 firing, 1 resolved, 3 messages`; empty when nothing happened."""
        parts = [f"{count:,} {what}" for what, count in sorted(self.transitions.items())]
        if self.messages:
            parts.append(f"{self.messages:,} message{'' if self.messages == 1 else 's'}")
        return ", ".join(parts)


@dataclass(frozen=True, slots=True)
class Cycle:
    """The configured pipeline. `zone` is the desk's, for instants in messages."""

    plans: Mapping[str, Plan]
    routes: Sequence[Route]
    zone: str = "UTC"

    def run(
        self, connection: Connection, signals: Mapping[str, Sequence[Signal]], now: datetime
    ) -> Report:
        """Evaluate `signals` (by rule; those not asked are left out) within this transaction."""
        report = Report()
        alerts = self._advance(connection, signals, now, report)
        told = {(item.about, item.route): item for item in book.told(connection)}
        missing = {about for about, _ in told} - alerts.keys()
        for about, last in book.latest(connection, missing).items():
            alerts[about].append(last)
        telling = _Telling(self, connection, now, report, told, dict(told))
        news: dict[str, list[News]] = defaultdict(list)
        for item in cases(self._desk(connection, alerts, now), alerts, told, now):
            verdict = should_notify(item.case)
            if verdict.kind is None:
                telling.keep_quiet(News(item.case, verdict))
            else:
                news[item.case.alert.rule].append(News(item.case, verdict, item.to))
        for rule, items in news.items():
            telling.tell(self.plans.get(rule, Plan(rule)), items)
        telling.keep(alerts)
        report.next_look = _next_look(telling.after.values(), alerts, now)
        return report

    def _advance(
        self,
        connection: Connection,
        signals: Mapping[str, Sequence[Signal]],
        now: datetime,
        report: Report,
    ) -> dict[About, list[Alert]]:
        """Step every alert and write it; what is open or has just ended, by subject."""
        known = {rule: said for rule, said in signals.items() if rule in self.plans}
        moved = advance(book.open_alerts(connection), known, self.plans, now)
        moved = _with_ids(connection, moved)
        book.change(connection, [m.after for m in moved if m.before is not None and m.changed])
        happened = [m for m in moved if m.what]
        events = [(m.after.id, m.what, m.after.outcome) for m in happened]
        book.note(connection, events, now)
        report.transitions.update(m.what for m in happened)
        found: dict[About, list[Alert]] = defaultdict(list)
        for each in moved:
            found[each.after.about].append(each.after)
        return found

    def _desk(
        self, connection: Connection, alerts: Mapping[About, list[Alert]], now: datetime
    ) -> Desk:
        windows = [plan.habits.flap_window for plan in self.plans.values()]
        wide = [
            Inhibitor(alert, plan.scope)
            for rule, plan in self.plans.items()
            if plan.scope != "single"
            for about, items in alerts.items()
            if about[0] == rule and (alert := spokesman(items)).fires
        ]
        return Desk(
            plans=self.plans,
            routes=self.routes,
            silences=book.silences(connection, now),
            inhibitors=wide,
            firings=book.firings(connection, now, max(windows, default=timedelta(0))),
        )


@dataclass
class _Telling:
    """What a cycle tells whom: `before` and `after` are what routes knew and know."""

    cycle: Cycle
    connection: Connection
    now: datetime
    report: Report
    before: Mapping[tuple[About, str], Told]
    after: dict[tuple[About, str], Told]

    def keep_quiet(self, item: News) -> None:
        """Nothing is told; the reason is kept."""
        told = kept_quiet(item.case, item.verdict)
        self.after[told.about, told.route] = told

    def tell(self, plan: Plan, items: list[News]) -> None:
        """Group one rule's news and write its messages into the outbox."""
        since = self.now - plan.group_interval
        recent = book.recent(self.connection, plan.name, since)
        spoken = book.spoken(self.connection, plan.name, since)
        grouped = group(plan, items, recent, spoken)
        for waiting, verdict in grouped.waiting:
            self.keep_quiet(replace(waiting, verdict=verdict))
        routes = {route.name: route for route in self.cycle.routes}
        for bundle in grouped.bundles:
            self._send(plan, bundle, routes[bundle.route])
        for name in {bundle.route for bundle in grouped.bundles}:
            for notifier in routes[name].to:
                most = routes[name].queue_at_most
                outbox.collapse(
                    self.connection, name, notifier, most, now=self.now, zone=self.cycle.zone
                )

    def _send(self, plan: Plan, bundle: Bundle, route: Route) -> None:
        number = 1 + outbox.written(self.connection, bundle.thread)
        for item in bundle.news:
            key = key_of(item.case.alert.labels, plan.group_by)
            told = told_now(item.case, item.verdict, bundle, key, number)
            self.after[told.about, told.route] = told
        still = 0
        if bundle.size > 1:
            still = sum(t.running and t.thread == bundle.thread for t in self.after.values())
        message = compose(bundle, route, number=number, open_now=still, zone=self.cycle.zone)
        self.report.messages += outbox.enqueue(
            self.connection,
            message,
            bundle.to,
            self.now,
            route=route.name,
            fallback=route.fallback,
        )

    def keep(self, alerts: Mapping[About, list[Alert]]) -> None:
        """Write what routes know now, and in the alerts' history why they were (not) told."""
        changed = [told for key, told in self.after.items() if self.before.get(key) != told]
        book.keep_told(self.connection, changed)
        events = []
        for told in changed:
            earlier = self.before.get((told.about, told.route))
            if earlier is None or (earlier.reason, earlier.told_at) != (told.reason, told.told_at):
                words = f"{told.route}: {told.reason} {told.detail}".strip()
                events.append((spokesman(alerts[told.about]).id, "notify", words))
        book.note(self.connection, events, self.now)


def _with_ids(connection: Connection, moved: list[Moved]) -> list[Moved]:
    new = [each for each in moved if each.before is None]
    ids = iter(book.add(connection, [each.after for each in new]))
    return [
        replace(each, after=replace(each.after, id=next(ids))) if each.before is None else each
        for each in moved
    ]


def _next_look(
    told: Iterable[Told], alerts: Mapping[About, list[Alert]], now: datetime
) -> datetime | None:
    moments = [item.until for item in told if item.until is not None and not item.settled]
    moments += [
        alert.snoozed_until
        for items in alerts.values()
        for alert in items
        if alert.snoozed_until is not None and alert.closed_at is None
    ]
    return min((moment for moment in moments if moment > now), default=None)
