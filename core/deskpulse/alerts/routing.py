"""Routing: which channels and people hear of an alert, by its labels. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from deskpulse.alerts.quiet import QuietHours
from deskpulse.alerts.silence import fits

Matchers = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Route:
    """`[routes.NAME]`: what fits `match` goes to the notifiers `to`, and calls `people`."""

    name: str
    to: tuple[str, ...]
    match: Matchers = field(default_factory=dict)
    people: tuple[str, ...] = ()
    fallback: tuple[str, ...] = ()
    quiet: QuietHours | None = None
    urgent: Matchers = field(default_factory=lambda: {"priority": ("urgent",)})
    queue_at_most: int = 100

    def quiet_until(self, tags: Mapping[str, str], now: datetime) -> datetime | None:
        """Until when these tags wait for the end of quiet hours; None if they need not."""
        if self.quiet is None or (self.urgent and fits(self.urgent, tags)):
            return None
        return self.quiet.until(now)


def targets(
    routes: Iterable[Route], names: Iterable[str], tags: Mapping[str, str]
) -> dict[str, tuple[str, ...]]:
    """Notifiers by route: every route of `names` (none: of all) that fits, each notifier once.

    The first route that names a notifier has it, so nobody is told the same thing twice.
    """
    wanted, taken, found = frozenset(names), set[str](), {}
    for route in routes:
        if (wanted and route.name not in wanted) or not fits(route.match, tags):
            continue
        new = tuple(name for name in route.to if name not in taken)
        taken.update(new)
        if new:
            found[route.name] = new
    return found
