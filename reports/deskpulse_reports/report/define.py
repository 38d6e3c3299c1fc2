"""A KPI's definition as a report shows it: the same text as `deskpulse kpi --explain`."""

from __future__ import annotations

from deskpulse_reports.kpis.catalog import Catalog
from deskpulse_reports.kpis.spec import AnySpec
from deskpulse_reports.kpis.words import explain
from deskpulse_reports.report.model import Definition

_ABOVE = frozenset({"id", "title", "definition"})
"""What the heading of a definition already says."""


def define(spec: AnySpec, catalog: Catalog, *, zone: str, calendar: str = "") -> Definition:
    """Everything a reader must know to check a number; `calendar` names the business calendars."""
    lines = explain(spec, catalog, zone=zone, calendar=calendar)
    facts = tuple(
        (label.capitalize(), text) for label, text in lines.items() if label not in _ABOVE
    )
    return Definition(
        spec.id, spec.title, spec.definition, spec.direction, spec.minimum_sample, facts
    )
