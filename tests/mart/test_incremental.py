"""Deriving what is dirty, step by step, gives what deriving everything at once gives."""

import random
import shutil

import pytest

from deskpulse.store import Store
from deskpulse_reports.facts import Settings, SourceRules
from deskpulse_reports.mart import writer
from support.mart_rows import files, mart_rows, refresh
from support.pages import page
from support.stores import Desk, message, ticket

SETTINGS = Settings(
    sources={"a": SourceRules(escalation_teams=frozenset({"t2"}))}, zone="Asia/Tokyo"
)


def fill(store, rng, pages):
    """Pages from two sources, one after the other; yields after each."""
    desks = [Desk(store, source) for source in ("a", "b")]
    for _ in range(pages):
        rng.choice(desks).put(*page(rng), observed=rng.random() < 0.3)
        yield


@pytest.mark.parametrize("fold_at", [0, 3, 20_000])
@pytest.mark.parametrize("seed", range(3))
def test_step_by_step_equals_all_at_once(
    sqlite_template, tmp_path, clock, monkeypatch, seed, fold_at
):
    monkeypatch.setattr(writer, "FOLD_AT", fold_at)
    path = shutil.copy(sqlite_template, tmp_path / "store.db")
    store = Store.open(f"sqlite:///{path}")
    rng = random.Random(seed * 1000 + fold_at)
    for _ in fill(store, rng, 8):
        if rng.random() < 0.7:
            refresh(store, tmp_path / "steps", clock, SETTINGS)
    refresh(store, tmp_path / "steps", clock, SETTINGS)
    assert refresh(store, tmp_path / "whole", clock, SETTINGS) == "everything"
    steps, whole = mart_rows(tmp_path / "steps"), mart_rows(tmp_path / "whole")
    for table in whole:
        assert steps[table] == whole[table], table
    before = files(tmp_path / "steps")
    assert refresh(store, tmp_path / "steps", clock, SETTINGS) == "nothing"
    assert files(tmp_path / "steps") == before
    store.close()


def test_the_same_on_both_databases(store, tmp_path, clock):
    rng = random.Random(7)
    for _ in fill(store, rng, 5):
        refresh(store, tmp_path / "steps", clock, SETTINGS)
    refresh(store, tmp_path / "whole", clock, SETTINGS)
    assert mart_rows(tmp_path / "steps") == mart_rows(tmp_path / "whole")


def test_only_what_is_dirty_is_derived(sqlite_store, tmp_path, clock):
    desk = Desk(sqlite_store)
    desk.put(*(ticket(str(n)) for n in range(50)))
    refresh(sqlite_store, tmp_path, clock)
    before = mart_rows(tmp_path)
    desk.put(message("m", of="7", author_role="agent"))
    assert refresh(sqlite_store, tmp_path, clock) == "dirty"
    after = mart_rows(tmp_path)
    changed = [row for row in after["tickets"] if row not in before["tickets"]]
    assert [row[1] for row in changed] == ["7"]
    overlay = list((tmp_path / "tickets").glob("overlay-*"))
    assert len(overlay) == 1
