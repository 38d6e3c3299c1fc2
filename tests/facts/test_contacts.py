"""When the customer came back (kpis EQ8)."""

from __future__ import annotations

import polars as pl

from deskpulse_reports.facts import History, Settings, derive
from support.golden import cases, micros


def made(*tickets):
    rows = [
        {"source": "s", "id": str(n), "requester_id": "c", "reason": None, "initiated_by": None,
         "removed_reason": None} | row
        for n, row in enumerate(tickets)
    ]  # fmt: skip
    return pl.DataFrame(rows, infer_schema_length=None)


def after(tickets, column="next_contact_at"):
    gone = pl.col("removed_reason").is_not_null()
    contacts = tickets.filter(~gone & (pl.col("initiated_by").fill_null("customer") == "customer"))
    facts = derive(History.of(tickets, contacts=contacts.drop_nulls("requester_id")), Settings())
    return facts.tickets[column].to_list()


def hours(*values):
    return made(*({"created_at": value * 3600 * 10**6} for value in values))


def test_golden_repeat_contacts():
    [case] = [each for each in cases("aggregates") if each["kpi"] == "repeat_contact_7d"]
    came = [micros(text) for text in case["input"]["customer_contacts"]]
    window = case["input"]["window_days"] * 86400 * 10**6
    following = after(made(*({"created_at": instant} for instant in came)))
    assert following == [*came[1:], None]
    repeat = [
        later is not None and later - instant <= window
        for instant, later in zip(came, following, strict=True)
    ]
    assert [False, *repeat[:-1]] == case["expect"]["repeat"]
    now = micros(case["input"]["now"])
    known = [r for r, instant in zip(repeat, came, strict=True) if instant + window <= now]
    assert len(came) - len(known) == case["expect"]["pending"]
    assert round(100 * known.count(False) / len(known), 4) == case["expect"]["fcr_pct"]


def test_tickets_of_one_instant_do_not_follow_each_other():
    assert after(hours(1, 1, 2)) == [2 * 3600 * 10**6] * 2 + [None]


def test_the_same_reason_is_another_question():
    tickets = made(
        {"created_at": 1, "reason": "late"},
        {"created_at": 2},
        {"created_at": 3, "reason": "late"},
        {"created_at": 4},
    )
    assert after(tickets) == [2, 3, 4, None]
    assert after(tickets, "next_same_reason_at") == [3, 4, None, None]


def test_what_is_no_contact_neither_follows_nor_is_followed():
    tickets = made(
        {"created_at": 1},
        {"created_at": 2, "removed_reason": "spam"},
        {"created_at": 3, "initiated_by": "agent"},
        {"created_at": 4, "initiated_by": "customer"},
        {"created_at": 5, "requester_id": None},
        {"created_at": 6, "requester_id": "other"},
        {"created_at": 7, "source": "t"},
    )
    assert after(tickets) == [4, None, None, None, None, None, None]
