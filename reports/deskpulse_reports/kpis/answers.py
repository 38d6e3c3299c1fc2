"""From specs and settled questions to their figures, on one session."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from sqlglot import exp

from deskpulse.errors import ConfigError
from deskpulse_reports.kpis import cells, scan, sharing, sql
from deskpulse_reports.kpis.catalog import Catalog
from deskpulse_reports.kpis.cells import Answer, Form
from deskpulse_reports.kpis.checks import Checks
from deskpulse_reports.kpis.columns import Customs
from deskpulse_reports.kpis.extents import Extents
from deskpulse_reports.kpis.question import WITHIN, Question
from deskpulse_reports.kpis.session import Reader
from deskpulse_reports.kpis.sharing import Part, Row
from deskpulse_reports.kpis.spec import AnySpec, Measure, Ratio, Stock

MAX_CELLS = 1_000_000
MAX_ROWS = 250_000
"""Rows of one answer: nobody reads more, and a million of them do not fit into a small machine."""
MAX_TOGETHER = 16
"""Measures in one scan: quantiles keep every value in memory until the end, once for each way to
split (half as many where there are more than two of them)."""
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
        found = self._found(
            (part, question) for spec, question in asked for part in self._parts(spec)
        )
        answers = []
        for spec, question in asked:
            match spec:
                case Ratio():
                    above, below = (found[part.id, question] for part in self._parts(spec))
                    part = bool(getattr(self._parts(spec)[0], "before", ""))
                    divided = cells.divided(above, below, proportion=spec.proportion, part=part)
                    answers.append(cells.rest(divided) if spec.rest else divided)
                case Measure() | Stock():
                    answers.append(found[spec.id, question])
                case _:
                    raise ConfigError(f"{spec.id} answers with a table of its own")
        return answers

    def _parts(self, spec: AnySpec) -> tuple[Measure | Stock, ...]:
        if isinstance(spec, Ratio):
            return self._catalog.parts(spec)
        return (spec,) if isinstance(spec, Measure | Stock) else ()

    def _found(self, asked: Iterable[tuple[Part, Question]]) -> dict[tuple[str, Question], Answer]:
        found: dict[tuple[str, Question], Answer] = {}
        open_: list[tuple[Part, Question]] = []
        once = {(part.id, question): part for part, question in asked}
        for (_, question), part in once.items():
            if isinstance(part, Measure):
                self._checks.calendars(part, question)
            if note := self._checks.currencies(part, question):
                found[part.id, question] = Answer({}, ("n",), cells.NOTHING, note=note)
            else:
                open_.append((part, question))
        for question, parts in sharing.scans(open_, self._customs):
            size = max(1, MAX_TOGETHER // max(1, len(question.sets) // 2))
            for start in range(0, len(parts), size):
                for part, one, answer in self._answered(parts[start : start + size], question):
                    found[part.id, one] = answer
        return found

    def _answered(
        self, parts: Sequence[Part], question: Question
    ) -> Iterator[tuple[Part, Question, Answer]]:
        """The figures of parts that share a scan, each by each of the question's `sets`."""
        stocks = [part for part in parts if isinstance(part, Stock)]
        for stock in stocks:
            for one, answer in self._stock(stock, question):
                yield stock, one, answer
        measures = [part for part in parts if isinstance(part, Measure)]
        if measures:
            yield from self._scan(measures, question)

    def _scan(
        self, specs: Sequence[Measure], question: Question
    ) -> Iterator[tuple[Measure, Question, Answer]]:
        query = scan.scan(specs, question, self._customs)
        found = self._rows(query.limit(MAX_ROWS + 1), specs)
        ones = sharing.alone(question)
        if len(found) > MAX_ROWS:
            if len(ones) == 1:
                raise ConfigError(
                    f"{specs[0].id} by {', '.join(question.by)} has more than {MAX_ROWS:,} rows",
                    hint="Ask for a shorter window, a coarser --every or other dimensions.",
                )
            for one in ones:  # one of them may have too many, or only all together
                yield from self._scan(specs, one)
            return
        for one, rows in zip(ones, sharing.apart(found, question), strict=True):
            start = 1 + len(one.by)
            for spec in specs:
                form = Form.of(spec, spread=one.spread)
                stop = start + scan.WIDTHS[scan.form(spec)]
                own = {
                    (row[0], row[1 : 1 + len(one.by)]): form.cell(row[start:stop])
                    for row in rows
                    if row[start]
                }
                since = self._since(spec, one)
                empty = form.empty if self._known(spec, since) else cells.NOTHING
                yield spec, one, Answer(own, form.statistics, empty, since)
                start = stop

    def _stock(self, spec: Stock, question: Question) -> Iterator[tuple[Question, Answer]]:
        ones = sharing.alone(question)
        if spec.age:
            ages = self._rows(sql.ages(spec, question, self._customs), [spec])
            for one, rows in zip(ones, sharing.apart(ages, question), strict=True):
                start = 1 + len(one.by)
                aged = {(WITHIN, row[1:start]): cells.distributed(row[start:]) for row in rows}
                yield one, Answer(aged, cells.OF_EACH, cells.NOTHING)
            return
        if spec.only_now:
            present = self._rows(sql.standing(spec, question, self._customs), [spec])
            empty = cells.ZERO if self.extents.keeps(spec.table) else cells.NOTHING
            for one, rows in zip(ones, sharing.apart(present, question), strict=True):
                standing = {(WITHIN, row[1:-2]): cells.weighed(*row[-2:]) for row in rows}
                yield one, Answer(standing, ("n",), empty)
            return
        changes = self._rows(sql.stock(spec, question, self._customs), [spec])
        begun = self._begun(spec, question)
        since = self._since(spec, question)
        known = self._known(spec, since) and not (spec.weight and since is None)
        for one, rows, new in zip(ones, sharing.apart(changes, question), begun, strict=True):
            steps, came = _weights(rows), _weights(new)
            size = len({dims for _, dims in steps}) * one.width
            if size > MAX_CELLS:
                raise ConfigError(
                    f"{spec.id} would have {size:,} values; {MAX_CELLS:,} are allowed",
                    hint="Ask for a shorter window, a coarser --every or fewer dimensions.",
                )
            found = cells.accumulated(steps, one, spec.stands, came)
            yield one, Answer(found, ("n",), cells.ZERO if known else cells.NOTHING, since)

    def _begun(self, spec: Stock, question: Question) -> list[list[Row]]:
        """Of a stock of all that stood within a bucket: what began in each, spans and weight."""
        if spec.stands != "during":
            return [[] for _ in sharing.alone(question)]
        query = sql.stock(spec, question, self._customs, ending=False)
        return sharing.apart(self._rows(query, [spec]), question)

    def _since(self, spec: Measure | Stock, question: Question) -> int | None:
        days = self.extents.of(spec, question.attribution)
        return None if days is None else question.bucket_of(days[0])

    def _known(self, spec: Measure | Stock, since: int | None) -> bool:
        """Whether no row means 0: not where the desk keeps no such records at all."""
        return since is not None or self.extents.keeps(spec.table)

    def _rows(self, query: exp.Query, specs: Sequence[Measure | Stock]) -> list[tuple[Any, ...]]:
        place = ", ".join(f"[kpis.{spec.id}]" for spec in specs[:3])
        return self._session.rows(query.sql("duckdb", copy=False), place)


def _weights(rows: Sequence[Row]) -> dict[cells.Key, tuple[int, float]]:
    return {(row[0], row[1:-2]): (int(row[-2]), row[-1] or 0) for row in rows}


def _only_now(spec: AnySpec) -> bool:
    return isinstance(spec, Stock) and spec.only_now
