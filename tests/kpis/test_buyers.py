"""Who comes back, who stays away, and how much those ask who buy, by hand."""

from datetime import UTC, date, datetime

import pytest

from deskpulse_reports.kpis.builtin.analyses import ANALYSES
from support.marts import engine, fact


def ask(folder, kpi, now=datetime(2025, 7, 1, tzinfo=UTC), asked=None, **facts):
    desk = engine(folder, now=now, specs=ANALYSES, **facts)
    found = desk.analyse(kpi, (), **asked or {})
    desk.close()
    return [dict(zip(found.columns, row, strict=True)) for row in found.rows]


def order(customer, day, **more):
    known = {"source": "shop", "customer_id": customer, "placed_at": f"2025-{day}T12:00"}
    values = {"net": 10.0, "currency": "EUR"}
    return fact(order_id=f"{customer}-{day}", **known | values | more)


def test_repeat_and_lapsed_customers(tmp_path):
    orders = [
        order("a", "01-10"), order("a", "02-05"), order("a", "02-20"),
        order("b", "01-20"),
        order("c", "02-01"), order("c", "02-02", cancelled_at="2025-02-03T00:00"),
        order(None, "02-04"),
    ]  # fmt: skip
    rows = ask(tmp_path, "repeat_customers", asked={"parameters": {"days": 30}}, orders=orders)
    january, february = rows
    assert january["period"].startswith("2025-01")
    assert [january[name] for name in ("customers", "first_time", "repeat", "orders")] == [
        2,
        2,
        0,
        2,
    ]
    assert (january["active_at_start"], january["lapsed"], january["churn_rate"]) == (0, 0, None)
    assert [february[name] for name in ("customers", "first_time", "repeat", "orders")] == [
        2,
        1,
        1,
        3,
    ]
    assert february["repeat_rate"] == 0.5
    assert february["active_at_start"] == 2
    assert (february["lapsed"], february["churn_rate"]) == (1, 0.5), "b: 20 January and 30 days"


def test_nobody_bought(tmp_path):
    assert ask(tmp_path, "repeat_customers") == []
    assert ask(tmp_path, "contacts_by_customer") == []


FEBRUARY = {"start": date(2025, 2, 1), "end": date(2025, 2, 28)}


def test_contacts_of_those_who_buy_are_found_by_address(tmp_path):
    rows = ask(
        tmp_path, "contacts_by_customer", asked=FEBRUARY,
        orders=[
            order("1", "02-01"), order("1", "02-10", net=5.0), order("1", "01-10"),
            order("2", "02-01", net=99.0), order("3", "02-02"),
            order("3", "02-03", currency="USD"),
        ],
        customers=[
            fact(source="shop", customer_id="1", person="p1"),
            fact(source="shop", customer_id="2", person="p2"),
            fact(source="shop", customer_id="3"),
            fact(source="desk", customer_id="77", person="p1"),
            fact(source="chat", customer_id="88", person="p1"),
            fact(source="desk", customer_id="3"),
        ],
        tickets=[
            fact(source="desk", ticket_id="1", customer_id="77", created_at="2025-02-03T00:00"),
            fact(source="desk", ticket_id="2", customer_id="77", created_at="2025-03-03T00:00"),
            fact(source="chat", ticket_id="1", customer_id="88", created_at="2025-02-04T00:00"),
            fact(source="desk", ticket_id="3", customer_id="3", created_at="2025-02-04T00:00"),
        ],
    )  # fmt: skip
    found = {row["customer"]: row for row in rows}
    assert list(found) == ["1", "2", "3"]
    assert [found["1"][name] for name in ("orders", "net", "tickets")] == [2, 15.0, 2]
    assert found["1"]["contact_rate"] == 1.0
    assert (found["2"]["tickets"], found["2"]["contact_rate"]) == (0, 0.0)
    assert found["3"]["tickets"] == 0, "the same id in another source is somebody else"
    assert (found["3"]["net"], found["3"]["currency"]) == (None, None), "currencies never add up"


def test_a_ticket_without_account_counts_for_what_its_requester_is_worth(tmp_path):
    rows = ask(
        tmp_path, "account_summary", asked=FEBRUARY,
        tickets=[
            fact(source="desk", ticket_id="1", customer_id="77", created_at="2025-02-03T00:00"),
            fact(source="desk", ticket_id="2", customer_id="77", created_at="2025-02-03T00:00",
                 account_id="org"),
            fact(source="desk", ticket_id="3", customer_id="78", created_at="2025-02-03T00:00"),
        ],
        customers=[
            fact(source="desk", customer_id="77", person="p1"),
            fact(source="shop", customer_id="1", person="p1", account_id="1"),
            fact(source="old-shop", customer_id="1", person="p1", account_id="1"),
        ],
        accounts=[
            fact(source="shop", account_id="1", value=500.0, currency="EUR"),
            fact(source="old-shop", account_id="1", value=5.0, currency="EUR"),
        ],
        surveys=[
            fact(source="desk", survey_id="1", ticket_id="1", survey="csat", good=True,
                 answered_at="2025-02-05T00:00")
        ],
    )  # fmt: skip
    found = {(row["source"], row["account"]): row for row in rows}
    assert set(found) == {("shop", "1"), ("desk", "org"), ("desk", None)}
    shopper = found["shop", "1"]
    assert (shopper["tickets"], shopper["value"], shopper["csat"]) == (1, 500.0, 1.0)
    assert shopper["density"] == pytest.approx(2.0)
