"""From specs and settled questions to their figures, on one session."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from sqlglot import exp

from deskpulse.errors import ConfigError
from deskpulse_reports.kpis import cells, scan, sql
from deskpulse_reports.kpis.catalog import Catalog
from deskpulse_reports.kpis.cells import Answer, Form
from deskpulse_reports.kpis.checks import Checks
from deskpulse_reports.kpis.columns import Customs
from deskpulse_reports.kpis.extents import Extents
from deskpulse_reports.kpis.question import WITHIN, Question
from deskpulse_reports.kpis.session import Reader
from deskpulse_reports.kpis.spec import AnySpec, Measure, Ratio, Stock

MAX_CELLS = 1_000_000
MAX_ROWS = 250_000
"""Rows of one answer: nobody reads more, and a million of them do not fit into a small machine."""
MAX_TOGETHER = 16
"""Measures in one scan: quantiles by day and team keep every value in memory until the end."""
Asked = tuple[AnySpec, Question]


class Answers:
    """Computes figures. `extents` knows how far the data reaches."""

    def __init__(self, session: Reader, catalog: Catalog, customs: Customs, zone: ZoneInfo) -> None:
        self._session = session
        self._catalog = catalog
        self._customs = customs
        self._checks = Checks(session, customs)
        self.extents = Extents(session, catalog, customs, zone)

    def of(self, spec: AnySpec, question: Question) -> Answer:
        """The figures of a measure, ratio or stock."""
        return self.of_many([(spec, question)])[0]

    def of_many(self, asked: Sequence[Asked]) -> list[Answer]:
        """The figures of several, in their order; measures of one table share a scan."""
        self.extents.learn(
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
                    above, below = (
                        self._stock(part, question)
                        if isinstance(part, Stock)
                        else found[part.id, question]
                        for part in self._parts(spec)
                    )
                    part = bool(getattr(self._parts(spec)[0], "before", ""))
                    divided = cells.divided(above, below, proportion=spec.proportion, part=part)
                    answers.append(cells.rest(divided) if spec.rest else divided)
                case Measure():
                    answers.append(found[spec.id, question])
                case Stock():
                    answers.append(self._stock(spec, question))
                case _:
                    raise ConfigError(f"{spec.id} answers with a table of its own")
        return answers

    def _parts(self, spec: AnySpec) -> tuple[Measure | Stock, ...]:
        if isinstance(spec, Ratio):
            return self._catalog.parts(spec)
        return (spec,) if isinstance(spec, Measure | Stock) else ()

    def _measures(self, asked: Iterable[tuple[Measure, Question]]) -> dict[Any, Answer]:
        scans: dict[tuple[object, Question], dict[str, Measure]] = {}
        found: dict[Any, Answer] = {}
        for spec, question in asked:
            self._checks.calendars(spec, question)
            if note := self._checks.currencies(spec, question):
                found[spec.id, question] = Answer({}, ("n",), cells.NOTHING, note=note)
                continue
            together = scan.together(spec, question, self._customs), question
            scans.setdefault(together, {})[spec.id] = spec
        for (_, question), specs in scans.items():
            listed = list(specs.values())
            for start in range(0, len(listed), MAX_TOGETHER):
                some = listed[start : start + MAX_TOGETHER]
                for spec, answer in zip(some, self._scan(some, question), strict=True):
                    found[spec.id, question] = answer
        return found

    def _scan(self, specs: Sequence[Measure], question: Question) -> list[Answer]:
        query = scan.scan(specs, question, self._customs)
        found = self._rows(query.limit(MAX_ROWS + 1), specs)
        if len(found) > MAX_ROWS:
            raise ConfigError(
                f"{specs[0].id} by {', '.join(question.by)} has more than {MAX_ROWS:,} rows",
                hint="Ask for a shorter window, a coarser --every or other dimensions.",
            )
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
            since = self._since(spec, question)
            empty = form.empty if self._known(spec, since) else cells.NOTHING
            answers.append(Answer(own, form.statistics, empty, since))
            start = stop
        return answers

    def _stock(self, spec: Stock, question: Question) -> Answer:
        if note := self._checks.currencies(spec, question):
            return Answer({}, ("n",), cells.NOTHING, note=note)
        if spec.age:
            ages = self._rows(sql.ages(spec, question, self._customs), [spec])
            start = 1 + len(question.by)
            aged = {(WITHIN, row[1:start]): cells.distributed(row[start:]) for row in ages}
            return Answer(aged, cells.OF_EACH, cells.NOTHING)
        if spec.only_now:
            present = self._rows(sql.standing(spec, question, self._customs), [spec])
            standing = {(WITHIN, row[1:-2]): cells.weighed(*row[-2:]) for row in present}
            empty = cells.ZERO if self.extents.keeps(spec.table) else cells.NOTHING
            return Answer(standing, ("n",), empty)
        changes = self._rows(sql.stock(spec, question, self._customs), [spec])
        steps = {(row[0], row[1:-2]): (int(row[-2]), row[-1] or 0) for row in changes}
        size = len({dims for _, dims in steps}) * question.width
        if size > MAX_CELLS:
            raise ConfigError(
                f"{spec.id} would have {size:,} values; {MAX_CELLS:,} are allowed",
                hint="Ask for a shorter window, a coarser --every or fewer dimensions.",
            )
        came = self._came(spec, question) if spec.stands == "during" else {}
        found = cells.accumulated(steps, question, spec.stands, came)
        since = self._since(spec, question)
        known = self._known(spec, since) and not (spec.weight and since is None)
        return Answer(found, ("n",), cells.ZERO if known else cells.NOTHING, since)

    def _came(self, spec: Stock, question: Question) -> dict[cells.Key, tuple[int, float]]:
        """What began in each bucket, spans and their weight."""
        begun = self._rows(sql.stock(spec, question, self._customs, ending=False), [spec])
        return {(row[0], row[1:-2]): (int(row[-2]), row[-1] or 0) for row in begun}

    def _since(self, spec: Measure | Stock, question: Question) -> int | None:
        days = self.extents.of(spec, question.attribution)
        return None if days is None else question.bucket_of(days[0])

    def _known(self, spec: Measure | Stock, since: int | None) -> bool:
        """Whether no row means 0: not where the desk keeps no such records at all."""
        return since is not None or self.extents.keeps(spec.table)

    def _rows(self, query: exp.Query, specs: Sequence[Measure | Stock]) -> list[tuple[Any, ...]]:
        place = ", ".join(f"[kpis.{spec.id}]" for spec in specs[:3])
        return self._session.rows(query.sql("duckdb", copy=False), place)


def _only_now(spec: AnySpec) -> bool:
    return isinstance(spec, Stock) and spec.only_now
