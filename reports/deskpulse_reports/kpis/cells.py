"""Figures by bucket and dimension, and laying them out as rows."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import isfinite
from types import MappingProxyType
from typing import Any, NamedTuple

from deskpulse_reports.analysis.interval import wilson
from deskpulse_reports.kpis import scan
from deskpulse_reports.kpis.question import Question
from deskpulse_reports.kpis.result import Dim, Statistic
from deskpulse_reports.kpis.spec import Measure

Dims = tuple[Dim, ...]
Key = tuple[int, Dims]
MAX_FILLED = 50_000
"""Buckets without data are shown as long as the answer has no more rows than this."""


class Cell(NamedTuple):
    """The figures of one bucket and one combination of dimensions.

    `k` is a rate's numerator where it counts some of n; `quantiles` are those of a comparison.
    """

    value: float | None
    n: int = 0
    mean: float | None = None
    median: float | None = None
    p25: float | None = None
    p75: float | None = None
    p90: float | None = None
    low: float | None = None
    high: float | None = None
    k: int | None = None
    quantiles: tuple[float, ...] | None = None


NOTHING = Cell(None)
ZERO = Cell(0)


@dataclass(frozen=True, slots=True)
class Answer:
    """Cells, also of the bucket before the window; `empty` stands for the cells without rows.

    `since` is the first bucket that the data reaches: before it, nothing is known. `note` says why
    there is no figure where the data allows none.
    """

    cells: Mapping[Key, Cell]
    statistics: tuple[Statistic, ...]
    empty: Cell
    since: int | None = None
    note: str = ""


def aggregated(row: Sequence[Any]) -> Cell:
    """`n, value` of an aggregate; what is not a number is no data."""
    n, value = row
    undefined = isinstance(value, float) and not isfinite(value)
    return Cell(None if undefined else value, n)


def distributed(row: Sequence[Any]) -> Cell:
    """`rows, n, mean, [quantiles]`; the headline is the median. Microseconds are enough."""
    return _distributed(row, scan.HEADLINES)


def spread(row: Sequence[Any]) -> Cell:
    """The same with all quantiles that a comparison wants."""
    return _distributed(row, scan.SPREAD)


def _distributed(row: Sequence[Any], levels: Sequence[float]) -> Cell:
    _, n, mean, quantiles = row
    if not n:
        return NOTHING
    p25, median, p75, p90 = (round(quantiles[levels.index(one)], 6) for one in scan.HEADLINES)
    kept = tuple(quantiles) if levels is scan.SPREAD else None
    return Cell(median, n, round(mean, 6), median, p25, p75, p90, quantiles=kept)


def shared(row: Sequence[Any]) -> Cell:
    """`rows, k, n` of a share."""
    _, k, n = row
    if not n:
        return Cell(None, k=0)
    low, high = wilson(k, n)
    return Cell(k / n, n, low=low, high=high, k=k)


@dataclass(frozen=True, slots=True)
class Form:
    """How the columns of a measure become a cell, which statistics it has, and what is empty."""

    cell: Callable[[Sequence[Any]], Cell]
    statistics: tuple[Statistic, ...]
    empty: Cell = NOTHING

    @classmethod
    def of(cls, spec: Measure, *, spread: bool) -> Form:
        """The form of a measure; `spread` for a comparison."""
        match scan.form(spec):
            case "each":
                return _SPREAD if spread else _EACH
            case "share":
                return _SHARE
            case _:
                return _COUNT if spec.unit == "count" and _NO_ROWS_ARE_0(spec.value) else _VALUE


_NO_ROWS_ARE_0 = re.compile(r"\b(count|count_if|coalesce)\s*\(", re.IGNORECASE).search
"""What counts rows, or says itself what no rows are; a sum of nothing is no data."""
_VALUE = Form(aggregated, ("n",))
_COUNT = Form(aggregated, ("n",), ZERO)
OF_EACH: tuple[Statistic, ...] = ("n", "mean", "median", "p25", "p75", "p90")
"""The statistics of a number per row."""
_EACH = Form(distributed, OF_EACH)
_SPREAD = Form(spread, OF_EACH)
_SHARE = Form(shared, ("n", "low", "high"))


def divided(above: Answer, below: Answer, *, proportion: bool, part: bool = False) -> Answer:
    """One answer over another; null where there is nothing below the line.

    `part`: what is above is some of what is below, so where nothing is above, that is 0.
    """
    cells = {}
    for key in {*above.cells, *below.cells}:
        top, bottom = above.cells.get(key, above.empty), below.cells.get(key, below.empty)
        upper = 0 if part and top.value is None and not above.note else top.value
        value = upper / bottom.value if bottom.value and upper is not None else None
        low, high, k = None, None, None
        if proportion and value is not None and value <= 1:
            k = round(top.value or 0)
            low, high = wilson(k, round(bottom.value or 0))
        cells[key] = Cell(value, bottom.n, low=low, high=high, k=k)
    statistics: tuple[Statistic, ...] = ("n", "low", "high") if proportion else ("n",)
    since = [side.since for side in (above, below) if side.since is not None]
    note = " ".join(dict.fromkeys(side.note for side in (above, below) if side.note))
    return Answer(cells, statistics, NOTHING, min(since, default=None), note)


def weighed(n: float, weight: float | None) -> Cell:
    """What stands: so many spans, and their weight."""
    value = weight or 0
    return Cell(int(value) if float(value).is_integer() else value, int(n))


def rest(answer: Answer) -> Answer:
    """What ratios leave of 1; the bounds change places."""
    cells = {
        key: cell
        if cell.value is None
        else cell._replace(
            value=1 - cell.value,
            low=None if cell.high is None else 1 - cell.high,
            high=None if cell.low is None else 1 - cell.low,
            k=None if cell.k is None else cell.n - cell.k,
        )
        for key, cell in answer.cells.items()
    }
    return replace(answer, cells=cells)


def accumulated(
    steps: Mapping[Key, tuple[int, float]],
    question: Question,
    stands: str = "end",
    came: Mapping[Key, tuple[int, float]] = MappingProxyType({}),
) -> dict[Key, Cell]:
    """What stands in each bucket, from what came since the end of the one before.

    `stands`: at its end, at its start, or during it, which takes what `came` in each bucket.
    Combinations of dimensions for which nothing ever stands are left out.
    """
    buckets = [question.before, *question.buckets()]
    cells: dict[Key, Cell] = {}
    for dims in {dims for _, dims in steps}:
        spans, weight, levels = 0, 0.0, []
        for bucket in buckets:
            more, heavier = steps.get((bucket, dims), (0, 0))
            spans, weight = spans + more, weight + heavier
            # what floats leave over when all that came has gone is nothing
            levels.append(weighed(spans, round(weight, 6) if spans else 0))
        if stands != "end":  # what stood before the first bucket began is not known
            began = [came.get((bucket, dims), (0, 0)) for bucket in buckets[1:]]
            levels = [NOTHING, *map(_and_those, levels[:-1], began)]
        if any(level.n for level in levels):
            cells |= {(bucket, dims): level for bucket, level in zip(buckets, levels, strict=True)}
    return cells


def _and_those(level: Cell, began: tuple[int, float]) -> Cell:
    return weighed(level.n + began[0], round((level.value or 0) + began[1], 6))


def ordered(
    answer: Answer, question: Question, combinations: set[Dims]
) -> Iterable[tuple[int, Dims]]:
    """The keys of the rows to show, in order of bucket and dimensions.

    Every bucket has a row for every combination of dimensions that occurs in the window or in
    `combinations` and can occur in it, unless that would be more than `MAX_FILLED` rows: then only
    those with data.
    """
    inside = {key for key in answer.cells if key[0] != question.before}
    wanted = {dims for _, dims in inside} | combinations if question.by else {()}
    if question.width * len(wanted) <= MAX_FILLED:
        in_order = sorted(wanted, key=_order)
        return (
            (bucket, dims)
            for bucket in question.buckets()
            for dims in in_order
            if question.allows(bucket, dims)
        )
    return sorted(inside, key=lambda key: (key[0], _order(key[1])))


def before(answer: Answer, question: Question) -> set[Dims]:
    """The combinations of dimensions that occur in the bucket before the window."""
    return {dims for bucket, dims in answer.cells if bucket == question.before}


def previous(answer: Answer, bucket: int, dims: Dims) -> float | None:
    """The value of the bucket before.

    None before the data begins: nothing is known there, so it is not 0.
    """
    if answer.since is None or bucket < answer.since:
        return None
    return answer.cells.get((bucket, dims), answer.empty).value


def _order(dims: Dims) -> list[tuple[bool, Any]]:
    """None last; the values of one dimension have one type."""
    return [(value is None, "" if value is None else value) for value in dims]
