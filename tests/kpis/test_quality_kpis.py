"""Effort and satisfaction: rates with n and an interval, by hand."""

from datetime import date

import pytest

from deskpulse_reports.analysis.interval import wilson
from support.marts import engine, fact


def the_row(result):
    (row,) = result.rows
    return row


def resolved(number, replies, **more):
    touch = {0: "zero", 1: "one", 2: "two"}.get(replies, "multi")
    return fact(
        ticket_id=str(number), created_at="2025-06-02T09:00", resolved_at="2025-06-02T10:00",
        first_resolved_at="2025-06-02T10:00", touch=touch, agent_replies=replies, reopens=0,
    ) | more  # fmt: skip


TICKETS = [
    resolved(1, 1), resolved(2, 1), resolved(3, 0), resolved(4, 2), resolved(5, 3, reopens=2),
    resolved(6, 1, resolved_at=None, touch=None, reopens=1),  # reopened and open now
    resolved(7, 1, counted=False),
    fact(ticket_id="8", created_at="2025-06-02T09:00", agent_replies=1, reopens=0),
]  # fmt: skip


@pytest.mark.parametrize(
    ("kpi", "k", "n"), [("one_touch_rate", 2, 5), ("fcr_rate", 2, 5), ("reopen_rate", 2, 6)]
)
def test_rates_of_effort(tmp_path, kpi, k, n):
    row = the_row(engine(tmp_path, tickets=TICKETS).compute(kpi))
    assert (row.value, row.n) == (k / n, n)
    assert (row.low, row.high) == wilson(k, n)


@pytest.mark.parametrize("kpi", ["one_touch_rate", "fcr_rate", "reopen_rate"])
def test_nothing_resolved_is_no_rate(tmp_path, kpi):
    desk = engine(tmp_path, tickets=TICKETS[-1:])
    row = the_row(desk.compute(kpi, start=date(2025, 6, 1), end=date(2025, 6, 30)))
    assert (row.value, row.n, row.low, row.high) == (None, 0, None, None)


def survey(number, good, answered="2025-06-10T09:00", **more):
    return fact(
        source="desk", survey_id=str(number), ticket_id="1", survey="csat", good=good,
        sent_at="2025-06-09T09:00", answered_at=answered, agent_id="ann",
    ) | more  # fmt: skip


SURVEYS = [
    survey(1, True), survey(2, True), survey(3, False),
    survey(4, None, None), survey(5, None, None), survey(6, None, None),
    survey(7, True, survey="nps"), survey(8, False, counted=False),
]  # fmt: skip


def test_csat_leaves_out_who_did_not_answer(tmp_path):
    desk = engine(tmp_path, surveys=SURVEYS)
    row = the_row(desk.compute("csat"))
    assert (row.value, row.n) == (2 / 3, 3)
    assert desk.compute("csat").first == date(2025, 6, 10)
    response = desk.compute("csat_response_rate")
    assert (the_row(response).value, the_row(response).n) == (0.5, 6)
    assert response.first == date(2025, 6, 9)


def test_csat_by_the_agent_at_sending_and_by_the_tickets_creation(tmp_path):
    desk = engine(
        tmp_path,
        surveys=[*SURVEYS, survey(9, True, ticket_id=None)],
        tickets=[fact(ticket_id="1", created_at="2025-05-01T09:00", agent_id="bob")],
    )
    assert {row.dims["agent"]: row.n for row in desk.compute("csat", ["agent"]).rows} == {"ann": 4}
    created = desk.compute("csat", attribution="created")
    assert (created.first, the_row(created).n) == (date(2025, 5, 1), 3)


def test_no_ratings_is_no_score(tmp_path):
    desk = engine(tmp_path, surveys=[survey(1, None, None)])
    assert the_row(desk.compute("csat")).value is None
    assert the_row(desk.compute("csat_response_rate")).value == 0
