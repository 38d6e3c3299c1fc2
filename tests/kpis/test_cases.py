"""Every value resolves to its tickets."""

from datetime import UTC, date, datetime, timedelta

import pytest

from deskpulse.errors import ConfigError
from deskpulse_reports.kpis.builtin import BUILTIN
from deskpulse_reports.kpis.spec import Analysis, Measure, Ratio, Stock
from support.marts import engine, fact
from support.random_marts import tables

SPECS = (
    *BUILTIN,
    Measure(
        id="answers",
        table="tickets",
        value="sum(agent_replies)",
        filter="agent_replies > 0",
    ),
    Ratio(id="answers_per_ticket", numerator="answers", denominator="submissions"),
)
KPIS = [spec.id for spec in SPECS if not isinstance(spec, Analysis)]
PAST = [
    spec.id
    for spec in SPECS
    if not isinstance(spec, Analysis) and (not isinstance(spec, Stock) or not spec.only_now)
]
SOME = ("submissions", "first_reply_time", "time_in_stage", "csat", "backlog", "answers_per_ticket")


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    opened = engine(
        tmp_path_factory.mktemp("mart"),
        "America/New_York",
        specs=SPECS[len(BUILTIN) :],
        **tables(1),
    )
    yield opened
    opened.close()


@pytest.mark.parametrize("kpi", KPIS)
@pytest.mark.parametrize("by", [(), ("team", "channel")])
def test_there_are_as_many_cases_as_the_value_counts(desk, kpi, by):
    by = tuple(name for name in by if name in desk.dimensions(kpi))
    for row in desk.compute(kpi, by).rows:
        cases = desk.cases(kpi, dims=row.dims)
        assert cases.total == len(cases.rows) == row.n
        assert all(case.dims == row.dims for case in cases.rows)


@pytest.mark.parametrize(
    ("kpi", "every"),
    [
        *((kpi, "week") for kpi in PAST),
        *((kpi, e) for kpi in SOME for e in ("hour", "day", "month")),
    ],
)
def test_there_are_as_many_cases_as_each_bucket_counts(desk, kpi, every):
    start = date(2025, 3, 9 if every == "hour" else 7)  # clocks go forward on the 9th
    asked = {"every": every, "start": start, "end": start + timedelta(days=every != "hour")}
    for row in desk.compute(kpi, **asked).rows:
        cases = desk.cases(kpi, dims=row.dims, bucket=row.bucket, **asked)
        assert cases.total == len(cases.rows) == row.n
        assert {case.bucket for case in cases.rows} <= {row.bucket}


@pytest.mark.parametrize("kpi", ["first_reply_time", "fcr_rate"])
@pytest.mark.parametrize("extra", [{"attribution": "created"}, {"clock": "business"}])
def test_cases_follow_the_attribution_and_the_clock(desk, kpi, extra):
    for row in desk.compute(kpi, every="week", **extra).rows:
        assert desk.cases(kpi, every="week", bucket=row.bucket, **extra).total == row.n


@pytest.mark.parametrize("kpi", ["submissions", "csat", "time_in_stage"])
def test_a_dimension_of_time_resolves_too(desk, kpi):
    for row in desk.compute(kpi, ["weekday", "hour_of_day"]).rows:
        assert desk.cases(kpi, dims=row.dims).total == row.n


def test_a_ticket_with_two_tags_is_a_case_of_each(tmp_path):
    desk = engine(
        tmp_path,
        tickets=[
            fact(ticket_id="1", created_at="2025-06-02", tags=["a", "b", "a"]),
            fact(ticket_id="2", created_at="2025-06-02", tags=None),
        ],
    )
    for row in desk.compute("submissions", ["tag"]).rows:
        assert desk.cases("submissions", dims=row.dims).total == row.n == 1
    assert desk.cases("submissions", ["tag"]).total == 3


