"""Cost, growth and product by hand: outside numbers beside the desk's own."""

from datetime import date

import pytest

from support.marts import engine, fact

JUNE = {"start": date(2025, 6, 1), "end": date(2025, 6, 30)}


def the_row(result):
    (row,) = result.rows
    return row


def measured(name, *values, **more):
    return [
        fact(measurement_id=f"{name}{number}", name=name, value=value, day_at="2025-06-02T00:00",
             **more)
        for number, value in enumerate(values)
    ]  # fmt: skip


def order(number, net=10.0, **more):
    return fact(order_id=str(number), placed_at="2025-06-02T10:00", net=net, currency="EUR", **more)


def subscription(number, mrr, start, end=None, **more):
    return fact(subscription_id=str(number), mrr=mrr, started_at=start, ended_at=end,
                **{"currency": "EUR"} | more)  # fmt: skip


def used(customer, day, sessions, actions, **more):
    return fact(usage_id=f"{customer}{day}", customer_id=customer, day_at=f"2025-06-0{day}",
                sessions=sessions, actions=actions, **{"active": True} | more)  # fmt: skip


TABLES = {
    "measurements": [
        *measured("support_cost", 300.0, 100.0),
        *measured("training_spend", 900.0),
        *measured("training_hours", 30.0),
        *measured("headcount", 10.0, 20.0),
        *measured("paid_hours", 4.0),
        *measured("available_hours", 2.0),
        *measured("visits", 40.0),
        *measured("referrals", 1.0),
        *measured("kb_views", 70.0, 10.0),
        *measured("kb_visitors", 8.0),
        *measured("mentions", 6.0, sentiment="positive"),
        *measured("mentions", 2.0, sentiment="negative"),
        *measured("mentions", 5.0),
        *measured("visits", 1000.0, counted=False),
    ],
    "interactions": [
        fact(interaction_id="1", channel="voice", outcome="answered", handle_s=3600.0,
             started_at="2025-06-02T10:00"),
    ],
    "tickets": [
        fact(ticket_id=str(n), created_at="2025-06-02T10:00", resolved_at="2025-06-02T11:00",
             customer_id=f"c{n % 2}", initiated_by="customer")
        for n in range(4)
    ],
    "orders": [order(1), order(2, 30.0), order(3, 0.0, cancelled_at="2025-06-03T00:00")],
    "subscriptions": [
        subscription(1, 50.0, "2025-05-01"),
        subscription(2, 20.0, "2025-05-01", "2025-06-10"),
        subscription(3, 80.0, "2025-06-05"),
        subscription(4, None, "2025-06-05"),
        subscription(5, 99.0, "2025-05-01", counted=False),
    ],
    "accounts": [
        fact(account_id="1", created_at="2025-05-01"),
        fact(account_id="2", created_at="2025-06-03", churned_at="2025-06-20"),
        fact(account_id="3", created_at="2025-06-03"),
    ],
    "customers": [fact(customer_id=str(n), created_at="2025-06-03") for n in range(4)],
    "usage": [
        used("a", 2, 2, 6), used("a", 3, 1, 2), used("b", 3, 1, 4),
        used("c", 3, 0, 0, active=False),
    ],
}  # fmt: skip


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    opened = engine(tmp_path_factory.mktemp("mart"), **TABLES)
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("kpi", "value"),
    [
        ("support_cost", 400),
        ("training_spend", 900),
        ("training_hours", 30),
        ("paid_hours", 4),
        ("available_hours", 2),
        ("headcount", 15),
        ("handled_hours", 1),
        ("cost_per_contact", 100),
        ("training_per_employee", 60),
        ("training_hours_per_employee", 2),
        ("occupancy", 0.5),
        ("utilisation", 0.25),
        ("orders", 2),
        ("net_sales", 40),
        ("visits", 40),
        ("conversion_rate", 0.05),
        ("contact_rate", 2),
        ("referrals", 1),
        ("referral_rate", 0.25),
        ("kb_views", 80),
        ("kb_visitors", 8),
        ("self_service_ratio", 4),
        ("mentions", 13),
        ("negative_mention_rate", 0.25),
        ("active_users", 2),
        ("sessions", 4),
        ("actions", 12),
        ("actions_per_user", 6),
        ("activation_by_sessions", 1 / 3),
        ("mrr", 130),
        ("new_mrr", 80),
        ("lost_mrr", 20),
        ("active_subscriptions", 3),
        ("active_accounts", 2),
        ("new_accounts", 2),
        ("churned_accounts", 1),
        ("new_customers", 4),
    ],
)
def test_june(desk, kpi, value):
    assert the_row(desk.compute(kpi, **JUNE)).value == pytest.approx(value)


@pytest.mark.parametrize(
    "kpi",
    [
        "support_cost", "training_spend", "training_hours", "paid_hours", "available_hours",
        "headcount", "handled_hours", "cost_per_contact", "training_per_employee",
        "training_hours_per_employee", "occupancy", "utilisation", "net_sales", "conversion_rate",
        "contact_rate", "referral_rate", "self_service_ratio", "negative_mention_rate",
        "actions_per_user", "activation_by_sessions", "new_mrr", "lost_mrr",
    ],
)  # fmt: skip
def test_nothing_measured_is_no_figure(tmp_path, kpi):
    assert the_row(engine(tmp_path).compute(kpi, **JUNE)).value is None


def test_sales_without_visits_and_tickets_without_orders_are_no_rate(tmp_path):
    desk = engine(tmp_path, orders=[order(1)], measurements=measured("visits", 0.0))
    assert the_row(desk.compute("conversion_rate")).value is None
    desk.close()
    desk = engine(tmp_path, tickets=TABLES["tickets"])
    assert the_row(desk.compute("contact_rate")).value is None


def test_the_published_conversion(tmp_path):
    desk = engine(
        tmp_path,
        orders=[order(number) for number in range(40)],
        measurements=measured("visits", 2000.0),
    )
    assert the_row(desk.compute("conversion_rate")).value == 0.02


def test_mrr_by_month_and_currencies_are_not_added_up(tmp_path, desk):
    months = {"every": "month", "start": date(2025, 5, 1), "end": date(2025, 6, 30)}
    assert [row.value for row in desk.compute("mrr", **months).rows] == [70, 130]
    mixed = engine(
        tmp_path,
        subscriptions=[
            subscription(1, 50.0, "2025-05-01"),
            subscription(2, 20.0, "2025-05-01", currency="USD"),
        ],
    )
    for kpi in ("mrr", "new_mrr"):
        told = mixed.compute(kpi, **JUNE)
        assert told.rows[0].value is None
        assert "would add up EUR and USD: ask --by currency" in told.note
        assert told.to_json()["note"] == told.note
    assert mixed.compute("active_subscriptions", **JUNE).rows[0].value == 2  # the others go on
    by = {row.dims["currency"]: row.value for row in mixed.compute("mrr", ["currency"]).rows}
    assert by == {"EUR": 50, "USD": 20}


def test_active_users_by_day(desk):
    days = desk.compute("active_users", every="day", start=date(2025, 6, 2), end=date(2025, 6, 3))
    assert [row.value for row in days.rows] == [1, 2]


def test_mentions_and_views_have_their_own_dimensions(desk):
    by = {row.dims["sentiment"]: row.value for row in desk.compute("mentions", ["sentiment"]).rows}
    assert by == {"positive": 6, "negative": 2, None: 5}
    assert {"article", "article_group"} <= set(desk.dimensions("kb_views"))
    assert "network" in desk.dimensions("mentions")
