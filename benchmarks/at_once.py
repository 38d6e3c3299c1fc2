"""A dashboard's KPIs and the whole catalogue, asked of a mart at once: a scan serves many."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from benchmarks.histories import START, TWO_YEARS
from benchmarks.measure import here
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


def ask(mart: str) -> dict[str, tuple[float, float]]:
    """By what was asked: seconds, and the seconds it may take. Dashboards are warm."""
    as_of = datetime.fromtimestamp((START + TWO_YEARS) / 1e6, UTC)
    folder = Path(mart)
    engine = KpiEngine(
        snapshot(folder, read(folder), {}), Catalog(BUILTIN), Desk("Europe/Berlin", as_of)
    )
    found = {
        f"{len(DASHBOARD)} KPIs, {days} days and those before": (
            _seconds(engine, _window(as_of.date(), days), times=3),
            DASHBOARD_S,
        )
        for days in (28, 365)
    }
    specs = [spec for spec in BUILTIN if not isinstance(spec, Analysis)]
    ways = {
        "total": [Asked(spec.id) for spec in specs],
        "by team": [Asked(s.id, ("team",)) for s in specs if "team" in engine.dimensions(s.id)],
        "by day": [Asked(spec.id, every="day") for spec in specs if not only_now(spec)],
    }
    costs = {way: _seconds(engine, asked, times=1) for way, asked in ways.items()}
    engine.close()
    whole = f"all {len(specs)} KPIs in total, by team and by day"
    return found | {whole: (sum(costs.values()), CATALOGUE_S)}


def _window(last: date, days: int) -> list[Asked]:
    return [Asked(kpi, start=last - timedelta(days=days - 1), end=last) for kpi in DASHBOARD]


def _seconds(engine: KpiEngine, asked: Sequence[Asked], times: int) -> float:
    return min(here(lambda: engine.compute_many(asked)).seconds for _ in range(times))
