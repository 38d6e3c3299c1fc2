"""What a KPI can be split by: every dimension of the trade where it makes sense, else a list."""

from datetime import date

import pytest

from deskpulse.errors import ConfigError
from deskpulse_reports.kpis.builtin import BUILTIN
from deskpulse_reports.kpis.builtin.analyses import ANALYSES
from deskpulse_reports.kpis.engine import Asked
from support.marts import engine, fact
from support.random_marts import tables

OF_TICKETS = {
    "source": "desk", "channel": "email", "brand": "north", "team": "t1", "agent": "ann",
    "priority": "high", "kind": "problem", "reason": "late", "tag": "vip", "customer": "c1",
    "account": "a1", "account_tier": "gold", "language": "de", "initiated_by": "customer",
}  # fmt: skip
SHARED = {
    "channel": "email", "brand": "north", "priority": "high", "kind": "problem", "reason": "late",
    "tags": ["vip"], "customer_id": "c1", "account_id": "a1", "account_tier": "gold",
    "language": "de", "initiated_by": "customer",
}  # fmt: skip
OWN = {"agent_id": "ann", "team_id": "t1"}
INSTANT = "2025-06-02T09:30"  # a Monday; 11:30 in Berlin
ROWS = {
    "tickets": [fact(
        **SHARED, **OWN, ticket_id="1", created_at=INSTANT, status="solved", touch="one",
        first_reply_at=INSTANT, first_reply_s=60.0, first_reply_agent_id="ann",
        first_reply_team_id="t1", resolved_at=INSTANT, resolved_agent_id="ann",
        resolved_team_id="t1", full_resolution_s=60.0, agent_replies=1,
    )],
    "replies": [fact(**SHARED, **OWN, ticket_id="1", started_at=INSTANT, ended_at=INSTANT, s=5.0)],
    "reactions": [fact(**SHARED, **OWN, ticket_id="1", started_at=INSTANT, ended_at=INSTANT,
                       ended_by="reply", s=5.0)],
    "stages": [fact(**SHARED, **OWN, ticket_id="1", stage="open", started_at=INSTANT,
                    unsolved=True, enters=True)],
    "surveys": [fact(**SHARED, **OWN, survey_id="1", survey="csat", good=True,
                     answered_at=INSTANT)],
    "activities": [fact(**SHARED, **OWN, ticket_id="1", type="public_reply", acted_at=INSTANT,
                        actor_role="agent")],
    "interactions": [fact(**SHARED | {"channel": "voice"}, **OWN, interaction_id="1",
                          outcome="answered", started_at=INSTANT, handle_s=60.0)],
}  # fmt: skip
ONE_OF_EACH = {
    "submissions": "tickets", "first_reply_time": "tickets", "full_resolution_time": "tickets",
    "fcr_rate": "tickets", "next_reply_time": "replies",
    "reaction_time": "reactions", "inflow": "stages", "csat": "surveys",
    "service_activities": "activities", "aht": "interactions", "answered_call_rate": "interactions",
    "backlog": "stages",
}  # fmt: skip


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    opened = engine(tmp_path_factory.mktemp("mart"), "Europe/Berlin", **ROWS)
    yield opened
    opened.close()


@pytest.mark.parametrize("dimension", OF_TICKETS)
@pytest.mark.parametrize("kpi", ONE_OF_EACH)
def test_a_ticket_figure_splits_by_everything_a_ticket_is(desk, kpi, dimension):
    (row,) = [row for row in desk.compute(kpi, [dimension]).rows if row.n]
    expected = OF_TICKETS[dimension]
    if dimension == "channel" and ONE_OF_EACH[kpi] == "interactions":
        expected = "voice"
    assert row.dims == {dimension: expected}


@pytest.mark.parametrize(
    ("every", "bucket"),
    [("hour", "2025-06-02T11:00"), ("day", "2025-06-02"), ("week", "2025-06-02"),
     ("month", "2025-06-01")],
)  # fmt: skip
def test_by_time_in_the_zone_of_the_desk(desk, every, bucket):
    window = {"start": date(2025, 6, 2), "end": date(2025, 6, 2)}
    rows = [row for row in desk.compute("submissions", every=every, **window).rows if row.value]
    assert [row.bucket[: len(bucket)] for row in rows] == [bucket]
    (row,) = desk.compute("submissions", ["weekday", "hour_of_day"]).rows
    assert row.dims == {"weekday": 0, "hour_of_day": 11}


def test_what_does_not_apply_is_refused_with_what_does(desk):
    for kpi, wrong, near in (
        ("submissions", "tags", "did you mean 'tag'"),
        ("orders", "priority", "allowed are account"),
        ("mrr", "agent", "allowed are"),
        ("backlog", "hour_of_day", "allowed are"),
        ("first_reply_time", "teem", "did you mean 'team'"),
    ):
        with pytest.raises(ConfigError, match=f"{kpi} has no dimension '{wrong}'.*{near}") as told:
            desk.compute(kpi, [wrong])
        for known in desk.dimensions(kpi):
            assert known in told.value.message


def test_every_dimension_that_is_offered_works(tmp_path):
    desk = engine(tmp_path, specs=ANALYSES, **tables(3))
    asked = [
        Asked(spec.id, (name,), compare=False)
        for spec in BUILTIN
        for name in desk.dimensions(spec.id)
    ]
    for start in range(0, len(asked), 200):
        desk.compute_many(asked[start : start + 200])
    for spec in ANALYSES:
        for name in spec.dimensions:
            assert name in desk.analyse(spec.id, [name]).columns or spec.id == "spikes"
