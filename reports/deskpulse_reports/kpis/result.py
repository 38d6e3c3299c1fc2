"""The answer to one KPI question, and its JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any, Literal

from deskpulse_reports.analysis.benchmark import Band
from deskpulse_reports.kpis.target import Judgement

Dim = str | int | float | bool | None
"""A dimension's value; None: the row has none."""
Statistic = Literal["n", "mean", "median", "p25", "p75", "p90", "low", "high", "previous"]
Extra = Literal["complete", "change", "benchmark", "target"]


@dataclass(frozen=True, slots=True)
class Change:
    """A value against another period's.

    `start` and `end` are that period's local days, both included; of a period that is not over as
    much is compared as has passed. `n` and `before` are its sample and value. `percent` is None
    under the minimum sample. `low` and `high` are 95 % bounds: of the difference, or of the ratio
    now / before (`scale`). `verdict`: `more` or `less`, `noise` where the bounds allow for no
    change, `too few`; None where the figure is no sample (a stock, a sum).
    """

    versus: str
    start: date
    end: date
    n: int
    before: float | None
    absolute: float | None
    percent: float | None
    low: float | None
    high: float | None
    scale: str
    verdict: str | None
    words: str

    def to_json(self) -> dict[str, Any]:
        """All of it; the days are called from and to."""
        found = asdict(self)
        start, end = found.pop("start"), found.pop("end")
        return {"versus": found.pop("versus"), "from": start.isoformat(), "to": end.isoformat()} | (
            found
        )


@dataclass(frozen=True, slots=True)
class KpiRow:
    """One line. Durations in seconds, rates 0..1; None means no data, never 0.

    `complete` is false for a period that is not over, or of which not all is stored yet; None for
    a figure of the present. `low` and `high` bound a rate (95 %, Wilson). `previous` is `value` one
    bucket earlier, or of the equally long period before the window where there are no buckets; None
    beside what is not complete, as a part is not compared with a whole (a stock is always whole).
    """

    bucket: str | None
    dims: Mapping[str, Dim] = field(default_factory=dict)
    value: float | None = None
    n: int | None = None
    mean: float | None = None
    median: float | None = None
    p25: float | None = None
    p75: float | None = None
    p90: float | None = None
    low: float | None = None
    high: float | None = None
    previous: float | None = None
    complete: bool | None = None
    change: Change | None = None
    benchmark: Band | None = None
    target: Judgement | None = None

    def to_json(self, statistics: Iterable[str], extras: Iterable[str]) -> dict[str, Any]:
        """The value, the statistics that apply, and the extras that were asked for."""
        found: dict[str, Any] = {"bucket": self.bucket, "dims": dict(self.dims)}
        found["value"] = self.value
        found |= {name: getattr(self, name) for name in statistics}
        if "complete" in extras:
            found["complete"] = self.complete
        if "change" in extras:
            found["change"] = self.change and self.change.to_json()
        if "benchmark" in extras:
            found["benchmark"] = self.benchmark and asdict(self.benchmark)
        if "target" in extras:
            found["target"] = self.target and self.target.to_json()
        return found


@dataclass(frozen=True, slots=True)
class KpiResult:
    """Rows and what is needed to read them.

    `first` and `last` are local days, both included. `statistics` names the keys of a row that
    apply to this KPI beside its value, `extras` what else was asked for. `clock` is empty for a KPI
    that has no clock. `note` says why there is no figure where the data allows none.
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
    attribution: str = "event"
    extras: tuple[Extra, ...] = ()
    note: str = ""

    def to_json(self) -> dict[str, Any]:
        """The interface that others rely on; keys that do not apply are left out."""
        head = {"kpi": self.kpi, "title": self.title, "unit": self.unit}
        if self.clock:
            head["clock"] = self.clock
        return {
            **head,
            "time_basis": self.time_basis,
            "attribution": self.attribution,
            "zone": self.zone,
            "from": self.first.isoformat(),
            "to": self.last.isoformat(),
            **({"note": self.note} if self.note else {}),
            "rows": [row.to_json(self.statistics, self.extras) for row in self.rows],
        }
