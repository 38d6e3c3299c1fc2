"""Durations: mean, median, p90 by hand; both clocks; what runs up to the present."""

from datetime import UTC, date, datetime

import pytest

from deskpulse.errors import ConfigError
from support.marts import DAY, HOUR, engine, fact


def the_row(result):
    (row,) = result.rows
    return row


def replied(number, seconds, business=None, **more):
    return fact(
        ticket_id=str(number), created_at="2025-06-02T09:00", first_reply_at="2025-06-03T09:00",
        first_reply_s=seconds, first_reply_business_s=business, **more,
    )  # fmt: skip


def test_first_reply_time_is_n_mean_median_and_p90(tmp_path):
    tickets = [replied(n, s, s / 2) for n, s in enumerate([10.0, 20.0, 30.0, 40.0, 100.0])]
    tickets.append(fact(ticket_id="unanswered", created_at="2025-06-03T09:00"))
    desk = engine(tmp_path, tickets=tickets)
    row = the_row(desk.compute("first_reply_time"))
    assert (row.n, row.mean, row.median, row.p90, row.value) == (5, 40, 30, 76, 30)
    business = desk.compute("first_reply_time", clock="business")
    assert business.clock == "business"
    assert (the_row(business).n, the_row(business).p90) == (5, 38)


def test_it_belongs_to_the_day_of_the_reply_or_of_the_creation(tmp_path):
    desk = engine(tmp_path, tickets=[replied(1, DAY)])
    assert desk.compute("first_reply_time").first == date(2025, 6, 3)
    assert desk.compute("first_reply_time", attribution="created").first == date(2025, 6, 2)


def test_a_reply_is_credited_to_who_wrote_it(tmp_path):
    ticket = replied(1, 60.0, agent_id="now", team_id="now",
                     first_reply_agent_id="ann", first_reply_team_id="then")  # fmt: skip
    row = the_row(engine(tmp_path, tickets=[ticket]).compute("first_reply_time", ["agent", "team"]))
    assert row.dims == {"agent": "ann", "team": "then"}


def test_answered_outside_hours_is_zero_and_counts(tmp_path):
    desk = engine(tmp_path, tickets=[replied(1, HOUR, 0.0), replied(2, HOUR, None)])
    row = the_row(desk.compute("first_reply_time", clock="business"))
    assert (row.n, row.median) == (1, 0)


def test_means_of_groups_are_pooled_never_averaged(tmp_path):
    tickets = [replied(n, 60.0, team_id="a") for n in range(3)] + [replied(9, 600.0, team_id="b")]
    row = the_row(engine(tmp_path, tickets=tickets).compute("first_reply_time"))
    assert row.mean == pytest.approx((3 * 60 + 600) / 4)


def test_no_reply_is_no_data_and_not_zero(tmp_path):
    desk = engine(tmp_path, tickets=[fact(ticket_id="1", created_at="2025-06-02T09:00")])
    days = {"start": date(2025, 6, 2), "end": date(2025, 6, 3)}
    for row in desk.compute("first_reply_time", every="day", **days).rows:
        assert (row.value, row.mean, row.median, row.p90, row.n) == (None, None, None, None, 0)


def test_next_reply_time_reads_finished_waits(tmp_path):
    replies = [
        fact(ticket_id="1", started_at="2025-06-02T09:00", ended_at="2025-06-02T10:00",
             s=HOUR, business_s=HOUR, agent_id="ann", ended_by="reply"),
        fact(ticket_id="1", started_at="2025-06-02T11:00", ended_at="2025-06-03T11:00",
             s=DAY, business_s=8 * HOUR, agent_id="bob", ended_by="solved"),
        fact(ticket_id="1", started_at="2025-06-04T11:00", started_open_s=0.0),
    ]  # fmt: skip
    desk = engine(tmp_path, replies=replies)
    row = the_row(desk.compute("next_reply_time"))
    assert (row.n, row.mean) == (2, (HOUR + DAY) / 2)
    assert the_row(desk.compute("next_reply_time", clock="business")).mean == 4.5 * HOUR
    by_end = {
        row.dims["ended_by"]: row.value
        for row in desk.compute("next_reply_time", ["ended_by"]).rows
    }
    assert by_end == {"reply": HOUR, "solved": DAY}


