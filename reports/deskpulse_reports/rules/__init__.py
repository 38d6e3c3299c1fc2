"""The built-in types of alert rule. As a plugin it contributes them.

`Desk` is what a rule may look at, `SlaClock` and `Wait` are what it finds there: all public, for
rules of any plugin (docs/write-a-rule.md).
"""

from __future__ import annotations

from deskpulse.hookspecs import hookimpl
from deskpulse.rule import Rule
from deskpulse_reports.rules.csat import Csat
from deskpulse_reports.rules.desk import Desk
from deskpulse_reports.rules.flood import Flood
from deskpulse_reports.rules.no_tickets import NoTickets
from deskpulse_reports.rules.sla import Sla
from deskpulse_reports.rules.spike import Spike
from deskpulse_reports.rules.stale import Stale
from deskpulse_reports.rules.target import KpiTarget
from deskpulse_reports.rules.vip import Vip
from deskpulse_reports.rules.wait import Wait
from deskpulse_reports.sla.clock import SlaClock

BUILTIN: tuple[type[Rule], ...] = (Sla, KpiTarget, Spike, Stale, NoTickets, Csat, Vip, Flood)

__all__ = ["BUILTIN", "Desk", "SlaClock", "Wait"]


@hookimpl
def rules() -> list[type[Rule]]:
    """The built-in rule types."""
    return list(BUILTIN)
