"""What must hold for every KPI whatever the data."""

import random
from datetime import date, datetime, timedelta

import pytest

from deskpulse_reports.kpis.builtin import BUILTIN
from deskpulse_reports.kpis.engine import Asked
from deskpulse_reports.kpis.spec import Ratio, Stock
from support.marts import engine
from support.random_marts import tables

ZONE = "America/New_York"
DISTINCT = {spec.id for spec in BUILTIN if "distinct" in getattr(spec, "value", "")}
SUMS = {
    spec.id
    for spec in BUILTIN
    if getattr(spec, "value", "").startswith("sum(") and spec.unit != "ratio"
} | {spec.id for spec in BUILTIN if isinstance(spec, Stock) and not spec.age}
COUNTS = [
    spec.id
    for spec in BUILTIN
    if spec.id not in DISTINCT and (spec.unit == "count" or spec.id in SUMS)
]
RATIOS = [spec for spec in BUILTIN if isinstance(spec, Ratio)]
_ELSEWHERE = {*COUNTS, *DISTINCT, *(spec.id for spec in RATIOS)}
OTHERS = [spec.id for spec in BUILTIN if spec.id not in _ELSEWHERE]
BY_ID = {spec.id: spec for spec in BUILTIN}


def of_those_there(spec):
    """Whether it counts only what was there when the period began: no sum over periods."""
    if isinstance(spec, Ratio):
        return any(of_those_there(BY_ID[part]) for part in (spec.numerator, spec.denominator))
    return getattr(spec, "stands", "end") != "end" or bool(getattr(spec, "before", ""))


FLOWS = [spec.id for spec in BUILTIN if not isinstance(spec, Stock) and not of_those_there(spec)]
THERE = [spec.id for spec in BUILTIN if of_those_there(spec)]
LATER = {"start": date(2025, 3, 10), "end": date(2025, 3, 25)}


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    opened = engine(tmp_path_factory.mktemp("mart"), ZONE, **tables(1))
    yield opened
    opened.close()


@pytest.mark.parametrize("kpi", COUNTS)
@pytest.mark.parametrize("dimension", ["channel", "team"])
def test_the_parts_of_a_count_add_up(desk, kpi, dimension):
    by = [name for name in (dimension, "customer", "source") if name in desk.dimensions(kpi)][:1]
    asked = LATER if kpi in THERE else {}
    (total,) = desk.compute(kpi, **asked).rows
    parts = desk.compute(kpi, by, **asked).rows
    assert total.value > 0
    assert sum(row.value or 0 for row in parts) == pytest.approx(total.value)


@pytest.mark.parametrize("kpi", sorted(DISTINCT))
def test_the_parts_of_a_distinct_count_cover_it(desk, kpi):
    (total,) = desk.compute(kpi).rows
    parts = desk.compute(kpi, every="day").rows
    assert max(row.value for row in parts) <= total.value <= sum(row.value for row in parts)


@pytest.mark.parametrize("every", ["hour", "day", "week", "month"])
def test_the_buckets_of_a_flow_add_up(desk, every):
    totals = desk.compute_many([Asked(kpi) for kpi in FLOWS])
    split = desk.compute_many([Asked(kpi, every=every) for kpi in FLOWS])
    for whole, parts in zip(totals, split, strict=True):
        (total,) = whole.rows
        assert total.n > 0, whole.kpi
        assert sum(row.n for row in parts.rows) == total.n, whole.kpi


@pytest.mark.parametrize("spec", RATIOS, ids=lambda spec: spec.id)
def test_a_ratio_is_what_is_above_by_what_is_below(desk, spec):
    window = {"start": date(2025, 2, 20), "end": date(2025, 3, 25)}
    parts = (spec.id, spec.numerator, spec.denominator)
    (ratio, above, below) = (desk.compute(kpi, **window).rows[0] for kpi in parts)
    share = (above.value or 0) / below.value
    assert ratio.value == pytest.approx(1 - share if spec.rest else share)
    assert ratio.n == below.n


@pytest.mark.parametrize("kpi", OTHERS)
def test_the_n_of_the_parts_add_up_and_the_whole_lies_between_them(desk, kpi):
    (total,) = desk.compute(kpi).rows
    by = [name for name in ("channel", "source") if name in desk.dimensions(kpi)][:1]
    parts = [row for row in desk.compute(kpi, by).rows if row.n]
    assert sum(row.n for row in parts) == total.n
    figures = [row.value if row.mean is None else row.mean for row in parts]
    whole = total.value if total.mean is None else total.mean
    assert min(figures) - 1e-6 <= whole <= max(figures) + 1e-6


@pytest.mark.parametrize("kpi", [*FLOWS, "backlog"])
def test_a_bucket_asked_for_alone_says_the_same(desk, kpi):
    rows = desk.compute(kpi, every="day").rows
    busiest = max(rows, key=lambda row: row.n)
    day = datetime.fromisoformat(busiest.bucket).date()
    (alone,) = desk.compute(kpi, start=day, end=day).rows
    assert alone.n > 0
    for name in ("value", "n", "mean", "median", "p25", "p75", "p90", "low", "high", "previous"):
        assert getattr(alone, name) == pytest.approx(getattr(busiest, name)), name


@pytest.mark.parametrize("kpi", THERE)
def test_who_was_there_is_the_same_by_buckets(desk, kpi):
    for row in desk.compute(kpi, every="week", start=date(2025, 3, 3), end=date(2025, 3, 23)).rows:
        monday = datetime.fromisoformat(row.bucket).date()
        (alone,) = desk.compute(kpi, start=monday, end=monday + timedelta(days=6)).rows
        assert (alone.n, alone.value) == (row.n, pytest.approx(row.value))


@pytest.mark.parametrize("seed", [2, 3])
def test_the_order_of_rows_does_not_matter(tmp_path, seed):
    rows = tables(seed)
    shuffled = {name: random.Random(seed).sample(own, len(own)) for name, own in rows.items()}
    answers = []
    for name, facts in (("a", rows), ("b", shuffled)):
        (tmp_path / name).mkdir()
        desk = engine(tmp_path / name, ZONE, **facts)
        answers.append([desk.compute(spec.id, ["source"]) for spec in BUILTIN])
    for one, other in zip(*answers, strict=True):
        assert len(one.rows) == len(other.rows)
        for row, twin in zip(one.rows, other.rows, strict=True):
            assert (row.dims, row.n) == (twin.dims, twin.n)
            assert row.value == pytest.approx(twin.value, nan_ok=False)


def test_tickets_that_do_not_count_change_nothing(tmp_path, desk):
    rows = tables(1)
    for name, own in tables(9).items():
        rows[name] += [row | {"source": "gone", "counted": False} for row in own]
    crowded = engine(tmp_path, ZONE, **rows)
    for spec in BUILTIN:
        if getattr(spec, "include_removed", False):
            continue  # backlog and its flows count a ticket until it went
        by = [name for name in ("team", "source") if name in desk.dimensions(spec.id)][:1]
        assert crowded.compute(spec.id, by).rows == desk.compute(spec.id, by).rows, spec.id
    crowded.close()
