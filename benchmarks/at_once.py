"""A dashboard's KPIs and the whole catalogue, asked of a mart at once: a scan serves many."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from benchmarks.histories import START, TWO_YEARS
from benchmarks.measure import Cost, here
from deskpulse_reports.kpis.asked import Asked, only_now
from deskpulse_reports.kpis.builtin import BUILTIN
from deskpulse_reports.kpis.catalog import Catalog
from deskpulse_reports.kpis.engine import Desk, KpiEngine
from deskpulse_reports.kpis.spec import Analysis
from deskpulse_reports.mart.manifest import read
from deskpulse_reports.mart.snapshot import snapshot

DASHBOARD = (
    "submissions",
    "resolutions",
    "first_reply_time",
    "next_reply_time",
    "first_resolution_time",
    "full_resolution_time",
    "requester_wait_time",
    "one_touch_rate",
    "fcr_rate",
    "reopen_rate",
    "csat",
    "open_tickets",
)
DASHBOARD_S, CATALOGUE_S = 0.5, 15.0
WINDOWS = {28: DASHBOARD_S, 365: None}
"""Days of a dashboard, and the seconds it may take: four weeks are what a report shows."""


def ask(mart: str) -> list[tuple[str, dict[str, Any], float | None]]:
    """What was asked, its cost, and the seconds it may take; dashboards are warm."""
    as_of = datetime.fromtimestamp((START + TWO_YEARS) / 1e6, UTC)
    folder = Path(mart)
    engine = KpiEngine(
        snapshot(folder, read(folder), {}), Catalog(BUILTIN), Desk("Europe/Berlin", as_of)
    )
    found: list[tuple[str, Cost, float | None]] = [
        (
            f"{len(DASHBOARD)} KPIs, {days} days and those before",
            _cost(engine, _window(as_of.date(), days), times=3),
            limit,
        )
        for days, limit in WINDOWS.items()
    ]
    specs = [spec for spec in BUILTIN if not isinstance(spec, Analysis)]
    ways = {
        "total": [Asked(spec.id) for spec in specs],
        "by team": [Asked(s.id, ("team",)) for s in specs if "team" in engine.dimensions(s.id)],
        "by day": [Asked(spec.id, every="day") for spec in specs if not only_now(spec)],
    }
    for way, asked in ways.items():
        found.append((f"all {len(asked):,} KPIs {way}", _cost(engine, asked, times=1), None))
    engine.close()  # the catalogue begins with a mart that nobody has opened yet
    whole = _cost(engine, [one for asked in ways.values() for one in asked], times=1)
    engine.close()
    found.append((f"the whole catalogue of {len(specs)} KPIs, all three", whole, CATALOGUE_S))
    return [(what, asdict(replace(cost, value=None)), limit) for what, cost, limit in found]


def _window(last: date, days: int) -> list[Asked]:
    return [Asked(kpi, start=last - timedelta(days=days - 1), end=last) for kpi in DASHBOARD]


def _cost(engine: KpiEngine, asked: Sequence[Asked], times: int) -> Cost:
    """Of the quickest of so many times."""
    return min(
        (here(lambda: engine.compute_many(asked)) for _ in range(times)),
        key=lambda cost: cost.seconds,
    )
