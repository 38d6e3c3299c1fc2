"""Targets beside values: whether they are met, and by how many of the single durations (CM1)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from deskpulse_reports.kpis.answers import Answers
from deskpulse_reports.kpis.cells import Cell, Key
from deskpulse_reports.kpis.question import Question
from deskpulse_reports.kpis.result import KpiRow
from deskpulse_reports.kpis.spec import AnySpec, Measure
from deskpulse_reports.kpis.target import Target
from deskpulse_reports.kpis.targets import Targets, judgement


class Within:
    """Judges the rows of one answer; asks for the shares of each goal once."""

    def __init__(
        self, answers: Answers, targets: Targets, spec: AnySpec, question: Question
    ) -> None:
        self._answers = answers
        self._targets = targets
        self._spec = spec
        self._question = question
        self._numbers = {question.label(number): number for number in question.buckets()}
        self._shares: dict[float, Mapping[Key, Cell]] = {}

    def judged(self, rows: Iterable[KpiRow], clock: str) -> Iterator[KpiRow]:
        """Rows with their target, where they have one, and whether it is met."""
        for row in rows:
            target = self._targets.of(self._spec.id, row.dims, clock, self._question.every)
            if target is None:
                yield row
                continue
            yield replace(row, target=judgement(target, row.value, self._share(row, target)))

    def _share(self, row: KpiRow, target: Target) -> float | None:
        spec = self._spec
        if not isinstance(spec, Measure) or not spec.each or spec.within is not None:
            return None
        if target.direction != "lower":
            return None
        goal = target.goal
        if goal not in self._shares:
            asked = replace(self._question, spread=False)
            limited = spec.model_copy(update={"within": goal})
            self._shares[goal] = self._answers.of(limited, asked).cells
        key = self._numbers[row.bucket], tuple(row.dims[name] for name in self._question.by)
        return self._shares[goal].get(key, Cell(None)).value
