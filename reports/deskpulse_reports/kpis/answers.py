"""From specs and settled questions to their figures, on one session."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from sqlglot import exp

from deskpulse.errors import ConfigError
from deskpulse_reports.kpis import cells, rows, scan, sql
from deskpulse_reports.kpis.buckets import day_of
from deskpulse_reports.kpis.catalog import Catalog
from deskpulse_reports.kpis.cells import Answer, Form
from deskpulse_reports.kpis.checks import Checks
from deskpulse_reports.kpis.columns import Customs
from deskpulse_reports.kpis.question import WITHIN, Attribution, Question
from deskpulse_reports.kpis.session import Session
from deskpulse_reports.kpis.spec import AnySpec, Measure, Ratio, Stock

MAX_CELLS = 1_000_000
MAX_TOGETHER = 16
"""Measures in one scan: quantiles by day and team keep every value in memory until the end."""
Extent = tuple[int, int]
"""The first and last local day of some data, as day numbers."""
Asked = tuple[AnySpec, Question]


class Answers:
    """Computes figures; remembers how far each spec's data reaches, as a snapshot never changes."""

    def __init__(
        self, session: Session, catalog: Catalog, customs: Customs, zone: ZoneInfo
    ) -> None:
        self._session = session
        self._catalog = catalog
        self._customs = customs
        self._zone = zone
        self._checks = Checks(session, customs)
        self._extents: dict[tuple[str, Attribution], Extent | None] = {}

    def of(self, spec: AnySpec, question: Question) -> Answer:
        """The figures of a measure, ratio or stock."""
        return self.of_many([(spec, question)])[0]

    def of_many(self, asked: Sequence[Asked]) -> list[Answer]:
        """The figures of several, in their order; measures of one table share a scan."""
        self._learn_extents(
            (spec, question.attribution) for spec, question in asked if not _only_now(spec)
        )
        found = self._measures(
            (part, question)
            for spec, question in asked
            for part in self._parts(spec)
            if isinstance(part, Measure)
        )
        answers = []
        for spec, question in asked:
            match spec:
                case Ratio():
                    above, below = (found[part.id, question] for part in self._parts(spec))
                    answers.append(cells.divided(above, below, proportion=spec.proportion))
                case Measure():
                    answers.append(found[spec.id, question])
                case Stock():
                    answers.append(self._stock(spec, question))
                case _:
                    raise ConfigError(f"{spec.id} answers with a table of its own")
        return answers

    def extent(self, spec: AnySpec, attribution: Attribution) -> Extent | None:
        """Which days a spec's data reaches from and to; None when there is none."""
        self._learn_extents([(spec, attribution)])
        found = [
            days for part in self._parts(spec) if (days := self._extents[part.id, attribution])
        ]
        return (min(a for a, _ in found), max(b for _, b in found)) if found else None

    def _learn_extents(self, asked: Iterable[tuple[AnySpec, Attribution]]) -> None:
        """Find out how far the data of several specs reaches, in one scan a table."""
        unknown: dict[tuple[str, bool], dict[tuple[str, Attribution], tuple[Any, str]]] = {}
        for spec, attribution in asked:
            for part in self._parts(spec):
                key = (part.id, attribution)
                if key in self._extents:
                    continue
                if attribution == "created":
                    rows.check_created(part)
                instant = (
                    scan.time_column(part, attribution)
                    if isinstance(part, Measure)
                    else part.starts
                )
                table = (part.table, instant == "created_at")
                unknown.setdefault(table, {})[key] = (part, instant)
        for together in unknown.values():
            query = sql.extents(list(together.values()), self._customs)
            (figures,) = self._rows(query, [part for part, _ in together.values()])
            for key, low, high in zip(together, figures[::2], figures[1::2], strict=True):
                self._extents[key] = (
                    None if low is None else (day_of(low, self._zone), day_of(high, self._zone))
                )

    def _parts(self, spec: AnySpec) -> tuple[Measure | Stock, ...]:
        if isinstance(spec, Ratio):
            return self._catalog.parts(spec)
        return (spec,) if isinstance(spec, Measure | Stock) else ()

    def _measures(self, asked: Iterable[tuple[Measure, Question]]) -> dict[Any, Answer]:
        scans: dict[tuple[object, Question], dict[str, Measure]] = {}
        for spec, question in asked:
            self._checks.calendars(spec, question)
            self._checks.currencies(spec, question)
            together = scan.together(spec, question, self._customs), question
            scans.setdefault(together, {})[spec.id] = spec
        found: dict[Any, Answer] = {}
        for (_, question), specs in scans.items():
            listed = list(specs.values())
            for start in range(0, len(listed), MAX_TOGETHER):
                some = listed[start : start + MAX_TOGETHER]
                for spec, answer in zip(some, self._scan(some, question), strict=True):
                    found[spec.id, question] = answer
        return found

    def _scan(self, specs: Sequence[Measure], question: Question) -> list[Answer]:
        query = scan.scan(specs, question, self._customs)
        found = self._rows(query, specs)
        start = 1 + len(question.by)
        answers = []
        for spec in specs:
            form = Form.of(spec, spread=question.spread)
            stop = start + scan.WIDTHS[scan.form(spec)]
            own = {
                (row[0], row[1 : 1 + len(question.by)]): form.cell(row[start:stop])
                for row in found
                if row[start]
            }
            answers.append(Answer(own, form.statistics, form.empty, self._since(spec, question)))
            start = stop
        return answers

    def _stock(self, spec: Stock, question: Question) -> Answer:
        self._checks.currencies(spec, question)
        if not spec.ends:
            present = self._rows(sql.standing(spec, question, self._customs), [spec])
            standing = {(WITHIN, row[1:-2]): cells.weighed(*row[-2:]) for row in present}
            return Answer(standing, ("n",), cells.ZERO)
        changes = self._rows(sql.stock(spec, question, self._customs), [spec])
        steps = {(row[0], row[1:-2]): (int(row[-2]), row[-1] or 0) for row in changes}
        size = len({dims for _, dims in steps}) * question.width
        if size > MAX_CELLS:
            raise ConfigError(
                f"{spec.id} would have {size:,} values; {MAX_CELLS:,} are allowed",
                hint="Ask for a shorter window, a coarser --every or fewer dimensions.",
            )
        found = cells.accumulated(steps, question)
        since = self._since(spec, question)
        unknown = bool(spec.weight) and since is None
        return Answer(found, ("n",), cells.NOTHING if unknown else cells.ZERO, since)

    def _since(self, spec: Measure | Stock, question: Question) -> int | None:
        days = self._extents[spec.id, question.attribution]
        return None if days is None else question.bucket_of(days[0])

    def _rows(self, query: exp.Query, specs: Sequence[Measure | Stock]) -> list[tuple[Any, ...]]:
        place = ", ".join(f"[kpis.{spec.id}]" for spec in specs[:3])
        return self._session.rows(query.sql("duckdb"), place)


def _only_now(spec: AnySpec) -> bool:
    return isinstance(spec, Stock) and not spec.ends
