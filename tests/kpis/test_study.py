"""What an analysis works with."""

from datetime import UTC, date, datetime

import pytest

from deskpulse.errors import ConfigError, StoreError
from deskpulse_reports.kpis.spec import Analysis, Table
from support.marts import engine, fact

ZONE = "America/New_York"


def ask(tmp_path, function, *, tickets=(), parameters=None, dimensions=None, given=None, **asked):
    spec = Analysis(
        id="own", function=function, parameters=parameters or {}, dimensions=dimensions or {}
    )
    desk = engine(tmp_path, ZONE, specs=[spec], tickets=list(tickets))
    try:
        return desk.analyse("own", **asked, parameters=given)
    finally:
        desk.close()


def seen(tmp_path, look, **asked):
    """What `look` sees of the study it gets."""
    found = []

    def function(study):
        found.append(look(study))
        return Table(columns=(), rows=())

    ask(tmp_path, function, **asked)
    return found[0]


def at(*instants):
    return [fact(ticket_id=str(n), created_at=text) for n, text in enumerate(instants)]


def test_rows_and_frames_come_from_any_fact_table(tmp_path):
    def look(study):
        query = "SELECT ticket_id, tags FROM tickets ORDER BY 1"
        return study.rows(query), study.frame(query).to_dicts(), study.frame("FROM surveys").height

    tickets = [fact(ticket_id="1", created_at="2025-06-02", tags=["a"])]
    rows, frame, surveys = seen(tmp_path, look, tickets=tickets)
    assert rows == [("1", ["a"])]
    assert frame == [{"ticket_id": "1", "tags": ["a"]}]
    assert surveys == 0


def test_the_session_stays_locked(tmp_path):
    with pytest.raises((ConfigError, StoreError)):
        seen(tmp_path, lambda study: study.frame("SELECT * FROM read_csv('/etc/passwd')"))


def test_the_window_is_local_days_as_instants(tmp_path):
    def look(study):
        return study.rows(
            f"SELECT ticket_id FROM tickets WHERE {study.within('created_at')} ORDER BY 1"
        )

    tickets = at("2025-06-02T03:59", "2025-06-02T04:00", "2025-06-03T03:59", "2025-06-03T04:00")
    day = date(2025, 6, 2)
    assert seen(tmp_path, look, tickets=tickets, start=day, end=day) == [("1",), ("2",)]
    assert len(seen(tmp_path, look, tickets=tickets)) == 4
    assert len(seen(tmp_path, look, tickets=tickets, end=day)) == 3


@pytest.mark.parametrize("window", [{}, {"start": date(2025, 3, 1), "end": date(2025, 3, 31)}])
def test_local_time_in_sql(tmp_path, window):
    def look(study):
        column = "created_at"
        return study.rows(
            f"SELECT {study.day(column)}, {study.weekday(column)}, {study.hour(column)}, "
            f"{study.bucket(column, 'week')}, {study.bucket(column, 'month')} FROM tickets"
        ), study.label

    tickets = at("2025-03-09T06:59")  # a minute before clocks go forward, a Sunday
    ((day, weekday, hour, week, month),), label = seen(tmp_path, look, tickets=tickets, **window)
    assert date.fromordinal(day) == date(2025, 3, 9)
    assert (weekday, hour) == (6, 1)
    assert label(week, "week") == "2025-03-03"
    assert label(month, "month") == "2025-03-01"


def test_the_present_and_what_was_asked(tmp_path):
    def look(study):
        return study.today, study.as_of, study.by, study.every, study.clock, study.parameters

    found = seen(
        tmp_path,
        look,
        parameters={"days": 7, "share": 0.5, "strict": False, "tag": "x"},
        dimensions={"team": "team_id"},
        by=["team"],
        every="week",
        clock="business",
    )
    assert found == (
        date(2025, 6, 30),
        datetime(2025, 7, 1, tzinfo=UTC),
        ("team",),
        "week",
        "business",
        {"days": 7, "share": 0.5, "strict": False, "tag": "x"},
    )


def test_another_kpi_can_be_asked(tmp_path):
    found = seen(
        tmp_path, lambda study: study.compute("submissions").rows[0].value, tickets=at("2025-06-02")
    )
    assert found == 1


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ({"days": "14"}, {"days": 14}),
        ({"share": "0.25"}, {"share": 0.25}),
        ({"share": 1}, {"share": 1.0}),
        ({"strict": "TRUE"}, {"strict": True}),
        ({"tag": "a=b"}, {"tag": "a=b"}),
    ],
)
def test_parameters_are_read_as_the_type_of_their_default(tmp_path, given, read):
    defaults = {"days": 7, "share": 0.5, "strict": False, "tag": "x"}
    found = seen(tmp_path, lambda study: study.parameters, parameters=defaults, given=given)
    assert found == defaults | read
    assert [type(value) for value in found.values()] == [int, float, bool, str]


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"dys": "1"}, "did you mean 'days'"),
        ({"days": "a week"}, "days = 'a week' is no whole number"),
        ({"strict": "perhaps"}, "is no true or false"),
    ],
)
def test_a_wrong_parameter_is_refused(tmp_path, given, says):
    with pytest.raises(ConfigError, match=says):
        seen(tmp_path, lambda study: None, parameters={"days": 7, "strict": False}, given=given)


def test_only_declared_dimensions_split_it(tmp_path):
    with pytest.raises(ConfigError, match="no dimension 'team'"):
        seen(tmp_path, lambda study: None, by=["team"])


def test_from_after_to_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="comes after"):
        seen(tmp_path, lambda study: None, start=date(2025, 6, 2), end=date(2025, 6, 1))
