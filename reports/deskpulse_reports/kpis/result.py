"""The answer to one KPI question, and its JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

Dim = str | int | float | bool | None
"""A dimension's value; None: the row has none."""
Statistic = Literal["n", "mean", "median", "p90", "low", "high", "previous"]


@dataclass(frozen=True, slots=True)
class KpiRow:
    """One line. Durations in seconds, rates 0..1; None means no data, never 0.

    `low` and `high` bound a rate (95 %, Wilson). `previous` is `value` one bucket earlier, or of
    the equally long period before the window where there are no buckets.
    """

    bucket: str | None
    dims: Mapping[str, Dim] = field(default_factory=dict)
    value: float | None = None
    n: int | None = None
    mean: float | None = None
    median: float | None = None
    p90: float | None = None
    low: float | None = None
    high: float | None = None
    previous: float | None = None


@dataclass(frozen=True, slots=True)
class KpiResult:
    """Rows and what is needed to read them.

    `first` and `last` are local days, both included. `statistics` names the keys of a row that
    apply to this KPI beside its value. `clock` is empty for a KPI that has no clock.
    """

    kpi: str
    title: str
    unit: str
    clock: str
    time_basis: str
    zone: str
    first: date
    last: date
    statistics: tuple[Statistic, ...]
    rows: tuple[KpiRow, ...]

    def to_json(self) -> dict[str, Any]:
        """The interface that others rely on; keys that do not apply are left out."""
        head = {"kpi": self.kpi, "title": self.title, "unit": self.unit}
        if self.clock:
            head["clock"] = self.clock
        return {
            **head,
            "time_basis": self.time_basis,
            "zone": self.zone,
            "from": self.first.isoformat(),
            "to": self.last.isoformat(),
            "rows": [
                {"bucket": row.bucket, "dims": dict(row.dims), "value": row.value}
                | {name: getattr(row, name) for name in self.statistics}
                for row in self.rows
            ],
        }
