"""The KPI engine. As a plugin it contributes the built-in KPIs."""

from __future__ import annotations

from deskpulse.hookspecs import hookimpl
from deskpulse_reports.kpis.builtin import BUILTIN
from deskpulse_reports.kpis.builtin.analyses import ANALYSES
from deskpulse_reports.kpis.spec import AnySpec


@hookimpl
def kpis() -> list[AnySpec]:
    """The built-in KPIs."""
    return [*BUILTIN, *ANALYSES]
