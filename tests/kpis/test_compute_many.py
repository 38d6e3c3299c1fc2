"""Questions asked together have the answers of questions asked alone."""

from datetime import date

import pytest

from deskpulse_reports.facts.schema import TABLES
from deskpulse_reports.kpis.builtin import BUILTIN
from deskpulse_reports.kpis.engine import Asked
from deskpulse_reports.kpis.session import Session
from deskpulse_reports.kpis.spec import Analysis, Measure, Stock
from support.marts import engine
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


def test_measures_of_one_table_share_a_scan(desk, monkeypatch):
    queries = []
    honest = Session.rows

    def counted(self, sql, place):
        queries.append(sql)
        return honest(self, sql, place)

    window = {"start": date(2025, 3, 1), "end": date(2025, 3, 7)}
    asked = [
        Asked(kpi, **window)
        for kpi in ("resolutions", "full_resolution_time", "one_touch_rate", "fcr_rate")
    ]
    desk.compute_many(asked)  # learns how far the data reaches
    monkeypatch.setattr(Session, "rows", counted)
    desk.compute_many(asked)
    assert len(queries) == 1


def test_nothing_asked_is_nothing_answered(desk):
    assert desk.compute_many([]) == []
