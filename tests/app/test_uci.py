"""The public incident log through the program, against every published answer."""

from __future__ import annotations

import os
from pathlib import Path

import orjson
import pytest

from support.program import Desk

ROOT = Path(__file__).parents[2]
SHARED = Path(os.environ.get("DESKPULSE_SHARED") or ROOT.parent / "shared").resolve()
DATA = SHARED / "data" / "uci-incidents"
EVER = ("--from", "2016-01-01", "--to", "2017-12-31")
PRIORITIES = {"urgent": "1", "high": "2", "normal": "3", "low": "4"}

pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not DATA.is_dir(), reason=f"{DATA} is not there (set DESKPULSE_SHARED)"),
]


@pytest.fixture(scope="module")
def truth():
    return orjson.loads((DATA / "truth.json").read_bytes())


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    """The example's own configuration in a folder of ours: it writes its store beside itself."""
    text = (ROOT / "examples" / "uci-incidents" / "config.toml").read_text()
    desk = Desk(tmp_path_factory.mktemp("uci"), {"DESKPULSE_SHARED": str(SHARED)}).configure(text)
    report = desk("sync", "--json").ok().json
    assert report["outcome"] == "ok"
    derived = {"how": "everything", "tickets": 24_918, "records": 0}
    assert desk("derive", "--json").ok().json == derived
    return desk


def one(desk, kpi):
    (row,) = desk("kpi", kpi, *EVER, "--json").ok().json["rows"]
    return row


def split(desk, kpi, by):
    rows = desk("kpi", kpi, *EVER, "--by", by, "--json").ok().json["rows"]
    return {row["dims"][by]: row for row in rows}


def by_day(desk, kpi, days):
    span = ("--from", min(days), "--to", max(days))
    rows = desk("kpi", kpi, *span, "--every", "day", "--json").ok().json["rows"]
    return {row["bucket"]: row["value"] for row in rows}


def test_time_to_resolution(desk, truth):
    row, told = one(desk, "full_resolution_time"), truth["time_to_resolution"]
    assert row["n"] == told["n"] == 23_362
    for ours, theirs in (("mean", "mean_h"), ("median", "median_h"), ("p90", "p90_h")):
        assert row[ours] / 3600 == pytest.approx(told[theirs], abs=1e-6), ours
    assert row["value"] == row["median"]


def test_all_incidents(desk, truth):
    assert one(desk, "submissions")["value"] == truth["incidents"] == 24_918
    assert one(desk, "resolutions")["value"] == truth["time_to_resolution"]["n"]


@pytest.mark.parametrize("by", ["priority", "contact type"])
def test_by_priority_and_by_contact_type(desk, truth, by):
    dimension, told = ("priority", truth["by_priority"])
    if by == "contact type":
        dimension, told = ("channel", _of_channels(truth["by_contact_type"]))
    figures = {
        name: split(desk, kpi, dimension)
        for name, kpi in (
            ("n", "submissions"),
            ("mttr", "full_resolution_time"),
            ("sla_rate", "sla_met"),
            ("reopen_rate", "reopened"),
        )
    }
    for ours, row in figures["n"].items():
        name = PRIORITIES.get(ours, ours)
        assert row["value"] == told[name]["n"]
        for rate in ("sla_rate", "reopen_rate"):
            assert figures[rate][ours]["value"] == _close(told[name][rate]), (ours, rate)
        if "mttr_mean_h" in told[name]:
            hours = figures["mttr"].get(ours)
            for ours_is, theirs in (("mean", "mttr_mean_h"), ("median", "mttr_median_h")):
                found = None if hours is None else hours[ours_is] / 3600
                assert found == _close(told[name][theirs]), (ours, theirs)
    assert {PRIORITIES.get(ours, ours) for ours in figures["n"]} == set(told)


@pytest.mark.parametrize(
    ("kpi", "answers"), [("submissions", "created_by_day"), ("resolutions", "resolved_by_day")]
)
def test_per_day(desk, truth, kpi, answers):
    told = truth[answers]
    found = by_day(desk, kpi, told)
    assert {day: found[day] for day in told} == told
    assert len(told) == 92


def test_backlog_at_the_end_of_every_day(desk, truth):
    told = truth["backlog_end_of_day"]["days"]
    found = by_day(desk, "backlog", told)
    assert {day: found[day] for day in told} == told
    assert found["2016-05-01"] == 1_348


def test_sla_met_and_reopened(desk, truth):
    met = one(desk, "sla_met")
    assert round(met["value"], 4) == truth["made_sla"]["rate"] == 0.6342
    assert met["low"] < met["value"] < met["high"]
    reopened = one(desk, "reopened")
    assert round(reopened["value"] * reopened["n"]) == truth["reopened"]["incidents"] == 275


def test_what_the_figures_say_to_people(desk):
    told = desk("kpi", "full_resolution_time", *EVER).ok().out
    assert "23,362" in told
    assert "22 h 06 min" in told


def _of_channels(by_contact):
    """Phone and IVR are one channel of ours; its medians cannot be put together from theirs."""
    ours = {"email": by_contact["Email"], "web": by_contact["Self service"]}
    ours["other"] = by_contact["Direct opening"]
    both = [by_contact["Phone"], by_contact["IVR"]]
    n = sum(each["n"] for each in both)
    ours["voice"] = {"n": n} | {
        rate: sum(each[rate] * each["n"] for each in both) / n
        for rate in ("sla_rate", "reopen_rate")
    }
    return ours


def _close(value):
    return value if value is None else pytest.approx(value, abs=2e-6)