def test_next_replies_by_creation_of_their_ticket(tmp_path):
    desk = engine(
        tmp_path,
        tickets=[fact(ticket_id="1", created_at="2025-05-30T09:00")],
        replies=[
            fact(ticket_id="1", started_at="2025-06-02T09:00", ended_at="2025-06-02T10:00", s=HOUR)
        ],
    )
    result = desk.compute("next_reply_time", attribution="created")
    assert (result.first, the_row(result).n) == (date(2025, 5, 30), 1)


def test_reaction_time_reads_what_a_known_person_did(tmp_path):
    asked = "2025-06-02T09:00"
    reactions = [
        fact(ticket_id="1", started_at=asked, ended_at="2025-06-02T10:00", ended_by="reply",
             s=HOUR, business_s=HOUR, agent_id="ann", team_id="a"),
        fact(ticket_id="2", started_at=asked, ended_at="2025-06-03T09:00", ended_by="assignment",
             s=DAY, business_s=8 * HOUR, agent_id="bob", team_id="b"),
        fact(ticket_id="3", started_at=asked, ended_at="2025-06-02T12:00", ended_by="archive",
             s=3 * HOUR, business_s=3 * HOUR, agent_id="bob", team_id="b"),
        fact(ticket_id="4", started_at=asked, ended_at="2025-06-02T11:00", ended_by="unknown"),
        fact(ticket_id="5", started_at=asked, started_open_s=0.0),
    ]  # fmt: skip
    desk = engine(tmp_path, reactions=reactions)
    row = the_row(desk.compute("reaction_time"))
    assert (row.n, row.median, row.mean) == (3, 3 * HOUR, (4 * HOUR + DAY) / 3)
    assert the_row(desk.compute("reaction_time", clock="business")).mean == 4 * HOUR
    by_agent = {row.dims["agent"]: row.n for row in desk.compute("reaction_time", ["agent"]).rows}
    assert by_agent == {"ann": 1, "bob": 2}
    by_end = desk.compute("reaction_time", ["ended_by"]).rows
    assert {row.dims["ended_by"] for row in by_end} == {"reply", "assignment", "archive"}


def test_without_a_reaction_there_is_no_reaction_time(tmp_path):
    waits = fact(ticket_id="5", started_at="2025-06-02T09:00", started_open_s=0.0)
    days = {"start": date(2025, 6, 2), "end": date(2025, 6, 2)}
    row = the_row(engine(tmp_path, reactions=[waits]).compute("reaction_time", **days))
    assert (row.value, row.n) == (None, 0)


def test_resolution_times(tmp_path):
    tickets = [
        fact(ticket_id="1", created_at="2025-06-02T09:00", first_resolved_at="2025-06-02T10:00",
             resolved_at="2025-06-03T11:00", first_resolution_s=HOUR, full_resolution_s=26 * HOUR),
        fact(ticket_id="2", created_at="2025-06-02T09:00", first_resolved_at="2025-06-02T12:00",
             first_resolution_s=3 * HOUR),  # open again
    ]  # fmt: skip
    desk = engine(tmp_path, tickets=tickets)
    first, full = desk.compute("first_resolution_time"), desk.compute("full_resolution_time")
    assert (the_row(first).n, the_row(first).value) == (2, 2 * HOUR)
    assert (the_row(full).n, the_row(full).value) == (1, 26 * HOUR)
    assert full.first == date(2025, 6, 3)


def test_time_in_stage_counts_a_ticket_once_a_stage(tmp_path):
    def stage(ticket, name, total, resolved="2025-06-03T09:00"):
        return fact(ticket_id=ticket, stage=name, started_at="2025-06-02T09:00",
                    total_s=total, total_business_s=0.0, resolved_at=resolved)  # fmt: skip

    rows = [
        stage("1", "open", HOUR), stage("1", "pending", DAY), stage("1", "open", None),
        stage("2", "open", 3 * HOUR), stage("3", "open", 9 * HOUR, resolved=None),
        stage("4", "open", 0.0),
    ]  # fmt: skip
    desk = engine(tmp_path, stages=rows)
    found = {
        row.dims["stage"]: (row.n, row.median)
        for row in desk.compute("time_in_stage", ["stage"]).rows
    }
    assert found == {"open": (2, 2 * HOUR), "pending": (1, DAY)}
    row = the_row(desk.compute("time_in_stage", clock="business"))
    assert (row.n, row.median) == (3, 0)  # outside hours: measured and zero


