"""The published aggregate cases, as far as a KPI of this engine answers them."""

import json
import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from support.marts import engine, fact, spans

FILE = (
    Path(os.environ.get("DESKPULSE_SHARED", Path(__file__).parents[2] / "../shared"))
    / "reference/golden/aggregates.json"
)
pytestmark = pytest.mark.skipif(
    not FILE.exists(), reason="needs the outside data folder (DESKPULSE_SHARED)"
)


def case(name):
    return next(one for one in json.loads(FILE.read_text()) if one["id"] == name)


def the_row(result):
    (row,) = result.rows
    return row


def surveys(ratings):
    """One survey a rating; None is sent and not answered."""
    return [
        fact(survey_id=str(number), ticket_id="1", survey="csat", good=good,
             sent_at="2025-06-02T09:00", answered_at=None if good is None else "2025-06-02T10:00")
        for number, good in enumerate(ratings)
    ]  # fmt: skip


def test_csat_and_response_rate(tmp_path):
    given, expect = case("A01")["input"], case("A01")["expect"]
    rows = surveys([True] * given["good"] + [False] * given["bad"] + [None] * given["offered"])
    desk = engine(tmp_path, surveys=rows)
    assert the_row(desk.compute("csat")).value * 100 == pytest.approx(expect["csat_pct"])
    rate = the_row(desk.compute("csat_response_rate")).value
    assert rate * 100 == pytest.approx(expect["response_rate_pct"], abs=1e-4)


def test_csat_of_the_top_two_of_five(tmp_path):
    given, expect = case("A02")["input"], case("A02")["expect"]
    rows = surveys([None if score is None else score >= 4 for score in given["ratings"]])
    row = the_row(engine(tmp_path, surveys=rows).compute("csat"))
    assert row.n == expect["responses"]
    assert row.value * 100 == pytest.approx(expect["csat_pct"], abs=1e-4)


def test_csat_without_ratings(tmp_path):
    row = the_row(engine(tmp_path, surveys=surveys([])).compute("csat"))
    assert row.value is case("A03")["expect"]["csat_pct"]


def test_mean_median_p90(tmp_path):
    given, expect = case("A05")["input"], case("A05")["expect"]
    tickets = [
        fact(ticket_id=str(number), created_at="2025-06-02T09:00",
             first_reply_at="2025-06-02T10:00", first_reply_s=float(value))
        for number, value in enumerate(given["values"])
    ]  # fmt: skip
    row = the_row(engine(tmp_path, tickets=tickets).compute("first_reply_time"))
    assert (row.mean, row.median, row.p90) == (
        expect["mean"],
        expect["median"],
        pytest.approx(expect["p90_linear"]),
    )


def test_backlog_at_the_end_of_each_day(tmp_path):
    given, expect = case("A12")["input"], case("A12")["expect"]
    rows = []
    for number, ticket in enumerate(given["tickets"]):
        begun, solved = (
            value and value.removesuffix("Z")
            for value in (ticket["created_at"], ticket["solved_at"])
        )
        rows.append(fact(ticket_id=str(number), stage="new", started_at=begun, ended_at=solved))
        if solved:
            rows.append(fact(ticket_id=str(number), stage="solved", started_at=solved))
    desk = engine(tmp_path, given["tz"], stages=spans(*rows))
    days = [date.fromisoformat(day) for day in given["days"]]
    window = {"every": "day", "start": days[0], "end": days[-1]}
    asked = {"backlog": "backlog", "inflow": "created", "outflow": "solved"}
    for kpi, name in asked.items():
        found = {row.bucket: row.value for row in desk.compute(kpi, **window).rows}
        assert found == dict.fromkeys(given["days"], 0) | expect[name], kpi


def test_the_day_is_the_desks_own(tmp_path):
    given, expect = case("A13")["input"], case("A13")["expect"]
    ticket = fact(ticket_id="1", created_at=given["created_at"].removesuffix("Z"))
    result = engine(tmp_path, given["tz"], tickets=[ticket]).compute("submissions", every="day")
    assert [row.bucket for row in result.rows] == [expect["day"]]


def test_a_deleted_ticket_is_in_no_volume_and_no_backlog(tmp_path):
    gone = datetime(2025, 6, 2, tzinfo=UTC) + timedelta(hours=9)
    ticket = fact(ticket_id="1", counted=False, created_at=f"{gone:%Y-%m-%dT%H:%M}", status="open",
                  waiting_since=f"{gone:%Y-%m-%dT%H:%M}")  # fmt: skip
    left = f"{gone + timedelta(minutes=5):%Y-%m-%dT%H:%M}"
    stage = fact(ticket_id="1", counted=False, stage="new", started_at=ticket["created_at"],
                 ended_at=left)  # fmt: skip
    desk = engine(tmp_path, tickets=[ticket], stages=spans(stage))
    for kpi in ("submissions", "open_tickets", "awaiting_reply", "backlog"):
        assert the_row(desk.compute(kpi)).value == 0, kpi
    assert the_row(desk.compute("inflow")).value == the_row(desk.compute("outflow")).value == 1
