"""Submissions and resolutions: expected values by hand, local days, credit, attribution."""

from datetime import date

from support.marts import engine, fact

TICKETS = [
    fact(ticket_id="1", created_at="2025-06-02T09:00", channel="email", team_id="now",
         resolved_at="2025-06-04T09:00", resolved_agent_id="ann", resolved_team_id="then"),
    fact(ticket_id="2", created_at="2025-06-02T23:30", channel="chat", tags=["a", "b", "a"]),
    fact(ticket_id="3", created_at="2025-06-04T00:00", channel="email", tags=["a"],
         resolved_at="2025-06-04T23:59", resolved_agent_id="bob"),
    fact(ticket_id="4", created_at="2025-06-02T10:00", channel="email", counted=False,
         resolved_at="2025-06-02T10:00"),
]  # fmt: skip


def figures(result, *names):
    return [tuple(getattr(row, name) for name in names) for row in result.rows]


def by_dim(result, name="value"):
    return {tuple(row.dims.values()): getattr(row, name) for row in result.rows}


def test_submissions_are_creations_by_local_day(tmp_path):
    desk = engine(tmp_path, tickets=TICKETS)
    assert figures(desk.compute("submissions"), "bucket", "value", "n") == [(None, 3, 3)]
    assert figures(desk.compute("submissions", every="day"), "bucket", "value", "previous") == [
        ("2025-06-02", 2, None),
        ("2025-06-03", 0, 2),
        ("2025-06-04", 1, 0),
    ]


def test_the_local_day_begins_at_local_midnight(tmp_path):
    berlin = engine(tmp_path, "Europe/Berlin", tickets=TICKETS)
    assert figures(berlin.compute("submissions", every="day"), "bucket", "value") == [
        ("2025-06-02", 1),
        ("2025-06-03", 1),  # 23:30 UTC is 01:30 in Berlin
        ("2025-06-04", 1),
    ]
    only = berlin.compute("submissions", start=date(2025, 6, 3), end=date(2025, 6, 3))
    assert figures(only, "value", "previous") == [(1, 1)]
    day_after = berlin.compute("submissions", start=date(2025, 6, 4), end=date(2025, 6, 4))
    assert figures(day_after, "value", "previous") == [(1, 1)]


def test_hours_weeks_and_months(tmp_path):
    desk = engine(tmp_path, tickets=TICKETS)
    day = {"start": date(2025, 6, 2), "end": date(2025, 6, 2)}
    hours = {row.bucket: row.value for row in desk.compute("submissions", every="hour", **day).rows}
    assert len(hours) == 24
    assert hours["2025-06-02T09:00"] == hours["2025-06-02T23:00"] == 1
    assert sum(hours.values()) == 2
    assert figures(desk.compute("submissions", every="week"), "bucket", "value") == [
        ("2025-06-02", 3)
    ]
    assert figures(desk.compute("submissions", every="month"), "bucket", "value") == [
        ("2025-06-01", 3)
    ]


def test_weeks_may_begin_on_sunday(tmp_path):
    desk = engine(tmp_path, week_start=6, tickets=TICKETS)
    assert figures(desk.compute("submissions", every="week"), "bucket") == [("2025-06-01",)]


def test_resolutions_count_the_last_one_and_credit_who_had_it(tmp_path):
    desk = engine(tmp_path, tickets=TICKETS)
    result = desk.compute("resolutions")
    assert figures(result, "value") == [(2,)]
    assert (result.first, result.last) == (date(2025, 6, 4), date(2025, 6, 4))
    assert by_dim(desk.compute("resolutions", ["agent"])) == {("ann",): 1, ("bob",): 1}
    assert by_dim(desk.compute("resolutions", ["team"])) == {("then",): 1, (None,): 1}


def test_attribution_by_creation_moves_a_value_to_its_tickets_day(tmp_path):
    desk = engine(tmp_path, tickets=TICKETS)
    result = desk.compute("resolutions", every="day", attribution="created")
    assert result.time_basis == "ticket creation"
    assert figures(result, "bucket", "value") == [
        ("2025-06-02", 1),
        ("2025-06-03", 0),
        ("2025-06-04", 1),
    ]


def test_a_ticket_counts_once_in_each_of_its_tags(tmp_path):
    desk = engine(tmp_path, tickets=TICKETS)
    assert by_dim(desk.compute("submissions", ["tag"])) == {("a",): 2, ("b",): 1, (None,): 1}


def test_weekday_and_hour_of_day_are_local(tmp_path):
    desk = engine(tmp_path, "Europe/Berlin", tickets=TICKETS)
    assert by_dim(desk.compute("submissions", ["weekday", "hour_of_day"])) == {
        (0, 11): 1,
        (1, 1): 1,
        (2, 2): 1,
    }


def test_every_combination_has_every_bucket(tmp_path):
    result = engine(tmp_path, tickets=TICKETS).compute("submissions", ["channel"], every="day")
    assert [(row.bucket, row.dims["channel"], row.value) for row in result.rows] == [
        ("2025-06-02", "chat", 1),
        ("2025-06-02", "email", 1),
        ("2025-06-03", "chat", 0),
        ("2025-06-03", "email", 0),
        ("2025-06-04", "chat", 0),
        ("2025-06-04", "email", 1),
    ]
