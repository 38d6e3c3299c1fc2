"""Backlog and its flows: expected values, the invariant at every midnight, and the present."""

import random
from datetime import UTC, date, datetime, timedelta

import pytest

from deskpulse.errors import ConfigError
from support.marts import HOUR, at, engine, fact, spans


def span(ticket, stage, started, ended=None, **more):
    return fact(ticket_id=ticket, stage=stage, started_at=started, ended_at=ended, **more)


STAGES = spans(
    span("1", "new", "2025-06-02T09:00", "2025-06-02T10:00", team_id="a"),
    span("1", "open", "2025-06-02T10:00", "2025-06-03T10:00", team_id="b"),
    span("1", "solved", "2025-06-03T10:00", "2025-06-05T10:00", team_id="b"),
    span("1", "open", "2025-06-05T10:00", None, team_id="b"),
    span("2", "new", "2025-06-03T12:00", "2025-06-03T13:00", team_id="a"),
    span("2", "closed", "2025-06-03T13:00", None, team_id="a"),
    span("3", "on_hold", "2025-06-04T00:00", None, team_id="a"),
    # deleted on the third: it was in the backlog until then
    span("4", "new", "2025-06-02T09:00", "2025-06-03T15:00", team_id="a", counted=False),
)
JUNE = {"start": date(2025, 6, 1), "end": date(2025, 6, 6)}


def daily(result):
    return [row.value for row in result.rows]


def test_backlog_is_what_stands_at_the_end_of_each_day(tmp_path):
    desk = engine(tmp_path, stages=STAGES)
    result = desk.compute("backlog", every="day", **JUNE)
    assert daily(result) == [0, 2, 0, 1, 2, 2]
    assert [row.previous for row in result.rows] == [None, None, 2, 0, 1, 2]
    assert result.time_basis == "end of the period"
    assert daily(desk.compute("inflow", every="day", **JUNE)) == [0, 2, 1, 1, 1, 0]
    assert daily(desk.compute("outflow", every="day", **JUNE)) == [0, 0, 3, 0, 0, 0]


AGED = [
    fact(ticket_id="1", created_at="2025-06-02T09:00", updated_at="2025-06-05T10:00"),
    fact(ticket_id="2", created_at="2025-06-03T12:00", updated_at="2025-06-03T13:00"),
    fact(ticket_id="3", created_at="2025-06-04T00:00", updated_at="2025-06-06T00:00"),
    fact(ticket_id="4", created_at="2025-06-02T09:00", counted=False),
    fact(ticket_id="5", created_at="2025-06-04T00:00"),
]
NOON = datetime(2025, 6, 6, 12, tzinfo=UTC)


def test_ages_are_those_of_the_backlog_at_the_present(tmp_path):
    stages = [*STAGES, *spans(span("5", "open", "2025-06-04T00:00", team_id="b"))]
    desk = engine(tmp_path, now=NOON, stages=stages, tickets=AGED)
    (row,) = desk.compute("ticket_age").rows
    ages = [99 * HOUR, 60 * HOUR, 60 * HOUR]  # of tickets 1, 3 and 5; 2 and 4 are gone
    assert (row.n, row.value, row.median, row.mean) == (3, 60 * HOUR, 60 * HOUR, sum(ages) / 3)
    (row,) = desk.compute("time_since_update").rows
    assert (row.n, row.mean) == (2, (26 * HOUR + 12 * HOUR) / 2)  # nobody knows about 5
    by_team = desk.compute("ticket_age", ["team"]).rows
    assert {row.dims["team"]: (row.n, row.value) for row in by_team} == {
        "a": (1, 60 * HOUR), "b": (2, 79.5 * HOUR)
    }  # fmt: skip
    cases = desk.cases("ticket_age")
    assert [(case.ticket_id, case.value) for case in cases.rows] == [
        ("1", 99 * HOUR), ("3", 60 * HOUR), ("5", 60 * HOUR)
    ]  # fmt: skip
    assert set(desk.dimensions("ticket_age")) == set(desk.dimensions("backlog"))


def test_ages_as_of_the_past_are_those_of_what_was_unsolved_then(tmp_path):
    desk = engine(tmp_path, now=datetime(2025, 6, 3, 12, 30, tzinfo=UTC),
                  stages=STAGES, tickets=AGED)  # fmt: skip
    cases = desk.cases("ticket_age")
    assert [(case.ticket_id, case.value) for case in cases.rows] == [
        ("4", 27.5 * HOUR), ("2", 0.5 * HOUR)
    ]  # fmt: skip
    (row,) = desk.compute("time_since_update").rows
    assert (row.value, row.n) == (None, 0)  # they were updated later


def test_what_is_solved_has_no_age(tmp_path):
    solved = spans(span("1", "new", "2025-06-02T09:00", "2025-06-02T10:00"),
                   span("1", "solved", "2025-06-02T10:00"))  # fmt: skip
    desk = engine(tmp_path, stages=solved, tickets=AGED)
    for kpi in ("ticket_age", "time_since_update"):
        (row,) = desk.compute(kpi).rows
        assert (row.value, row.n) == (None, 0)
    with pytest.raises(ConfigError, match="known only for the present"):
        desk.compute("ticket_age", every="day")


def test_without_buckets_it_stands_at_the_end_of_the_window(tmp_path):
    desk = engine(tmp_path, stages=STAGES)
    (row,) = desk.compute("backlog", start=date(2025, 6, 5), end=date(2025, 6, 6)).rows
    assert (row.value, row.n, row.previous) == (2, 2, 1)
    (row,) = desk.compute("backlog").rows
    assert row.value == 2  # up to the present, 1 July


