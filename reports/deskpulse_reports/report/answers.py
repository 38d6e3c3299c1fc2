"""Reading a `KpiResult`: its total, one of its days, what it is split by."""

from __future__ import annotations

from deskpulse_reports.kpis.result import KpiResult, KpiRow


def total(answer: KpiResult) -> KpiRow:
    """The first row; a row without a value when there is none."""
    return answer.rows[0] if answer.rows else KpiRow(None)


def at(answer: KpiResult, bucket: str) -> KpiRow:
    """The row of one bucket; a row without a value when it is missing."""
    return next((row for row in answer.rows if row.bucket == bucket), KpiRow(bucket))


def dims(answer: KpiResult) -> tuple[str, ...]:
    """Names of the dimensions that the rows are split by, in the order asked for."""
    return tuple(dict.fromkeys(name for row in answer.rows for name in row.dims))


def empty(answer: KpiResult) -> bool:
    """Whether no row has a value."""
    return all(row.value is None for row in answer.rows)


def statistic(row: KpiRow) -> str:
    """What `value` is: the headline of a duration is its median."""
    return "value" if row.median is None else "median"
