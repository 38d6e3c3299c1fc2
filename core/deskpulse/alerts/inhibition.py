"""Inhibition: a stale source explains everything about it, a flood explains single alerts. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from deskpulse.alerts.alert import SEVERITIES, Alert
from deskpulse.rule import Scope

_WIDTH: dict[Scope, int] = {"single": 0, "flood": 1, "source": 2}


@dataclass(frozen=True, slots=True)
class Inhibitor:
    """A firing alert of a rule that watches more than single things."""

    alert: Alert
    scope: Scope


def inhibiting(inhibitors: Iterable[Inhibitor], alert: Alert, scope: Scope) -> Alert | None:
    """The alert that keeps this one quiet: of a wider scope, and all its labels are said here too.

    A flood does not keep quiet what is more severe than itself; a source whose data is stale keeps
    quiet everything that was judged by it.
    """
    for inhibitor in inhibitors:
        wide = inhibitor.alert
        if _WIDTH[inhibitor.scope] <= _WIDTH[scope]:
            continue
        milder = SEVERITIES.index(alert.severity) > SEVERITIES.index(wide.severity)
        if inhibitor.scope == "flood" and milder:
            continue
        if all(alert.labels.get(label) == value for label, value in wide.labels.items()):
            return wide
    return None
