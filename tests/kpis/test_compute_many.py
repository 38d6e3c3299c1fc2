"""Questions asked together have the answers of questions asked alone."""

from datetime import date

import pytest

from deskpulse_reports.facts.schema import TABLES
from deskpulse_reports.kpis.builtin import BUILTIN
from deskpulse_reports.kpis.engine import Asked
from deskpulse_reports.kpis.session import Session
from deskpulse_reports.kpis.spec import Analysis, Measure, Stock
from support.marts import engine, fact
from support.random_marts import tables

OWN = (
    Measure(
        id="late_share",
        table="tickets",
        value="count(*) filter (where reopens > 0) / nullif(count(distinct channel), 0)",
        filter="agent_replies > 1",
        time="resolved_at",
    ),
    Measure(
        id="middle",
        table="tickets",
        value="median(first_reply_s) + quantile_cont(first_reply_s, 0.9) + sum(distinct reopens)",
        filter="status = 'solved'",
        time="resolved_at",
        include_removed=True,
    ),
)
SPECS = (*BUILTIN, *OWN)
PRESENT = {spec.id for spec in BUILTIN if isinstance(spec, Stock) and spec.only_now}
KPIS = [spec.id for spec in SPECS if not isinstance(spec, Analysis)]
OF_TICKETS = {
    spec.id for spec in SPECS if "ticket_id" in TABLES.get(getattr(spec, "table", ""), ())
}


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    opened = engine(
        tmp_path_factory.mktemp("mart"), "Europe/Berlin", specs=OWN, **tables(4, size=300)
    )
    yield opened
    opened.close()


@pytest.mark.parametrize("by", [(), ("agent", "channel"), ("tag",), ("weekday",)])
@pytest.mark.parametrize("every", [None, "day"])
def test_all_at_once_is_each_alone(desk, by, every):
    attribution = "created" if by == ("weekday",) else "event"
    asked = [
        Asked(
            kpi,
            by,
            None if kpi in PRESENT else every,
            start=date(2025, 2, 25),
            end=date(2025, 3, 20),
            attribution=attribution,
        )
        for kpi in KPIS
        if set(by) <= set(desk.dimensions(kpi)) and (attribution == "event" or kpi in OF_TICKETS)
    ]
    assert len(asked) > 5
    for one, result in zip(asked, desk.compute_many(asked), strict=True):
        alone = desk.compute_many([one])[0]
        assert result == alone
        assert result.kpi == one.kpi


def queries_of(desk, asked, monkeypatch):
    """What the mart is asked for these."""
    queries = []
    honest = Session.rows

    def counted(self, sql, place):
        queries.append(sql)
        return honest(self, sql, place)

    monkeypatch.setattr(Session, "rows", counted)
    desk.compute_many(asked)
    return queries


def test_measures_of_one_table_share_a_scan(desk, monkeypatch):
    window = {"start": date(2025, 3, 1), "end": date(2025, 3, 7)}
    asked = [
        Asked(kpi, **window)
        for kpi in ("resolutions", "full_resolution_time", "one_touch_rate", "fcr_rate")
    ]
    desk.compute_many(asked)  # learns how far the data reaches
    assert len(queries_of(desk, asked, monkeypatch)) == 1


WAYS = [(), ("team",), ("agent",), ("priority",), ("tag",), ("hour_of_day",), ("team", "tag")]
SPAN = {"start": date(2025, 2, 25), "end": date(2025, 3, 20)}
HOW = [(every, clock) for every in (None, "day", "week") for clock in ("calendar", "business")]


@pytest.mark.parametrize(("part", "every", "clock"), [(n, *how) for n, how in enumerate(HOW)])
def test_one_scan_for_several_ways_to_split_is_one_scan_each(desk, part, every, clock):
    asked = [
        Asked(kpi, by, None if kpi in PRESENT else every, clock=clock, **({}, SPAN)[number % 2])
        for number, kpi in enumerate(KPIS[part :: len(HOW)])  # every KPI in one of the tests
        for by in WAYS
        if set(by) <= set(desk.dimensions(kpi))
    ]
    assert len(asked) > len(KPIS) // len(HOW)
    for one, result in zip(asked, desk.compute_many(asked), strict=True):
        assert result == desk.compute_many([one])[0]


def test_a_dimension_without_a_value_is_not_the_total(tmp_path):
    unassigned = fact(ticket_id="1", created_at="2025-06-02T09:00", team_id=None)
    desk = engine(tmp_path, tickets=[unassigned])
    window = {"start": date(2025, 6, 2), "end": date(2025, 6, 2)}
    total, by_team = desk.compute_many(
        [Asked("submissions", by, **window) for by in ((), ("team",))]
    )
    assert [(row.dims, row.value) for row in total.rows] == [({}, 1)]
    assert [(row.dims, row.value) for row in by_team.rows] == [({"team": None}, 1)]


def test_ways_that_have_too_many_rows_only_together_are_answered(desk, monkeypatch):
    asked = [Asked("submissions", by, **SPAN) for by in ((), ("agent",), ("team",))]
    each = desk.compute_many(asked)
    most = max(len(result.rows) for result in each)
    together = sum(len(result.rows) for result in each)
    assert most < together
    monkeypatch.setattr("deskpulse_reports.kpis.answers.MAX_ROWS", 2 * most)
    assert desk.compute_many(asked) == each


def test_ways_to_split_share_a_scan(desk, monkeypatch):
    window = {"start": date(2025, 3, 1), "end": date(2025, 3, 7)}
    asked = [
        Asked(kpi, by, **window)
        for kpi in ("resolutions", "full_resolution_time")
        for by in ((), ("team",), ("agent",))
    ]
    desk.compute_many(asked)  # learns how far the data reaches
    assert len(queries_of(desk, asked, monkeypatch)) == 1


def test_nothing_asked_is_nothing_answered(desk):
    assert desk.compute_many([]) == []