WAITING = [
    fact(ticket_id="solved", created_at="2025-06-02T09:00", requester_wait_s=HOUR,
         requester_wait_business_s=HOUR, running_status="solved", running_at="2025-06-02T10:00",
         running_open_s=0.0),
    fact(ticket_id="open", created_at="2025-06-30T12:00", requester_wait_s=HOUR,
         requester_wait_business_s=0.0, running_status="open", running_at="2025-06-30T21:00",
         running_open_s=1000.0, calendar="berlin"),
    fact(ticket_id="pending", created_at="2025-06-30T12:00", requester_wait_s=2 * HOUR,
         requester_wait_business_s=2 * HOUR, running_status="pending",
         running_at="2025-06-30T21:00", running_open_s=1000.0, calendar="berlin"),
]  # fmt: skip


def waits(desk, **asked):
    rows = desk.compute("requester_wait_time", ["status"], **asked).rows
    return {row.dims["status"]: row.value for row in rows}


def with_status(rows):
    return [row | {"status": row["running_status"]} for row in rows]


def test_requester_wait_runs_up_to_the_present(tmp_path):
    desk = engine(tmp_path, tickets=with_status(WAITING), open_before={"berlin": 1600.0})
    assert waits(desk) == {"solved": HOUR, "open": 4 * HOUR, "pending": 2 * HOUR}
    assert waits(desk, clock="business") == {"solved": HOUR, "open": 600.0, "pending": 2 * HOUR}


def test_as_of_before_a_span_adds_nothing_negative(tmp_path):
    early = datetime(2025, 6, 30, 13, tzinfo=UTC)
    desk = engine(tmp_path, now=early, tickets=with_status(WAITING), open_before={"berlin": 0.0})
    assert waits(desk)["open"] == HOUR
    assert waits(desk, clock="business")["open"] == 0


def test_around_the_clock_the_business_clock_is_the_calendar(tmp_path):
    ticket = WAITING[1] | {"calendar": "", "status": "open"}
    desk = engine(tmp_path, tickets=[ticket])
    assert waits(desk, clock="business") == {"open": 3 * HOUR}


def test_a_calendar_nobody_configured_is_an_error_not_a_gap(tmp_path):
    desk = engine(tmp_path, tickets=with_status(WAITING))
    with pytest.raises(ConfigError, match="calendar 'berlin'"):
        desk.compute("requester_wait_time", clock="business")


def test_an_unrelated_ticket_changes_nothing(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    rows = [replied(n, float(n)) for n in range(7)]
    noise = [
        fact(ticket_id="x", created_at="2025-06-02T09:00"),
        replied("y", 5.0) | {"counted": False},
        replied("z", 5.0) | {"first_reply_at": None},
    ]
    alone = engine(tmp_path / "a", tickets=rows).compute("first_reply_time")
    crowded = engine(tmp_path / "b", tickets=[*noise, *reversed(rows)]).compute("first_reply_time")
    assert alone == crowded


def test_all_waits_for_replies_are_pooled(tmp_path):
    def solved(number, total, waits, **more):
        return fact(ticket_id=str(number), created_at="2025-06-02T09:00",
                    resolved_at="2025-06-03T09:00", total_reply_s=total, reply_waits=waits,
                    resolved_team_id="t1", total_reply_business_s=60.0, **more)  # fmt: skip

    rows = [
        solved(1, 600.0, 1),
        solved(2, 3000.0, 4),
        solved(3, None, 0),  # never answered: in none of them
        solved(4, -5.0, 1),  # a clock was wrong
        solved(5, 9999.0, 1, counted=False),
    ]
    desk = engine(tmp_path, tickets=rows)
    (total,) = desk.compute("total_reply_time", ["team"]).rows
    assert (total.mean, total.median, total.n) == (1800.0, 1800.0, 2)
    assert desk.compute("reply_wait").rows[0].value == 3600.0
    assert desk.compute("reply_waits").rows[0].value == 5
    (mean,) = desk.compute("average_reply_time").rows
    assert mean.value == 720.0, "the mean of all waits, not of the tickets' means"
    (business,) = desk.compute("average_reply_time", clock="business").rows
    assert business.value == 24.0
    none = engine(tmp_path, tickets=[]).compute("average_reply_time").rows[0]
    assert (none.value, none.n) == (None, 0)
