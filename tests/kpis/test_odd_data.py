"""Bad input: nothing, very little, very much, wrong clocks, no zone, no hours, several currencies."""

from datetime import UTC, date, datetime

import polars as pl
import pytest

from deskpulse.calendars import Calendar
from deskpulse.errors import ConfigError
from deskpulse_reports.facts.schema import TABLES
from deskpulse_reports.kpis.asked import only_now
from deskpulse_reports.kpis.builtin import BUILTIN
from deskpulse_reports.kpis.builtin.analyses import ANALYSES
from deskpulse_reports.kpis.catalog import Catalog
from deskpulse_reports.kpis.engine import Asked, Desk, KpiEngine
from deskpulse_reports.kpis.session import Snapshot
from deskpulse_reports.kpis.spec import Ratio, Stock
from support.marts import engine, fact
from support.random_marts import tables

LONG_AGO = {"start": date(1999, 1, 1), "end": date(1999, 1, 31)}
ONE = fact(ticket_id="1", created_at="2025-06-02T09:00", status="open")
NOTHING = {"seconds", "ratio", "score", "money"}


@pytest.mark.parametrize("every", [None, "day", "week"])
@pytest.mark.parametrize("rows", [{}, {"tickets": [ONE]}, tables(1)], ids=["none", "one", "many"])
def test_a_window_before_any_data_is_0_or_no_data(tmp_path, rows, every):
    desk = engine(tmp_path, **rows)
    past = [spec for spec in BUILTIN if not (every and only_now(spec))]
    asked = [Asked(spec.id, every=every, **LONG_AGO) for spec in past]
    for spec, result in zip(past, desk.compute_many(asked), strict=True):
        if only_now(spec):
            continue
        for row in result.rows:
            assert row.n == 0, spec.id
            unknown = spec.unit in NOTHING and not isinstance(spec, Stock)
            assert row.value is None if unknown else not row.value, spec.id
            assert (row.low, row.high, row.mean, row.p25) == (None,) * 4


def test_one_ticket_is_enough_for_every_row(tmp_path):
    desk = engine(tmp_path, specs=ANALYSES, tickets=[ONE])
    for spec in BUILTIN:
        (row,) = desk.compute(spec.id).rows
        assert row.value is None or row.value >= 0, spec.id
    for spec in ANALYSES:
        desk.analyse(spec.id)


def test_a_dimension_of_a_million_values_is_refused_and_a_total_is_not(tmp_path):
    many = 1_000_000
    schema = TABLES["tickets"]
    frame = pl.select(
        source=pl.lit("desk"), ticket_id=pl.int_range(many).cast(pl.String),
        customer_id=pl.int_range(many).cast(pl.String), counted=pl.lit(value=True),
        created_at=pl.lit(1_748_854_800_000_000, pl.Int64),
    )  # fmt: skip
    rest = [pl.lit(None, kind).alias(name) for name, kind in schema.items() if name not in frame]
    path = tmp_path / "tickets.parquet"
    frame.with_columns(rest).select(list(schema)).write_parquet(path)
    mart = Snapshot({"tickets": f"SELECT * FROM read_parquet('{path}')"}, [str(path)])
    desk = KpiEngine(mart, Catalog(BUILTIN), Desk("UTC", datetime(2025, 7, 1, tzinfo=UTC)))
    with pytest.raises(ConfigError, match="submissions by customer has more than 250,000 rows"):
        desk.compute("submissions", ["customer"])
    assert desk.compute("submissions").rows[0].value == many
    assert desk.compute("requesters").rows[0].value == many


@pytest.mark.parametrize("odd", [-60.0, float("nan"), float("inf"), float("-inf")])
@pytest.mark.parametrize("kpi", ["first_reply_time", "full_resolution_time", "chat_wait_time"])
def test_what_no_clock_can_show_is_in_no_figure(tmp_path, kpi, odd):
    def rows(*seconds):
        for number, value in enumerate(seconds):
            yield fact(ticket_id=str(number), created_at="2025-06-02T09:00", first_reply_s=value,
                       full_resolution_s=value, first_reply_at="2025-06-02T10:00",
                       resolved_at="2025-06-02T10:00")  # fmt: skip

    def chats(*seconds):
        for number, value in enumerate(seconds):
            yield fact(interaction_id=str(number), channel="chat", outcome="answered",
                       wait_s=value, started_at="2025-06-02T10:00")  # fmt: skip

    values = (60.0, 120.0, odd)
    desk = engine(tmp_path, tickets=[*rows(*values)], interactions=[*chats(*values)])
    (row,) = desk.compute(kpi).rows
    assert (row.n, row.mean, row.median, row.p90) == (2, 90.0, 90.0, 114.0)


@pytest.mark.parametrize("zone", ["Mars/Base", "", "Europe/Berln", "../etc/passwd"])
def test_an_unknown_zone(tmp_path, zone):
    with pytest.raises(ConfigError, match="no time zone"):
        engine(tmp_path, zone)


def test_a_calendar_without_hours():
    with pytest.raises(ConfigError, match="hours"):
        Calendar("empty", "UTC", {})


def test_several_currencies_spoil_only_their_own_figures(tmp_path):
    def order(number, **more):
        return fact(order_id=str(number), placed_at="2025-06-02T09:00", net=10.0, **more)

    orders = [order(1, currency="EUR"), order(2, currency="USD")]
    cost = [
        fact(measurement_id=unit, name="support_cost", value=5.0, unit=unit,
             day_at="2025-06-02T00:00") for unit in ("EUR", "USD")
    ]  # fmt: skip
    desk = engine(tmp_path, orders=orders, measurements=cost)
    asked = [Asked("net_sales"), Asked("orders"), Asked("support_cost"), Asked("cost_per_contact")]
    sales, count, support, per = desk.compute_many(asked)
    assert count.rows[0].value == 2
    for one in (sales, support, per):
        assert one.rows[0].value is None
        assert "would add up EUR and USD" in one.note
    by = {row.dims["currency"]: row.value for row in desk.compute("net_sales", ["currency"]).rows}
    assert by == {"EUR": 10.0, "USD": 10.0}
    by = {row.dims["unit"]: row.value for row in desk.compute("support_cost", ["unit"]).rows}
    assert by == {"EUR": 5.0, "USD": 5.0}
    unsaid = engine(tmp_path, orders=[order(1, currency="EUR"), order(2)]).compute("net_sales")
    assert "EUR and money of no currency" in unsaid.note


def test_a_comparison_of_mixed_money_is_no_data(tmp_path):
    orders = [
        fact(order_id=name, placed_at="2025-06-02T09:00", net=1.0, currency=name)
        for name in ("EUR", "USD")
    ]
    (row,) = (
        engine(tmp_path, orders=orders)
        .compute("net_sales", start=date(2025, 6, 2), end=date(2025, 6, 2), versus="previous")
        .rows
    )
    assert row.value is None
    assert row.change is None or row.change.absolute is None


@pytest.mark.parametrize(
    "kpi", [spec.id for spec in BUILTIN if isinstance(spec, Ratio)]
)  # fmt: skip
def test_nothing_below_the_line_is_no_data(tmp_path, kpi):
    for day in engine(tmp_path, **tables(1)).compute(
        kpi, every="day", start=date(2025, 2, 20), end=date(2025, 3, 25)
    ).rows:  # fmt: skip
        assert day.value is None or day.n or day.value == 0
        assert day.value is None or abs(day.value) != float("inf")
