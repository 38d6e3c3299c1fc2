"""Ask a KPI: settle names, window and defaults, then lay the figures out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cached_property
from typing import Any

from deskpulse.errors import ConfigError
from deskpulse_reports.kpis import cases
from deskpulse_reports.kpis.answers import Answers
from deskpulse_reports.kpis.asked import (
    Asked,
    Settling,
    Versus,
    check_dimensions,
    dimensions,
    extras,
    only_now,
)
from deskpulse_reports.kpis.benchmarks import Benchmark
from deskpulse_reports.kpis.buckets import Grain, to_date
from deskpulse_reports.kpis.cases import Cases
from deskpulse_reports.kpis.catalog import Catalog
from deskpulse_reports.kpis.cells import Answer
from deskpulse_reports.kpis.comparison import Comparison
from deskpulse_reports.kpis.desk import Desk
from deskpulse_reports.kpis.dialects import portable
from deskpulse_reports.kpis.layout import lay_out
from deskpulse_reports.kpis.question import Attribution, Clocking, Question
from deskpulse_reports.kpis.result import Dim, KpiResult, Statistic
from deskpulse_reports.kpis.session import Reader, Session, Snapshot
from deskpulse_reports.kpis.spec import Analysis, AnySpec, Measure, Parameter, Ratio, Stock, Table
from deskpulse_reports.kpis.sql import query
from deskpulse_reports.kpis.study import Study, settled
from deskpulse_reports.kpis.targets import Targets
from deskpulse_reports.kpis.within import Within
from deskpulse_reports.kpis.words import is_clocked, time_basis
from deskpulse_reports.kpis.zones import zone_named

__all__ = ["Asked", "Desk", "KpiEngine"]


class KpiEngine:
    """Answers questions about one snapshot of the mart; it opens the mart at the first one.

    `memory` is DuckDB's limit, `seconds` the time that one query may take. `reader` answers in
    DuckDB's place: an engine `elsewhere` that holds the same tables; analyses read the snapshot
    whoever it is. Raises ConfigError for an unknown zone.
    """

    def __init__(
        self,
        snapshot: Snapshot,
        catalog: Catalog,
        desk: Desk,
        *,
        targets: Targets | None = None,
        memory: str = "1GB",
        seconds: float = 60.0,
        reader: Reader | None = None,
    ) -> None:
        self.catalog = catalog
        self.desk = desk
        self._snapshot = snapshot
        self._targets = targets or Targets()
        self._zone = zone_named(desk.zone)
        self._limits = (memory, seconds)
        self._elsewhere = reader

    @cached_property
    def _session(self) -> Session:
        memory, seconds = self._limits
        return Session(self._snapshot, memory=memory, seconds=seconds)

    @property
    def _reader(self) -> Reader:
        return self._elsewhere or self._session

    @cached_property
    def _answers(self) -> Answers:
        return Answers(self._reader, self.catalog, self._snapshot.customs, self._zone)

    @property
    def _settling(self) -> Settling:
        extents = self._answers.extents
        return Settling(self.catalog, self._snapshot.customs, self.desk, self._zone, extents)

    def close(self) -> None:
        """Free the memory; the next question opens the mart again."""
        if "_session" in self.__dict__:
            self._session.close()
        for name in ("_session", "_answers"):
            self.__dict__.pop(name, None)

    def compute(
        self,
        kpi: str,
        by: Sequence[str] = (),
        *,
        every: Grain | None = None,
        start: date | None = None,
        end: date | None = None,
        clock: Clocking = "calendar",
        attribution: Attribution = "event",
        compare: bool = True,
        versus: Versus | None = None,
        benchmark: bool = False,
        targets: bool = False,
    ) -> KpiResult:
        """The figures of one KPI; see `Asked`. Raises ConfigError for names, StoreError."""
        asked = Asked(
            kpi,
            tuple(by),
            every,
            start,
            end,
            clock,
            attribution,
            compare,
            versus,
            benchmark,
            targets,
        )
        return self.compute_many([asked])[0]

    def compute_many(self, asked: Sequence[Asked]) -> list[KpiResult]:
        """The figures of several, in their order: a scan serves all that read the same rows."""
        settling = self._settling
        settling.extents.learn(
            (spec, one.attribution)
            for one in asked
            if not only_now(spec := self.catalog[one.kpi]) and not (one.start and one.end)
        )
        settled = [settling.settle(one) for one in asked]
        answers = self._answers.of_many(settled)
        return [
            self._result(one, spec, question, answer)
            for one, (spec, question), answer in zip(asked, settled, answers, strict=True)
        ]

    def cases(
        self,
        kpi: str,
        by: Sequence[str] = (),
        *,
        every: Grain | None = None,
        start: date | None = None,
        end: date | None = None,
        clock: Clocking = "calendar",
        attribution: Attribution = "event",
        dims: Mapping[str, Dim] | None = None,
        bucket: str | None = None,
        limit: int | None = None,
    ) -> Cases:
        """The tickets (or other records) behind a value: as many as its n.

        `dims` and `bucket` are those of a row of `compute` asked with the same words; without them
        every row's are meant. A stock has the cases of one bucket: the last unless one is named.
        For a ratio they are those below the line. Raises ConfigError for names, StoreError.
        """
        names = tuple(dict.fromkeys([*by, *(dims or {})]))
        asked = Asked(kpi, names, every, start, end, clock, attribution)
        spec, question = self._settling.settle(asked)
        part = self.catalog.parts(spec)[1] if isinstance(spec, Ratio) else spec
        assert isinstance(part, Measure | Stock)
        number = cases.bucket_named(question, bucket)
        if isinstance(part, Stock) and number is None:
            number = question.buckets()[-1]
        query = cases.select(
            part, question, self._snapshot.customs, bucket=number, dims=dims or {}, limit=limit
        )
        found = self._reader.rows(query.sql("duckdb"), f"[kpis.{kpi}]")
        total, rows = cases.read(found, question)
        return Cases(spec.id, spec.title, cases.unit(part), total, rows)

    def analyse(
        self,
        kpi: str,
        by: Sequence[str] = (),
        *,
        every: Grain | None = None,
        start: date | None = None,
        end: date | None = None,
        clock: Clocking = "calendar",
        parameters: Mapping[str, Parameter] | None = None,
    ) -> Table:
        """The table of an analysis. Raises ConfigError for names, StoreError."""
        spec = self.catalog[kpi]
        if not isinstance(spec, Analysis):
            raise ConfigError(f"{kpi} is no analysis", hint="Use `compute`.")
        check_dimensions(spec, by, set(spec.dimensions))
        if start and end and start > end:
            raise ConfigError(f"from {start} comes after to {end}")
        return spec.function(
            Study(
                session=self._session,
                place=f"[kpis.{kpi}]",
                zone=self._zone,
                as_of=self.desk.as_of,
                compute=self.compute,
                first=start,
                last=end,
                by=tuple(by),
                every=every,
                clock=clock,
                week_start=self.desk.week_start,
                parameters=settled(spec, parameters or {}),
            )
        )

    def sql(self, asked: Asked, dialect: str = "duckdb") -> list[str]:
        """The SQL of a question, in the words of an engine (`dialects`): for the curious."""
        spec, question = self._settling.settle(asked)
        parts = self.catalog.parts(spec) if isinstance(spec, Ratio) else (spec,)
        customs = self._snapshot.customs
        return [portable(query(part, question, customs), dialect) for part in parts]

    def rows(self, query: str, place: str) -> list[tuple[Any, ...]]:
        """What a query of our own over the fact tables answers; errors call it `place`.

        Never for text that a user wrote: only specs are checked.
        """
        return self._reader.rows(query, place)

    def dimensions(self, kpi: str) -> list[str]:
        """What a KPI can be split by."""
        return sorted(dimensions(self.catalog[kpi], self.catalog, self._snapshot.customs))

    def _result(self, asked: Asked, spec: AnySpec, question: Question, answer: Answer) -> KpiResult:
        past = not only_now(spec)
        compare = asked.compare and past
        comparison = (
            Comparison(self._answers, spec, question, answer, asked.versus)
            if asked.versus and past
            else None
        )
        benchmark = (
            Benchmark(self._answers, spec, question, answer) if asked.benchmark and past else None
        )
        clock = asked.clock if is_clocked(spec, self.catalog) else ""
        rows = lay_out(
            answer,
            question,
            compare=compare,
            stands=isinstance(spec, Stock),
            comparison=comparison,
            benchmark=benchmark,
        )
        if not past:
            rows = (replace(row, complete=None) for row in rows)
        if asked.targets:
            rows = Within(self._answers, self._targets, spec, question).judged(rows, clock)
        compared: tuple[Statistic, ...] = ("previous",) if compare else ()
        return KpiResult(
            kpi=spec.id,
            title=spec.title,
            unit=spec.unit,
            clock=clock,
            time_basis=time_basis(spec, self.catalog, asked.attribution),
            zone=self.desk.zone,
            first=to_date(question.first),
            last=to_date(question.last),
            statistics=(*answer.statistics, *compared),
            rows=tuple(rows),
            attribution=asked.attribution,
            extras=extras(asked, spec),
            note=answer.note,
        )
