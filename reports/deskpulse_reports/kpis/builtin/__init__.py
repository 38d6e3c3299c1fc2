"""The KPIs that come with deskpulse, one file per family."""

from __future__ import annotations

from deskpulse_reports.kpis.builtin.backlog import BACKLOG
from deskpulse_reports.kpis.builtin.effort import EFFORT
from deskpulse_reports.kpis.builtin.satisfaction import SATISFACTION
from deskpulse_reports.kpis.builtin.speed import SPEED
from deskpulse_reports.kpis.builtin.volume import VOLUME
from deskpulse_reports.kpis.spec import AnySpec

BUILTIN: tuple[AnySpec, ...] = (*VOLUME, *BACKLOG, *SPEED, *EFFORT, *SATISFACTION)
