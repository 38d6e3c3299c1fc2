"""The connector under the real sync engine and a real store."""

import pytest

from deskpulse.clock import SystemClock
from deskpulse.store import Store
from deskpulse.sync import SyncEngine
from support.files_source import files_source, kept_aside


@pytest.fixture
def store(tmp_path):
    store = Store.open(f"sqlite:///{tmp_path / 'store.db'}")
    yield store
    store.close()


def sync(store, source):
    return SyncEngine(store, SystemClock()).run([source]).streams[0]


def test_bad_rows_in_any_number_never_stop_the_load(store, tmp_path):
    (tmp_path / "a_teams.csv").write_text("id,name\n" + "bad\n" * 5_000 + "1,Blue\n")
    (tmp_path / "b_teams.csv").write_text("id,name\n2,Red\n")
    table = {"path": "*_teams.csv", "record": "team", "columns": {"id": "id", "name": "name"}}
    source = files_source(tmp_path, tables=[table])
    first = sync(store, source)
    assert (first.outcome, first.rejected, first.rows.new) == ("partial", 5_000, 2)
    assert first.first_error == "a_teams.csv line 2: 1 cells where the header has 2"
    assert len(kept_aside(tmp_path)) == 5_000
    assert sorted(team.name for team in store.all("team")) == ["Blue", "Red"]
    second = sync(store, source)
    assert (second.outcome, second.pages, second.rejected) == ("ok", 0, 0)
    assert len(kept_aside(tmp_path)) == 5_000


def test_an_event_log_of_many_pages_is_stored_once(store, tmp_path):
    rows = "".join(
        f"c{n},{k},2026-05-0{k + 1}T08:00Z,{k}\n" for n in range(3_000) for k in range(2)
    )
    (tmp_path / "log.csv").write_text("case,n,at,group\n" + rows)
    table = {
        "path": "log.csv",
        "kind": "events",
        "case": "case",
        "order": "n",
        "time": "at",
        "columns": {"team_id": "group"},
    }
    source = files_source(tmp_path, tables=[table])
    first = sync(store, source)
    assert (first.outcome, first.pages, first.rows.new) == ("ok", 4, 6_000)
    with (tmp_path / "log.csv").open("a") as out:
        out.write("c7,2,2026-05-03T08:00Z,late\n")
    second = sync(store, source)
    assert (second.rows.new, second.rows.changed, second.rows.unchanged) == (1, 1, 1)
    assert store.get("ticket", "export", ["c7"])["c7"].team_id == "late"


def test_a_broken_file_is_reported_in_every_run(store, tmp_path):
    (tmp_path / "teams.csv.gz").write_bytes(b"no gzip")
    source = files_source(tmp_path, path="*.gz")
    for _ in range(2):
        run = sync(store, source)
        assert (run.outcome, run.rejected, run.error) == ("partial", 1, "")
        assert "teams.csv.gz line 1: the file cannot be read on: " in run.first_error
