"""SLA clocks: what was promised on a ticket, how far each promise has run, and how it ended.

`evaluate` is pure: from the history of tickets and the desk's `Promises` to clocks, the same for
one ticket and for a million. `standing` reads one clock at a moment.
"""

from __future__ import annotations

from deskpulse_reports.sla.clock import SlaClock
from deskpulse_reports.sla.promises import Promises
from deskpulse_reports.sla.standing import Standing, standing

__all__ = ["Promises", "SlaClock", "Standing", "standing"]
