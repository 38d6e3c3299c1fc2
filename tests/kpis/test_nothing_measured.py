"""No data is null and never 0: records that a desk does not keep, days that nobody measured."""

from datetime import date

import pytest

from deskpulse_reports.kpis.builtin import BUILTIN
from deskpulse_reports.kpis.spec import Measure, Ratio, Stock
from deskpulse_reports.kpis.tables import OUTSIDE
from support.marts import engine, fact

DAYS = {"every": "day", "start": date(2025, 6, 2), "end": date(2025, 6, 3)}
TICKET = fact(
    ticket_id="1", customer_id="c", created_at="2025-06-02T09:00", resolved_at="2025-06-02T10:00"
)
COUNTED = [
    spec.id
    for spec in BUILTIN
    if not isinstance(spec, Ratio) and spec.unit == "count" and spec.table in OUTSIDE
]


def values(result):
    return [row.value for row in result.rows]


def measured(name, day, value):
    return fact(measurement_id=f"{name}{day}", name=name, day_at=f"2025-06-0{day}", value=value)


def test_the_list_below_is_of_several_tables():
    assert {"calls_offered", "orders", "paying_customers", "active_users", "visits"} <= {*COUNTED}


@pytest.mark.parametrize("kpi", COUNTED)
def test_a_desk_without_such_records_has_no_count_of_them(tmp_path, kpi):
    assert set(values(engine(tmp_path, tickets=[TICKET]).compute(kpi, **DAYS))) == {None}


def test_a_quiet_day_of_records_that_are_kept_is_0(tmp_path):
    call = fact(interaction_id="1", channel="voice", outcome="answered", started_at="2025-06-02")
    desk = engine(tmp_path, interactions=[call])
    assert values(desk.compute("calls_offered", **DAYS)) == [1, 0]
    assert values(desk.compute("chats_offered", **DAYS)) == [0, 0]


def test_only_cancelled_orders_are_0_orders(tmp_path):
    order = fact(order_id="1", placed_at="2025-06-02", cancelled_at="2025-06-03")
    desk = engine(tmp_path, orders=[order], measurements=[measured("visits", 2, 10.0)])
    assert values(desk.compute("orders", **DAYS)) == [0, 0]
    assert values(desk.compute("conversion_rate", **DAYS)) == [0, None]


def test_visits_without_a_shop_do_not_convert_to_0(tmp_path):
    desk = engine(tmp_path, measurements=[measured("visits", 2, 10.0)])
    assert values(desk.compute("conversion_rate", **DAYS)) == [None, None]


def test_a_day_without_a_measurement_is_none(tmp_path):
    views = [measured("kb_views", 2, 0.0), measured("kb_visitors", 2, 5.0)]
    late = TICKET | fact(ticket_id="2", created_at="2025-06-03T09:00")
    desk = engine(tmp_path, tickets=[TICKET, late], measurements=views)
    assert values(desk.compute("kb_views", **DAYS)) == [0, None]
    assert values(desk.compute("self_service_ratio", **DAYS)) == [5, None]


@pytest.mark.parametrize("kpi", ["self_service_ratio", "referral_rate"])
def test_nothing_above_the_line_is_no_ratio(tmp_path, kpi):
    new = fact(customer_id="c", created_at="2025-06-02T09:00")
    desk = engine(tmp_path, tickets=[TICKET], customers=[new])
    assert values(desk.compute(kpi)) == [None]


def test_use_without_figures_has_no_sessions(tmp_path):
    used = fact(usage_id="1", customer_id="c", day_at="2025-06-02", active=True)
    desk = engine(tmp_path, usage=[used])
    assert values(desk.compute("active_users")) == [1]
    assert values(desk.compute("sessions")) == values(desk.compute("actions")) == [None]


def test_a_sum_of_nothing_is_none_unless_it_says_otherwise(tmp_path):
    specs = [
        Measure(id="spent", table="tickets", value="sum(logged_s)"),
        Measure(id="spent_or_0", table="tickets", value="coalesce(sum(logged_s), 0)"),
        Stock(id="held", table="tickets", starts="created_at", filter="brand = 'x'"),
    ]
    desk = engine(tmp_path, specs=specs, tickets=[TICKET])
    assert [values(desk.compute(spec.id, **DAYS)) for spec in specs[:2]] == [[None] * 2, [0, 0]]
    assert values(desk.compute("held")) == [0]


def test_customers_of_two_sources_are_two(tmp_path):
    used = [
        fact(source=name, usage_id="1", customer_id="7", day_at="2025-06-02", active=True)
        for name in ("shop", "desk")
    ]
    tickets = [TICKET | {"source": name} for name in ("shop", "desk")]
    desk = engine(tmp_path, usage=used, tickets=[*tickets, TICKET | {"customer_id": None}])
    assert values(desk.compute("active_users")) == [2]
    (row,) = desk.compute("requesters").rows
    assert (row.value, row.n) == (2, 2)


def test_what_an_agent_began_is_no_contact_of_the_customer(tmp_path):
    opened = {"created_at": "2025-06-02T09:00", "customer_id": "c"}
    tickets = [
        fact(ticket_id="1", **opened, next_contact_at="2025-06-03T09:00"),
        fact(ticket_id="2", **opened, initiated_by="customer"),
        fact(ticket_id="3", **opened, initiated_by="agent"),
    ]
    desk = engine(tmp_path, tickets=tickets)
    for kpi, value in (("repeat_contact_rate", 0.5), ("fcr_no_repeat_contact", 0.5)):
        (row,) = desk.compute(kpi).rows
        assert (row.value, row.n) == (value, 2)
    assert desk.compute("fcr_no_repeat_same_reason").rows[0].n == 2


@pytest.mark.parametrize(
    "kpi",
    ["fcr_rate", "fcr_no_further_contact", "agent_replies", "messages_per_ticket",
     "notes_per_ticket", "agents_involved", "automation_rate", "zero_touch_rate"],
)  # fmt: skip
def test_messages_that_are_not_known_are_no_messages_counted(tmp_path, kpi):
    """An export of tickets alone: resolved, with a first reply that it states, and no message."""
    silent = TICKET | fact(
        ticket_id="1", first_reply_at="2025-06-02T09:30", touch=None, agent_replies=0,
        customer_messages=0, public_agent_comments=0, internal_notes=0, agents_involved=0,
        further_customer_messages=0, status="solved",
    )  # fmt: skip
    desk = engine(tmp_path, tickets=[silent])
    (row,) = desk.compute(kpi).rows
    assert (row.value, row.n) == (None, 0)


def test_a_reply_that_is_stated_is_one(tmp_path):
    stated = fact(ticket_id="1", created_at="2025-06-02T09:00", status="open", agent_replies=0,
                  first_reply_at="2025-06-02T09:30")  # fmt: skip
    waits = stated | fact(ticket_id="2", first_reply_at=None)
    desk = engine(tmp_path, tickets=[stated, waits])
    assert values(desk.compute("unreplied")) == [1]
