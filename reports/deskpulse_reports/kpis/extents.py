"""From when to when there is data, per KPI."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple
from zoneinfo import ZoneInfo

from sqlglot import exp

from deskpulse_reports.kpis import rows, scan
from deskpulse_reports.kpis.buckets import day_of
from deskpulse_reports.kpis.catalog import Catalog
from deskpulse_reports.kpis.columns import Customs
from deskpulse_reports.kpis.question import Attribution
from deskpulse_reports.kpis.session import Reader
from deskpulse_reports.kpis.spec import AnySpec, Measure, Ratio, Stock
from deskpulse_reports.kpis.tables import OUTSIDE

Extent = tuple[int, int]
"""The first and last local day of some data, as day numbers."""


class Reach(NamedTuple):
    """Which instants of which rows: KPIs that share them have the same extent."""

    table: str
    instant: str
    condition: str


class Extents:
    """Remembers how far data reaches, as a snapshot never changes; learns of many in one scan."""

    def __init__(self, session: Reader, catalog: Catalog, customs: Customs, zone: ZoneInfo) -> None:
        self._session = session
        self._catalog = catalog
        self._customs = customs
        self._zone = zone
        self._known: dict[Reach, Extent | None] = {}
        self._reach: dict[tuple[str, Attribution], list[Reach]] = {}
        self._kept: dict[str, bool] = {}

    def of(self, spec: AnySpec, attribution: Attribution) -> Extent | None:
        """Which days a spec's data reaches from and to; None when there is none."""
        self.learn([(spec, attribution)])
        known = [self._known[reach] for reach in self._reaches(spec, attribution)]
        found = [days for days in known if days is not None]
        return (min(a for a, _ in found), max(b for _, b in found)) if found else None

    def keeps(self, table: str) -> bool:
        """Whether there is anything to count in a table; not the calls of a desk without phone."""
        if table not in OUTSIDE:
            return True
        stored = OUTSIDE[table]
        if stored not in self._kept:
            query = exp.select("1").from_(stored).limit(1).sql("duckdb")
            self._kept[stored] = bool(self._session.rows(query, stored))
        return self._kept[stored]

    def learn(self, asked: Iterable[tuple[AnySpec, Attribution]]) -> None:
        """Find out about several specs, in one scan a table."""
        unknown: dict[tuple[str, bool], dict[Reach, str]] = {}
        for spec, attribution in asked:
            for reach in self._reaches(spec, attribution):
                if reach not in self._known:
                    source = (reach.table, reach.instant == "created_at")
                    unknown.setdefault(source, {})[reach] = f"[kpis.{spec.id}]"
        for reaches in unknown.values():
            ordered = sorted(reaches)
            place = ", ".join(list(reaches.values())[:3])
            ((*figures,),) = self._session.rows(_query(ordered), place)
            for reach, low, high in zip(ordered, figures[::2], figures[1::2], strict=True):
                self._known[reach] = (
                    None if low is None else (day_of(low, self._zone), day_of(high, self._zone))
                )

    def _reaches(self, spec: AnySpec, attribution: Attribution) -> list[Reach]:
        key = (spec.id, attribution)
        if key not in self._reach:
            self._reach[key] = self._found(spec, attribution)
        return self._reach[key]

    def _found(self, spec: AnySpec, attribution: Attribution) -> list[Reach]:
        parts = self._catalog.parts(spec) if isinstance(spec, Ratio) else (spec,)
        found = []
        for part in parts:
            match part:
                case Measure():
                    instant = scan.time_column(part, attribution)
                case Stock():
                    instant = part.starts
                case _:
                    continue
            if attribution == "created":
                rows.check_created(part)
            conditions = rows.conditions(part, self._customs)
            text = exp.and_(*conditions).sql("duckdb") if conditions else ""
            found.append(Reach(part.table, instant, text))
        return found


def _query(reaches: list[Reach]) -> str:
    """The first and last instant (epoch microseconds) of several reaches over one source."""
    found = []
    for reach in reaches:
        time = reach.instant
        if reach.condition:
            time = f"CASE WHEN {reach.condition} THEN {time} END"
        found += [f"MIN({time})", f"MAX({time})"]
    source = rows.source(reaches[0].table, reaches[0].instant).sql("duckdb")
    return f"SELECT {', '.join(found)} FROM {source}"  # noqa: S608  checked by sqlglot, all of it
