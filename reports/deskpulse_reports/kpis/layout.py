"""Figures as rows, with what else was asked for beside them."""

from __future__ import annotations

from collections.abc import Iterator

from deskpulse_reports.kpis import cells
from deskpulse_reports.kpis.benchmarks import Benchmark
from deskpulse_reports.kpis.cells import Answer
from deskpulse_reports.kpis.comparison import Comparison
from deskpulse_reports.kpis.periods import elapsed, whole
from deskpulse_reports.kpis.question import Question
from deskpulse_reports.kpis.result import KpiRow


def lay_out(
    answer: Answer,
    question: Question,
    *,
    compare: bool,
    stands: bool = False,
    comparison: Comparison | None = None,
    benchmark: Benchmark | None = None,
) -> Iterator[KpiRow]:
    """The rows in order of bucket and dimensions; `stands` for a stock, whole at any moment."""
    more = cells.before(answer, question) if compare else set()
    if comparison is not None:
        more |= comparison.combinations
    known: dict[int, tuple[str | None, int, bool]] = {}
    for key in cells.ordered(answer, question, more):
        bucket, dims = key
        if bucket not in known:
            complete = elapsed(question, bucket) == whole(question, bucket)
            known[bucket] = question.label(bucket), question.prior(bucket), complete
        label, prior, complete = known[bucket]
        cell = answer.cells.get(key, answer.empty)
        yield KpiRow(
            label,
            dict(zip(question.by, dims, strict=True)),
            cell.value,
            cell.n,
            cell.mean,
            cell.median,
            cell.p25,
            cell.p75,
            cell.p90,
            cell.low,
            cell.high,
            cells.previous(answer, prior, dims) if compare and (complete or stands) else None,
            complete,
            comparison.change(key) if comparison else None,
            benchmark.band(key) if benchmark else None,
        )
