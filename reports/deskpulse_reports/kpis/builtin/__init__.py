"""The KPIs that come with deskpulse, one file per family."""

from __future__ import annotations

from deskpulse_reports.kpis.builtin.activity import ACTIVITY
from deskpulse_reports.kpis.builtin.backlog import BACKLOG
from deskpulse_reports.kpis.builtin.bots import BOTS
from deskpulse_reports.kpis.builtin.calls import CALLS
from deskpulse_reports.kpis.builtin.churn import CHURN
from deskpulse_reports.kpis.builtin.cost import COST
from deskpulse_reports.kpis.builtin.effort import EFFORT
from deskpulse_reports.kpis.builtin.growth import GROWTH
from deskpulse_reports.kpis.builtin.handling import HANDLING
from deskpulse_reports.kpis.builtin.intake import INTAKE
from deskpulse_reports.kpis.builtin.product import PRODUCT
from deskpulse_reports.kpis.builtin.promises import PROMISES
from deskpulse_reports.kpis.builtin.queues import QUEUES
from deskpulse_reports.kpis.builtin.satisfaction import SATISFACTION
from deskpulse_reports.kpis.builtin.speed import SPEED
from deskpulse_reports.kpis.builtin.standing import STANDING
from deskpulse_reports.kpis.builtin.surveys import SURVEYS
from deskpulse_reports.kpis.builtin.touches import TOUCHES
from deskpulse_reports.kpis.builtin.volume import VOLUME
from deskpulse_reports.kpis.builtin.waits import WAITS
from deskpulse_reports.kpis.spec import AnySpec

BUILTIN: tuple[AnySpec, ...] = (
    *VOLUME,
    *INTAKE,
    *BACKLOG,
    *STANDING,
    *SPEED,
    *WAITS,
    *EFFORT,
    *TOUCHES,
    *HANDLING,
    *ACTIVITY,
    *CALLS,
    *QUEUES,
    *SATISFACTION,
    *SURVEYS,
    *BOTS,
    *COST,
    *GROWTH,
    *CHURN,
    *PRODUCT,
    *PROMISES,
)
"""Every measure, ratio and stock."""
