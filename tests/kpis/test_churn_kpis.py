"""Churn, retention and their money by hand, and against the analysis that walks every customer."""

import random
from datetime import date

import pytest

from deskpulse_reports.kpis.builtin.analyses import ANALYSES
from support.marts import at, engine, fact

JUNE = {"start": date(2025, 6, 1), "end": date(2025, 6, 30)}


def paying(number, begun, ended=None, mrr=10.0, **more):
    return fact(subscription_id=str(number), started_at=begun, ended_at=ended, mrr=mrr,
                **{"account_id": f"a{number}", "currency": "EUR"} | more)  # fmt: skip


def value(desk, kpi, **asked):
    (row,) = desk.compute(kpi, **asked or JUNE).rows
    return row.value


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    rows = [
        paying(1, "2025-05-01"),
        paying(2, "2025-05-01", "2025-06-10", mrr=30.0),
        paying(3, "2025-05-01", "2025-06-15"),  # changes plan: loses nobody
        paying("3b", "2025-06-15", account_id="a3", mrr=40.0),
        paying(4, "2025-06-05"),
        paying(5, "2025-06-05", "2025-06-20", account_id=None, customer_id="c5"),
        paying(6, "2025-05-01", mrr=0.0),
        paying(7, "2025-05-01", "2025-06-02", counted=False),
        paying(8, "2025-04-01", "2025-05-20"),
    ]
    opened = engine(tmp_path_factory.mktemp("mart"), specs=ANALYSES, subscriptions=rows)
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("kpi", "expected"),
    [
        ("customers_at_start", 3),
        ("paying_customers", 3),
        ("customers_seen", 5),
        ("lost_customers", 1),
        ("left_customers", 2),
        ("churn_rate", 1 / 3),
        ("churn_rate_with_new", 2 / 5),
        ("retention_rate", 2 / 3),
        ("mrr_at_start", 50.0),
        ("lost_customer_mrr", 30.0),
        ("mrr_churn_rate", 0.6),
    ],
)
def test_june_by_hand(desk, kpi, expected):
    assert value(desk, kpi) == pytest.approx(expected)
    (row,) = desk.compute(kpi, every="month", **JUNE).rows
    assert row.value == pytest.approx(expected), "a month asked for by itself"


def test_both_rates_are_named_and_say_how_sure_they_are(desk):
    (kept,) = desk.compute("retention_rate", **JUNE).rows
    (lost,) = desk.compute("churn_rate", **JUNE).rows
    assert (kept.n, lost.n) == (3, 3)
    assert kept.low == pytest.approx(1 - lost.high)
    assert kept.high == pytest.approx(1 - lost.low)


def test_the_published_retention(tmp_path):
    rows = [
        *(paying(f"s{n}", "2025-05-01", "2025-06-10" if n < 20 else None) for n in range(250)),
        *(paying(f"n{n}", "2025-06-10") for n in range(40)),
    ]
    desk = engine(tmp_path, subscriptions=rows)
    assert value(desk, "paying_customers") == 270
    assert value(desk, "retention_rate") == pytest.approx(0.92)
    assert value(desk, "churn_rate") == pytest.approx(0.08)
    assert value(desk, "churn_rate_with_new") == pytest.approx(20 / 290)


def test_nobody_there_is_no_rate(tmp_path):
    desk = engine(tmp_path, subscriptions=[paying(1, "2025-06-10")])
    for kpi in ("churn_rate", "retention_rate", "mrr_churn_rate"):
        assert value(desk, kpi) is None
    assert value(desk, "churn_rate_with_new") == 0
    assert value(desk, "customers_at_start") == 0


def test_the_first_month_has_no_month_before(desk):
    first = desk.compute("customers_at_start", every="month", **JUNE).rows[0]
    assert first.previous is None
    months = {"start": date(2025, 5, 1), "end": date(2025, 6, 30)}
    later = desk.compute("customers_at_start", every="month", **months).rows[1]
    assert later.previous == 1  # number 8 began the May


def test_currencies_are_not_mixed(tmp_path):
    rows = [paying(1, "2025-05-01", "2025-06-10"), paying(2, "2025-05-01", currency="USD")]
    desk = engine(tmp_path, subscriptions=rows)
    told = desk.compute("mrr_churn_rate", **JUNE)
    assert told.rows[0].value is None
    assert "mrr_at_start would add up EUR and USD" in told.note
    by = {
        r.dims["currency"]: r.value
        for r in desk.compute("mrr_churn_rate", ["currency"], **JUNE).rows
    }
    assert by == {"EUR": 1.0, "USD": 0}
    assert value(desk, "churn_rate") == 0.5


def test_the_cases_are_as_many_as_the_value(desk):
    for kpi in ("customers_at_start", "customers_seen", "lost_customers", "left_customers"):
        assert desk.cases(kpi, **JUNE).total == value(desk, kpi), kpi
    lost = desk.cases("lost_customers", every="month", **JUNE)
    assert [case.bucket for case in lost.rows] == ["2025-06-01"]


@pytest.mark.parametrize("seed", range(6))
def test_the_rates_are_those_of_the_analysis(tmp_path, seed):
    dice = random.Random(seed)
    rows = []
    for number in range(60):
        begun = at("2025-03-02T00:00") + dice.randrange(100 * 24) * 3_600_000_000
        ended = begun + dice.randrange(24, 60 * 24) * 3_600_000_000
        rows.append(paying(number, begun, ended if dice.random() < 0.6 else None))
    desk = engine(tmp_path, "America/New_York", specs=ANALYSES, subscriptions=rows)
    months = {"start": date(2025, 3, 1), "end": date(2025, 6, 30), "every": "month"}
    table = desk.analyse("churn", **months)
    columns = {
        "customers_at_start": "customers_at_start", "lost": "lost_customers",
        "customers_at_end": "paying_customers", "churn_rate": "churn_rate",
        "churn_rate_with_new": "churn_rate_with_new", "retention_rate": "retention_rate",
        "mrr_at_start": "mrr_at_start", "mrr_churn_rate": "mrr_churn_rate",
    }  # fmt: skip
    for column, kpi in columns.items():
        place = table.columns.index(column)
        expected = [row[place] for row in table.rows]
        found = [row.value for row in desk.compute(kpi, **months).rows]
        assert found == pytest.approx(expected), kpi


def test_a_desk_without_subscriptions_has_no_churn_to_show(tmp_path):
    """Zeros would say that nobody left; nobody knows."""
    free = paying(1, "2025-06-01", mrr=0.0)
    for rows in ([], [free]):
        desk = engine(tmp_path, specs=ANALYSES, subscriptions=rows)
        assert desk.analyse("churn", start=JUNE["start"], end=JUNE["end"]).rows == ()
        desk.close()
