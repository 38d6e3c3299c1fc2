"""The public ServiceNow log through the example's mapping, against independent answers."""

import os
import tomllib
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import orjson
import polars as pl
import pytest

from support.files_source import files_source, read

ROOT = Path(__file__).parents[2]
SHARED = Path(os.environ.get("DESKPULSE_SHARED") or ROOT.parent / "shared").resolve()
DATA = SHARED / "data" / "uci-incidents"
COMMON = {
    "use",
    "trust",
    "closed_counts_as_resolved",
}  # settings of every source, not the connector's

pytestmark = [
    pytest.mark.shared,
    pytest.mark.skipif(not DATA.is_dir(), reason=f"{DATA} is not there (set DESKPULSE_SHARED)"),
]


@pytest.fixture(scope="module")
def truth():
    return orjson.loads((DATA / "truth.json").read_bytes())


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    folder = ROOT / "examples" / "uci-incidents"
    config = tomllib.loads((folder / "config.toml").read_text())["sources"]["uci"]
    rejects = str(tmp_path_factory.mktemp("rejects"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DESKPULSE_SHARED", str(SHARED))
        settings = {key: value for key, value in config.items() if key not in COMMON}
        return read(files_source(folder, **settings, rejects=rejects))


@pytest.fixture(scope="module")
def tickets(loaded):
    rows = [
        {
            "id": t.id,
            "status": t.status,
            "priority": t.priority,
            "contact": t.vendor_channel,
            "created": t.created_at,
            "solved": t.solved_at,
            "closed": t.closed_at,
            "made_sla": t.custom["made_sla"],
            "reopens": t.custom["reopen_count"],
            "hours": None
            if t.solved_at is None
            else (t.solved_at - t.created_at) / timedelta(hours=1),
        }
        for t in loaded.of("ticket")
    ]
    return pl.DataFrame(rows)


def test_every_row_is_used(loaded, tickets, truth):
    assert loaded.rejected == []
    assert tickets.height == tickets["id"].n_unique() == truth["incidents"] == 24_918
    assert len({change.id for change in loaded.of("change")}) == len(loaded.of("change"))


def test_time_to_resolution(tickets, truth):
    hours = tickets["hours"].drop_nulls()
    told = truth["time_to_resolution"]
    assert len(hours) == told["n"] == 23_362
    assert hours.mean() == pytest.approx(told["mean_h"], abs=1e-6)
    assert hours.median() == pytest.approx(told["median_h"], abs=1e-6)
    assert hours.quantile(0.9, "linear") == pytest.approx(told["p90_h"], abs=1e-6)
    assert hours.max() == pytest.approx(told["max_h"], abs=1e-6)


@pytest.mark.parametrize("by", ["priority", "contact"])
def test_by_priority_and_contact_type(tickets, truth, by):
    words = {"urgent": "1", "high": "2", "normal": "3", "low": "4"}
    told = truth["by_priority" if by == "priority" else "by_contact_type"]
    found = {}
    for (name,), group in tickets.group_by(by):
        found[words.get(name, name)] = {
            "n": group.height,
            "mttr_mean_h": group["hours"].mean(),
            "mttr_median_h": group["hours"].median(),
            "sla_rate": group["made_sla"].mean(),
            "reopen_rate": (group["reopens"] > 0).mean(),
        }
    assert found.keys() == told.keys()
    for name, figures in told.items():
        for figure, value in figures.items():
            expected = value if value is None else pytest.approx(value, abs=1e-6)
            assert found[name][figure] == expected, (name, figure)


@pytest.mark.parametrize(
    ("moment", "answers"), [("created", "created_by_day"), ("solved", "resolved_by_day")]
)
def test_per_day(tickets, truth, moment, answers):
    days = tickets[moment].drop_nulls().dt.date().value_counts()
    found = {day.isoformat(): count for day, count in days.iter_rows()}
    told = truth[answers]
    assert {day: found.get(day, 0) for day in told} == told
    assert len(told) == 92  # March, April and May 2016


def test_backlog_at_the_end_of_every_day(tickets, truth):
    gone = tickets.with_columns(out=pl.coalesce("solved", "closed"))
    told = truth["backlog_end_of_day"]["days"]
    assert told["2016-05-01"] == 1_348
    for day, expected in told.items():
        midnight = datetime.combine(date.fromisoformat(day), datetime.min.time(), UTC) + timedelta(
            days=1
        )
        standing = gone.filter(
            (pl.col("created") < midnight) & (pl.col("out").is_null() | (pl.col("out") >= midnight))
        )
        assert standing.height == expected, day


def test_user_defined_figures(tickets, truth):
    assert round(tickets["made_sla"].mean(), 4) == truth["made_sla"]["rate"] == 0.6342
    assert (tickets["reopens"] > 0).sum() == truth["reopened"]["incidents"] == 275
    assert tickets["reopens"].sum() == truth["reopened"]["reopens"]
