"""The whole catalogue on a simulated desk: every row computes, in total, by team and by day."""

from datetime import date

import pytest

from deskpulse.app.workspace import Workspace
from deskpulse.config import load
from deskpulse_connectors.simulators.zendesk import ZendeskSimulator
from deskpulse_reports.kpis.asked import only_now
from deskpulse_reports.kpis.engine import Asked
from deskpulse_reports.kpis.spec import Analysis
from support.simulated_desk import simulated_desk

WINDOW = {"start": date(2025, 6, 2), "end": date(2025, 7, 13)}


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    with ZendeskSimulator(tickets=120, budget=0, account_limit=0) as simulator:
        desk = simulated_desk(tmp_path_factory.mktemp("desk"), simulator)
        desk("sync").ok()
        desk("derive").ok()
        yield desk


@pytest.fixture(scope="module")
def workspace(desk):
    with Workspace(load(desk.config)) as opened:
        yield opened


def specs(workspace):
    return [spec for spec in workspace.catalog if not isinstance(spec, Analysis)]


def test_the_list_has_the_value_of_every_row(desk):
    told = desk("kpi", "--list", "--values", "--json").ok().json
    by_id = {row["kpi"]: row for row in told}
    assert set(by_id) == {row["kpi"] for row in desk("kpi", "--list", "--json").ok().json}
    for row in told:
        assert row.keys() >= {"from", "to"}
        assert "rows" in row or {"value", "n"} <= row.keys()
        if row.get("n") == 0 and row["unit"] != "count":
            assert row["value"] is None, row
    shown = desk("kpi", "--list", "--values").ok().out
    for name in by_id:
        assert name in shown, "an id must be readable in full"


def test_the_list_takes_a_window(desk):
    window = ("--from", "2000-01-01", "--to", "2000-01-31")
    told = desk("kpi", "--list", "--values", "--json", *window).ok().json
    assert {(row["from"], row["to"]) for row in told if row["kpi"] == "submissions"} == {
        ("2000-01-01", "2000-01-31")
    }
    assert next(row for row in told if row["kpi"] == "submissions")["value"] == 0
    assert next(row for row in told if row["kpi"] == "csat")["value"] is None


@pytest.mark.parametrize("every", [None, "day"])
@pytest.mark.parametrize("team", [False, True])
def test_every_row_computes(workspace, team, every):
    engine, asked = workspace.engine, []
    for spec in specs(workspace):
        if every and only_now(spec):
            continue
        by = ("team",) if team and "team" in engine.dimensions(spec.id) else ()
        asked.append(Asked(spec.id, by, every, **({} if only_now(spec) else WINDOW)))
    for one, result in zip(asked, engine.compute_many(asked), strict=True):
        for row in result.rows:
            assert set(row.dims) == set(one.by)
            assert (row.bucket is None) == (every is None)
            assert row.n is not None
            assert row.value is None or row.value == row.value  # no NaN


def test_every_analysis_computes(workspace):
    for spec in workspace.catalog:
        if isinstance(spec, Analysis):
            found = workspace.engine.analyse(spec.id)
            assert all(len(row) == len(found.columns) for row in found.rows), spec.id
            for name in spec.dimensions:
                split = workspace.engine.analyse(spec.id, [name])
                assert split.columns, (spec.id, name)