def test_by_team_a_ticket_moves_with_its_assignment(tmp_path):
    desk = engine(tmp_path, stages=STAGES)
    result = desk.compute("backlog", ["team"], start=date(2025, 6, 2), end=date(2025, 6, 2))
    assert {row.dims["team"]: row.value for row in result.rows} == {"a": 1, "b": 1}
    by_stage = desk.compute("backlog", ["stage"]).rows
    assert {row.dims["stage"]: row.value for row in by_stage} == {"open": 1, "on_hold": 1}


def test_a_span_that_ends_at_midnight_no_longer_stands(tmp_path):
    rows = spans(
        span("1", "new", "2025-06-02T09:00", "2025-06-03T00:00"),
        span("1", "solved", "2025-06-03T00:00"),
        span("2", "new", "2025-06-03T00:00"),
    )
    days = {"start": date(2025, 6, 2), "end": date(2025, 6, 3)}
    assert daily(engine(tmp_path, stages=rows).compute("backlog", every="day", **days)) == [1, 1]


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "America/St_Johns", "Pacific/Apia"])
@pytest.mark.parametrize("every", ["hour", "day", "week", "month"])
def test_backlog_grows_by_inflow_less_outflow(tmp_path, zone, every):
    dice = random.Random(zone)
    start = datetime(2011, 10, 20, tzinfo=UTC)  # with both a fall back and Apia's missing day
    rows = []
    for number in range(60):
        moment = start + timedelta(minutes=dice.randrange(60 * 24 * 90))
        names = ["new", *dice.choices(["open", "pending", "on_hold", "solved"], k=4)]
        for index, stage in enumerate(names):
            ended = moment + timedelta(minutes=dice.choice([0, 1, 59, 600, 6000]))
            last = index + 1 == len(names)
            rows.append(
                span(str(number), stage, f"{moment:%Y-%m-%dT%H:%M}",
                     None if last else f"{ended:%Y-%m-%dT%H:%M}", team_id=dice.choice("ab"))
            )  # fmt: skip
            moment = ended
    desk = engine(tmp_path, zone, stages=spans(*rows))
    window = {"every": every, "start": date(2011, 11, 1), "end": date(2012, 1, 15)}
    stock = desk.compute("backlog", **window).rows
    flow = zip(
        desk.compute("inflow", **window).rows, desk.compute("outflow", **window).rows, strict=True
    )
    assert any(row.value for row in stock)
    for row, (came, went) in zip(stock, flow, strict=True):
        first_is_partial = every in ("week", "month") and row is stock[0]
        if not first_is_partial:
            assert row.value == row.previous + came.value - went.value, row


def test_it_equals_a_slow_count(tmp_path):
    desk = engine(tmp_path, stages=STAGES)
    for row in desk.compute("backlog", every="hour", **JUNE).rows:
        end = at(row.bucket) + 3_600_000_000
        slow = sum(
            1
            for one in STAGES
            if one["unsolved"]
            and one["started_at"] < end
            and (one["ended_at"] is None or one["ended_at"] >= end)
        )
        assert row.value == slow, row.bucket


TICKETS = [
    fact(ticket_id="1", status="open", created_at="2025-06-02T09:00",
         waiting_since="2025-06-03T09:00", last_response_at="2025-06-02T12:00", channel="email"),
    fact(ticket_id="2", status="pending", created_at="2025-06-02T09:00", channel="email"),
    fact(ticket_id="3", status="solved", created_at="2025-06-02T09:00", channel="chat",
         waiting_since="2025-06-03T09:00"),
    fact(ticket_id="4", status="new", created_at="2025-06-02T09:00",
         waiting_since="2025-06-02T09:00", channel="chat"),
    fact(ticket_id="5", status="new", created_at="2025-06-02T09:00", counted=False,
         waiting_since="2025-06-02T09:00"),
]  # fmt: skip


def test_open_and_awaiting_are_counted_now(tmp_path):
    desk = engine(tmp_path, tickets=TICKETS)
    result = desk.compute("open_tickets")
    assert [(row.bucket, row.value, row.n) for row in result.rows] == [(None, 3, 3)]
    assert result.to_json()["from"] == result.to_json()["to"] == "2025-07-01"
    assert "previous" not in result.to_json()["rows"][0]
    waiting = desk.compute("awaiting_reply", ["channel"]).rows
    assert {row.dims["channel"]: row.value for row in waiting} == {"email": 1, "chat": 1}
    answered = desk.compute("awaiting_reply", ["answered_before"]).rows
    assert {row.dims["answered_before"]: row.value for row in answered} == {True: 1, False: 1}


def test_the_past_of_what_is_only_known_now_is_refused(tmp_path):
    desk = engine(tmp_path, tickets=TICKETS)
    with pytest.raises(ConfigError, match="only for the present") as caught:
        desk.compute("awaiting_reply", every="day")
    assert "backlog" in caught.value.hint


def test_an_empty_mart_has_no_backlog(tmp_path):
    desk = engine(tmp_path)
    assert daily(desk.compute("backlog")) == [0]
    assert daily(desk.compute("backlog", every="day", **JUNE)) == [0] * 6
    assert daily(desk.compute("awaiting_reply")) == [0]
    assert desk.compute("backlog", ["team"]).rows == ()


def test_backlog_refuses_to_fill_the_memory(tmp_path):
    rows = spans(*(span(str(n), "new", "2025-06-02T09:00", team_id=str(n)) for n in range(200)))
    with pytest.raises(ConfigError, match="values"):
        engine(tmp_path, stages=rows).compute(
            "backlog", ["team"], every="hour", start=date(2024, 1, 1), end=date(2025, 6, 30)
        )
