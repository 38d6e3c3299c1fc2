"""Customers lost and kept, by period, with both churn rates in use named."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from deskpulse_reports.kpis import buckets
from deskpulse_reports.kpis.spec import Table, Unit
from deskpulse_reports.kpis.study import Study

COLUMNS = (
    "period", "customers_at_start", "new", "lost", "customers_at_end", "churn_rate",
    "churn_rate_with_new", "retention_rate", "mrr_at_start", "mrr_lost", "mrr_churn_rate",
)  # fmt: skip
_UNITS: dict[str, Unit] = {
    "churn_rate": "ratio", "churn_rate_with_new": "ratio", "retention_rate": "ratio",
    "mrr_at_start": "money", "mrr_lost": "money", "mrr_churn_rate": "ratio",
}  # fmt: skip
_PAYING = """
    SELECT source, COALESCE(account_id, customer_id), started_at, ended_at, mrr, currency
    FROM subscriptions
    WHERE counted AND mrr > 0 AND started_at IS NOT NULL
      AND COALESCE(account_id, customer_id) IS NOT NULL
"""
Span = tuple[str, str, int, int | None, float, str | None]
Payers = Mapping[tuple[str, str], float]


def churn(study: Study) -> Table:
    """One row a period (month unless asked otherwise); the running one ends at the present.

    A customer is an account, or a customer without one, with a paying subscription. `churn_rate`
    is of those at the start who are gone at the end; `churn_rate_with_new` also counts who came and
    went within the period, over those at the start and all who came. Both, and `retention_rate`,
    are null without anybody below the line. MRR is null where currencies mix. Without any paying
    subscription in all time there are no rows.
    """
    spans: list[Span] = [tuple(row) for row in study.rows(_PAYING)]
    if not spans:
        return Table(columns=COLUMNS, rows=(), units=_UNITS)
    single = len({span[-1] for span in spans}) <= 1
    rows = [_row(label, spans, (since, until), single=single)
            for label, since, until in _periods(study, spans)]  # fmt: skip
    return Table(columns=COLUMNS, rows=tuple(rows), units=_UNITS)


def _row(
    label: str, spans: Sequence[Span], edges: tuple[int, int], *, single: bool
) -> tuple[object, ...]:
    since, until = edges
    before, after = _paying(spans, since), _paying(spans, until)
    came = {span[:2] for span in spans if since <= span[2] < until} - before.keys()
    lost = before.keys() - after.keys()
    gone = lost | (came - after.keys())
    start, mrr = len(before), sum(before.values())
    mrr_lost = sum(before[one] for one in lost)
    return (
        label,
        start,
        len(came & after.keys()),
        len(lost),
        len(after),
        _share(len(lost), start),
        _share(len(gone), start + len(came)),
        _share(start - len(lost), start),
        mrr if single else None,
        mrr_lost if single else None,
        _share(mrr_lost, mrr) if single else None,
    )


def _paying(spans: Iterable[Span], instant: int) -> Payers:
    """Who pays at an instant, a start at it not included: (source, customer) -> MRR."""
    found: dict[tuple[str, str], float] = defaultdict(float)
    for source, customer, start, end, mrr, _ in spans:
        if start < instant and (end is None or end >= instant):
            found[source, customer] += mrr
    return found


def _share(part: float, whole: float) -> float | None:
    return part / whole if whole else None


def _periods(study: Study, spans: Iterable[Span]) -> Iterator[tuple[str, int, int]]:
    every = study.every or "month"
    begun = min((span[2] for span in spans), default=study.now)
    first = study.first.toordinal() if study.first else buckets.day_of(begun, study.zone)
    last = min(study.last or study.today, study.today).toordinal()
    for number in buckets.between(first, last, every, study.week_start, study.zone):
        since, until = (
            buckets.instant_of(buckets.start_of(one, every, study.week_start), study.zone)
            for one in (number, number + 1)
        )
        yield study.label(number, every), since, min(until, study.now)
