"""The present values of a KPI that a rule judges, zeros included."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

from deskpulse_reports import words
from deskpulse_reports.kpis.asked import only_now
from deskpulse_reports.kpis.question import Clocking
from deskpulse_reports.kpis.result import Dim, KpiRow
from deskpulse_reports.kpis.spec import AnySpec, Stock
from deskpulse_reports.rules.desk import Desk

_SEEN = timedelta(days=28)


def rows(desk: Desk, spec: AnySpec, by: Sequence[str], days: int, clock: Clocking) -> list[KpiRow]:
    """The value over the local days up to today, split `by`; a stock as it stands now.

    Teams and other groups of the last four weeks whose count is 0 have no row in an answer. They
    get one, because that a backlog is cleared must be told all the same.
    """
    today = desk.now.astimezone(ZoneInfo(desk.zone)).date()
    if only_now(spec):
        found = desk.kpi(spec.id, by, clock=clock)
    elif isinstance(spec, Stock):
        found = desk.kpi(spec.id, by, start=today, end=today, clock=clock)
    else:
        first = today - timedelta(days=days - 1)
        found = desk.kpi(spec.id, by, start=first, end=today, clock=clock)
    if not by or not words.is_count(spec.unit):
        return list(found.rows)
    usual: list[dict[str, Dim]] = []
    if list(by) == ["team"]:
        usual = [{"team": team} for _, team in desk.teams]
    if not only_now(spec):
        past = desk.kpi(spec.id, by, every="week", start=today - _SEEN, end=today)
        usual += [dict(row.dims) for row in past.rows]
    seen = {tuple(row.dims.items()) for row in found.rows}
    unseen = {tuple(dims.items()): dims for dims in usual if tuple(dims.items()) not in seen}
    return [*found.rows, *(KpiRow(None, dims, value=0, n=0) for dims in unseen.values())]
