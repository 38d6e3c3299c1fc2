"""One index of how customers fare, from satisfaction, recommendation and effort."""

from __future__ import annotations

from deskpulse_reports.kpis.spec import Table
from deskpulse_reports.kpis.study import Study

_PARTS = ("csat", "nps", "ces")


def index(study: Study) -> Table:
    """The weighted mean of what is known, 0 to 100, under its parts with n and weight each.

    CSAT as percent, NPS as (NPS + 100) / 2, effort as (mean - 1) / 6 x 100. What is missing drops
    out and the weights are scaled to 1; with nothing known the index is null.
    """
    rows: list[tuple[str, float | None, float | None, int, float | None]] = []
    total, weights = 0.0, 0.0
    for kpi in _PARTS:
        (row,) = study.compute(kpi, start=study.first, end=study.last, compare=False).rows
        weight = max(float(study.parameters[kpi]), 0.0)
        if row.value is None or not weight:
            rows.append((kpi, row.value, None, row.n or 0, None))
            continue
        points = {
            "csat": row.value * 100, "nps": (row.value + 100) / 2, "ces": (row.value - 1) / 6 * 100
        }[kpi]  # fmt: skip
        rows.append((kpi, row.value, points, row.n or 0, weight))
        total, weights = total + points * weight, weights + weight
    shown = [(*row[:4], row[4] / weights if row[4] else None) for row in rows]
    whole = total / weights if weights else None
    shown.append(("index", None, whole, sum(row[3] for row in rows), None))
    columns = ("part", "value", "points", "n", "weight")
    return Table(columns=columns, rows=tuple(shown), units={"weight": "ratio"})
