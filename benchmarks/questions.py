"""Every built-in KPI asked of a mart by day and team, warm."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.histories import START, TWO_YEARS
from benchmarks.measure import here
from deskpulse.errors import ConfigError
from deskpulse_reports.kpis.builtin import BUILTIN
from deskpulse_reports.kpis.catalog import Catalog
from deskpulse_reports.kpis.engine import Desk, KpiEngine
from deskpulse_reports.mart.manifest import read
from deskpulse_reports.mart.snapshot import snapshot

TIMES = 2
ASKED: tuple[dict[str, Any], ...] = (
    {"by": ("team",), "every": "day"},
    {"every": "day"},
    {"by": ("team",)},
    {},
)
"""The first of these that a KPI allows."""


def ask(mart: str) -> dict[str, tuple[float, int, str]]:
    """By KPI: the seconds of its quickest warm answer, its rows, and how it was asked."""
    as_of = datetime.fromtimestamp((START + TWO_YEARS) / 1e6, UTC)
    folder = Path(mart)
    engine = KpiEngine(
        snapshot(folder, read(folder), {}), Catalog(BUILTIN), Desk("Europe/Berlin", as_of)
    )
    found = {spec.id: _timed(engine, spec.id) for spec in BUILTIN}
    engine.close()
    return found


def _timed(engine: KpiEngine, kpi: str) -> tuple[float, int, str]:
    for asked in ASKED:
        try:
            rows = len(engine.compute(kpi, **asked).rows)
        except ConfigError:
            continue
        costs = [here(lambda asked=asked: engine.compute(kpi, **asked)) for _ in range(TIMES)]
        how = " and ".join([*asked.get("by", ()), *([asked["every"]] if "every" in asked else [])])
        return min(cost.seconds for cost in costs), rows, how or "total"
    raise AssertionError(f"{kpi} cannot be asked at all")