def test_durations_come_longest_first_and_the_limit_does_not_change_the_total(tmp_path):
    tickets = [
        fact(ticket_id=name, created_at="2025-06-02", first_reply_at="2025-06-03", first_reply_s=s)
        for name, s in (("a", 60.0), ("b", 900.0), ("c", 300.0), ("d", None))
    ]
    desk = engine(tmp_path, tickets=tickets)
    cases = desk.cases("first_reply_time", limit=2)
    assert cases.total == 3
    assert [(case.ticket_id, case.value) for case in cases.rows] == [("b", 900.0), ("c", 300.0)]
    assert cases.rows[0].at == datetime(2025, 6, 3, tzinfo=UTC)
    assert cases.rows[0].to_json() == {
        "source": "desk",
        "ticket": "b",
        "at": "2025-06-03T00:00:00+00:00",
        "value": 900.0,
        "bucket": None,
        "dims": {},
    }


def test_a_rates_cases_say_which_of_them_hold(tmp_path):
    resolved = {"created_at": "2025-06-02", "resolved_at": "2025-06-03"}
    desk = engine(
        tmp_path,
        tickets=[
            fact(ticket_id=str(replies), agent_replies=replies, touch="one", **resolved)
            for replies in (1, 2)
        ],
    )
    cases = desk.cases("fcr_rate")
    assert {case.ticket_id: case.value for case in cases.rows} == {"1": 1.0, "2": 0.0}


def test_the_longest_waiting_come_first_with_how_long(tmp_path):
    waiting = {"status": "open", "created_at": "2025-06-01"}
    desk = engine(
        tmp_path,
        tickets=[
            fact(ticket_id="new", waiting_since="2025-06-30T23:00", team_id="a", **waiting),
            fact(ticket_id="old", waiting_since="2025-06-30T00:00", team_id="b", **waiting),
            fact(ticket_id="none", waiting_since=None, **waiting),
        ],
    )
    cases = desk.cases("awaiting_reply", ["team"], limit=1)
    (longest,) = cases.rows
    assert (cases.total, longest.ticket_id, longest.value) == (2, "old", 86_400.0)
    assert longest.dims == {"team": "b"}


def test_a_survey_is_named_beside_its_ticket(tmp_path):
    desk = engine(
        tmp_path,
        surveys=[
            fact(survey_id="s1", ticket_id="1", survey="csat", good=True, answered_at="2025-06-02")
        ],
    )
    (case,) = desk.cases("csat").rows
    assert (case.ticket_id, case.record_id) == ("1", "s1")


def test_the_backlog_of_a_past_day_lists_what_stood_then(tmp_path):
    span = {"stage": "open", "unsolved": True, "enters": True}
    desk = engine(
        tmp_path,
        "Europe/Berlin",
        stages=[
            fact(ticket_id="a", started_at="2025-06-01T08:00", ended_at="2025-06-02T08:00", **span),
            fact(ticket_id="b", started_at="2025-06-02T08:00", ended_at="2025-06-03T08:00", **span),
        ],
    )
    asked = {"every": "day", "start": date(2025, 6, 1), "end": date(2025, 6, 3)}
    on = {day: desk.cases("backlog", bucket=f"2025-06-0{day}", **asked) for day in (1, 2, 3)}
    assert [case.ticket_id for case in on[1].rows] == ["a"]
    assert [case.ticket_id for case in on[2].rows] == ["b"]
    assert on[3].rows == ()
    assert on[1].rows[0].value == 14 * 3600  # 10:00 in Berlin to midnight there


def test_an_unknown_bucket_is_refused_with_the_nearest(desk):
    with pytest.raises(ConfigError, match="did you mean '2025-03-2"):
        desk.cases("submissions", every="day", bucket="2025-03-2o")
    with pytest.raises(ConfigError, match="was not asked for in periods"):
        desk.cases("submissions", bucket="2025-03-01")


def test_an_unknown_dimension_is_refused(desk):
    with pytest.raises(ConfigError, match="did you mean 'team'"):
        desk.cases("submissions", dims={"teem": "a"})


def test_hostile_values_of_dimensions_are_only_values(desk):
    assert desk.cases("submissions", dims={"channel": "x' OR '1'='1"}).total == 0
