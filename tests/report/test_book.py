from __future__ import annotations

from datetime import timedelta

import pytest

from deskpulse_reports import freshness
from deskpulse_reports.freshness import Freshness
from deskpulse_reports.kpis.builtin import BUILTIN
from deskpulse_reports.kpis.catalog import Catalog
from deskpulse_reports.kpis.engine import Desk, KpiEngine
from deskpulse_reports.kpis.session import Snapshot
from deskpulse_reports.report import grid, labels
from deskpulse_reports.report.book import Ask, TablePlan, asks, grain
from deskpulse_reports.report.define import define
from deskpulse_reports.report.model import versus
from deskpulse_reports.report.plot import plot
from deskpulse_reports.report.support import support
from support.reporting import AS_OF, FIRST, LAST, answer, report, row


def test_a_book_asks_each_question_once():
    asked = asks(support("day"))
    assert len(asked) == len(set(asked))
    assert Ask("submissions", compare=True) in asked
    assert Ask("submissions", by=("weekday", "hour_of_day")) in asked
    assert Ask("csat", every="week") in asked


def test_every_built_in_of_the_spine_has_a_place():
    asked = {ask.kpi for ask in asks(support("day"))}
    assert asked >= {
        *("submissions", "resolutions", "backlog", "awaiting_reply", "first_reply_time"),
        *("next_reply_time", "full_resolution_time", "time_in_stage", "requester_wait_time"),
        *("one_touch_rate", "fcr_rate", "reopen_rate", "csat", "csat_response_rate"),
    }


@pytest.mark.parametrize(("days", "every"), [(1, "day"), (62, "day"), (63, "week"), (401, "month")])
def test_grain(days, every):
    assert grain(days) == every


def test_versus():
    assert versus(1) == "the day before"
    assert versus(7) == "the week before"
    assert versus(28) == "the 28 days before"


@pytest.mark.parametrize(
    ("bucket", "every", "short", "long"),
    [
        ("2026-05-04", "day", "4 May", "Mon 4 May 2026"),
        ("2026-05-04", "week", "4 May", "week of 4 May 2026"),
        ("2026-05-01", "month", "May 2026", "May 2026"),
        ("2026-05", "month", "May 2026", "May 2026"),
        ("2026-05-04T13:00", "hour", "13:00", "Mon 4 May 2026 13:00"),
        ("strange", "day", "strange", "strange"),
    ],
)
def test_bucket_labels(bucket, every, short, long):
    assert labels.short(bucket, every) == short
    assert labels.long(bucket, every) == long


@pytest.mark.parametrize(
    ("given", "index"),
    [
        (0, 0),
        ("6", 6),
        ("7", None),
        ("Monday", 0),
        ("tue", 1),
        ("x", None),
        ("²", None),
        (None, None),
    ],
)
def test_weekdays(given, index):
    assert labels.weekday_index(given) == index


@pytest.mark.parametrize(
    ("given", "index"),
    [(0, 0), ("09", 9), ("00", 0), ("13:00", 13), (23, 23), (24, None), ("x", None), (None, None)],
)
def test_hours(given, index):
    assert labels.hour_index(given) == index


def test_the_engine_knows_every_question():
    catalog = Catalog.build(BUILTIN, {})
    desk = Desk("Europe/Berlin", AS_OF)
    engine = KpiEngine(Snapshot({}), catalog, desk)
    asked = {ask for every in ("day", "week", "month") for ask in asks(support(every))}
    for ask in asked:
        found = engine.compute(
            ask.kpi, ask.by, every=ask.every, start=FIRST, end=LAST, compare=ask.compare
        )
        assert found.kpi == ask.kpi
    engine.close()


def test_a_definition_says_what_explain_says():
    catalog = Catalog.build(BUILTIN, {})
    said = define(catalog["first_reply_time"], catalog, zone="Europe/Berlin", calendar="office")
    assert (said.title, said.direction, said.minimum) == ("First reply time", "lower", 20)
    assert said.text
    names = [name for name, _ in said.facts]
    assert names[0] == "Formula"
    assert dict(said.facts)["Zone"] == "Europe/Berlin"
    assert "office" in dict(said.facts)["Clocks"]


def test_a_table_joins_the_kpis_of_a_dimension():
    given = report(
        answers={
            Ask("submissions", by=("team",)): answer(
                "submissions", [row("submissions", 5, dims={"team": "17"})]
            ),
            Ask("csat", by=("team",)): answer(
                "csat",
                [
                    row("csat", 1.0, 3, dims={"team": "17"}),
                    row("csat", 0.5, 2, dims={"team": "99"}),
                ],
            ),
        }
    )
    shown = grid.of_table(TablePlan("By team", "team", ("submissions", "csat", "backlog")), given)
    assert [column.label for column in shown.columns] == ["Team", "Submissions", "CSAT"]
    assert [[cell.text for cell in line] for line in shown.rows] == [
        ["Billing", "5", "100.0 %"],
        ["99", "0", "50.0 %"],
    ]
    assert shown.rows[0][2].note == "n=3"


def test_many_layers_become_others():
    ask = Ask("submissions", by=("channel",), every="day")
    rows = [
        row("submissions", 10 - place, bucket="2026-05-04", dims={"channel": f"channel {place}"})
        for place in range(9)
    ]
    chart = plot(
        support("day").sections[0].charts[3], report(answers={ask: answer("submissions", rows)})
    )
    assert [line.name for line in chart.lines] == [*(f"channel {n}" for n in range(5)), "4 others"]
    assert chart.lines[5].values == (5 + 4 + 3 + 2,)


def test_freshness():
    recent = Freshness("a", AS_OF - timedelta(minutes=2), timedelta(minutes=30))
    late = Freshness("b", AS_OF - timedelta(hours=9), timedelta(minutes=30))
    file = Freshness("c", AS_OF - timedelta(days=400))
    never = Freshness("d", None)
    assert [source.stale(AS_OF) for source in (recent, late, file, never)] == [
        False,
        True,
        False,
        True,
    ]
    assert recent.said(AS_OF, "Europe/Berlin") == "a: complete to 07:58 Europe/Berlin"
    assert never.said(AS_OF, "Europe/Berlin") == "d: never synced"
    assert freshness.complete_to((recent, late)) == late.complete_to
    assert freshness.complete_to((recent, never)) is None
    assert freshness.complete_to(()) is None
    assert freshness.line((recent,), AS_OF, "UTC") == "Data complete to 05:58 UTC"
    assert freshness.line((), AS_OF, "UTC") == "Not known up to when the data is complete"
    assert freshness.warnings((recent, late), AS_OF, "UTC") == (
        "b: complete to Sun 24 May 2026 21:00 UTC, 9 h old; numbers may change once it has caught up",
    )
