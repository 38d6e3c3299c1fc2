"""AI resolutions: what the customer confirmed, and what silence is taken for."""

from datetime import date

import pytest

from deskpulse_reports.kpis.builtin.bots import BOTS
from support.marts import engine, fact


def talk(number, outcome, last="2025-06-20T10:00", **more):
    return fact(
        ticket_id=str(number), created_at="2025-06-20T09:00", bot_messages=1,
        last_bot_message_at=last, bot_outcome=outcome, **more,
    )  # fmt: skip


TALKS = [
    talk(1, "confirmed", channel="chat"),
    talk(2, "assumed"),
    talk(3, "assumed", channel="chat"),
    talk(4, "refused"),
    talk(5, "unanswered"),
    talk(6, "person"),
    talk(7, "assumed", last="2025-06-30T12:00"),  # half a day ago: pending
    talk(8, "confirmed", counted=False),
    fact(ticket_id="9", created_at="2025-06-20T09:00", bot_messages=0),
]


@pytest.mark.parametrize(
    ("kpi", "value"),
    [
        ("ai_resolution_confirmed", 1 / 6),
        ("ai_resolution_assumed", 2 / 6),
        ("ai_resolution_rate", 3 / 6),
    ],
)
def test_of_conversations_that_have_been_silent_for_a_day(tmp_path, kpi, value):
    desk = engine(tmp_path, tickets=TALKS)
    result = desk.compute(kpi)
    (row,) = result.rows
    assert (row.value, row.n) == (pytest.approx(value), 6)
    assert result.first == date(2025, 6, 20)
    by_channel = desk.compute(kpi, ["channel"]).rows
    assert sum(row.n for row in by_channel) == 6


def test_outcomes_of_conversations(tmp_path):
    rows = engine(tmp_path, tickets=TALKS).compute("bot_conversations", ["bot_outcome"]).rows
    assert {row.dims["bot_outcome"]: row.value for row in rows} == {
        "assumed": 3, "confirmed": 1, "person": 1, "refused": 1, "unanswered": 1
    }  # fmt: skip


@pytest.mark.parametrize(
    "kpi", ["ai_resolution_confirmed", "ai_resolution_assumed", "ai_resolution_rate"]
)
def test_without_a_bot_there_is_no_rate(tmp_path, kpi):
    (row,) = engine(tmp_path, tickets=TALKS[-1:]).compute(kpi).rows
    assert (row.value, row.n) == (None, 0)


def test_the_explanation_says_what_silence_is():
    said = {spec.id: spec.population for spec in BOTS}
    for kpi in ("ai_resolution_assumed", "ai_resolution_rate"):
        assert "Silence counts as resolved" in said[kpi]
    assert "Silence" not in said["ai_resolution_confirmed"]
