"""A value against that of another period: how large the change is, and whether it is noise.

A bucket that is not over, or that the window cuts, is compared with the same part of the other one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from deskpulse_reports.analysis.change import dispersion
from deskpulse_reports.kpis.answers import Answers
from deskpulse_reports.kpis.asked import Versus
from deskpulse_reports.kpis.buckets import DAY, instant_of, to_date
from deskpulse_reports.kpis.cells import Answer, Cell, Dims, Key
from deskpulse_reports.kpis.periods import (
    Stretch,
    counterpart,
    covered,
    elapsed,
    shifted,
    whole,
)
from deskpulse_reports.kpis.question import WITHIN, Question
from deskpulse_reports.kpis.result import Change
from deskpulse_reports.kpis.spec import AnySpec, Measure
from deskpulse_reports.kpis.verdict import judge

HISTORY_DAYS = 8 * 7
"""How much history tells how bunched a count is."""


@dataclass(frozen=True, slots=True)
class Base:
    """What one bucket is compared with: when that was, and its figures."""

    stretch: Stretch
    cells: Mapping[Dims, Cell]
    empty: Cell | None


class Comparison:
    """Compares an answer with another period; asks for that period's figures at once."""

    def __init__(
        self, answers: Answers, spec: AnySpec, question: Question, answer: Answer, versus: Versus
    ) -> None:
        self._answers = answers
        self._spec = spec
        self._question = question
        self._answer = answer
        self._versus = versus
        self._bases = dict(self._all_bases())
        self._dispersion = self._dispersions()

    @property
    def combinations(self) -> set[Dims]:
        """The dimensions that occur in the other period."""
        return {dims for base in self._bases.values() for dims in base.cells}

    def change(self, key: Key) -> Change | None:
        """The change of one row; None where there is nothing to compare with."""
        bucket, dims = key
        base = self._bases.get(bucket)
        if base is None:
            return None
        before = base.cells.get(dims, base.empty)
        if before is None:
            return None
        now = self._answer.cells.get(key, self._answer.empty)
        lo, hi = base.stretch
        return Change(
            self._versus,
            to_date(lo // DAY),
            to_date((hi - 1) // DAY),
            before.n,
            *judge(
                self._spec,
                before,
                now,
                clock=self._question.clock,
                bunched=self._dispersion.get(dims, 1.0),
            ),
        )

    def _all_bases(self) -> Iterator[tuple[int, Base]]:
        question = self._question
        full: dict[int, int] = {}
        for bucket in question.buckets():
            other = counterpart(question, bucket, self._versus)
            lo, hi = elapsed(question, bucket)
            if other is None or lo >= hi:
                continue
            if question.every and Stretch(lo, hi) == whole(question, bucket):
                full[bucket] = other
            else:
                yield bucket, self._part(bucket, other, Stretch(lo, hi))
        if full:
            yield from self._full(full)

    def _part(self, bucket: int, other: int, now: Stretch) -> Base:
        """As much of the other bucket as has passed of this one."""
        own = whole(self._question, bucket)
        ends = (
            whole(self._question, other)
            if self._question.every
            else shifted(self._question, self._versus)
        )
        lo = min(ends.lo + now.lo - own.lo, ends.hi)
        hi = min(ends.lo + now.hi - own.lo, ends.hi)
        if now.hi == covered(self._question, bucket).hi == own.hi:
            hi = ends.hi  # over: the other one counts in full, though it may be a day longer
        zone = self._question.zone
        asked = replace(
            self._question,
            every=None,
            first=lo // DAY,
            last=(max(hi, lo + 1) - 1) // DAY,
            since=instant_of(lo, zone),
            until=instant_of(hi, zone),
        )
        answer = self._answers.of(self._spec, asked)
        cells = {dims: cell for (number, dims), cell in answer.cells.items() if number == WITHIN}
        return Base(Stretch(lo, hi), cells, self._empty(answer, hi))

    def _full(self, pairs: Mapping[int, int]) -> Iterator[tuple[int, Base]]:
        stretches = {other: whole(self._question, other) for other in pairs.values()}
        asked = replace(
            self._question,
            first=min(each.lo for each in stretches.values()) // DAY,
            last=(max(each.hi for each in stretches.values()) - 1) // DAY,
        )
        answer = self._answers.of(self._spec, asked)
        by_bucket: dict[int, dict[Dims, Cell]] = {}
        for (number, dims), cell in answer.cells.items():
            by_bucket.setdefault(number, {})[dims] = cell
        for bucket, other in pairs.items():
            stretch = stretches[other]
            found = by_bucket.get(other, {})
            yield bucket, Base(stretch, found, self._empty(answer, stretch.hi))

    def _empty(self, answer: Answer, hi: int) -> Cell | None:
        """None before the data begins: nothing is known there, so it is not 0."""
        days = self._answers.extents.of(self._spec, self._question.attribution)
        return answer.empty if days is not None and days[0] * DAY < hi else None

    def _dispersions(self) -> Mapping[Dims, float]:
        """How much more than chance the KPI's own counts vary, by weekday over eight weeks."""
        spec, question = self._spec, self._question
        days = self._answers.extents.of(spec, question.attribution)
        counts = isinstance(spec, Measure) and spec.unit == "count"
        if not counts or days is None or not self._bases:
            return {}
        first = max(question.first - HISTORY_DAYS, days[0])
        if question.first - first < 14:
            return {}
        asked = replace(question, every="day", first=first, last=question.first - 1, spread=False)
        cells = self._answers.of(spec, asked).cells
        return {
            dims: dispersion(
                [
                    [
                        cells[day, dims].value or 0 if (day, dims) in cells else 0
                        for day in range(first + weekday, question.first, 7)
                    ]
                    for weekday in range(7)
                ]
            )
            for dims in {dims for _, dims in cells}
        }
