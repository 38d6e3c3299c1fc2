"""Fresh rows lie on top of the base; when there are many they are folded into their months."""

import os
import time
from datetime import UTC, datetime

import polars as pl
import pytest

from deskpulse.leases import LeaseHeld, Leases
from deskpulse.records import Interaction, Order, Survey, Tombstone
from deskpulse_reports.mart import writer
from deskpulse_reports.mart.manifest import read
from support.mart_rows import files, mart_dicts, refresh
from support.stores import DAY_1, Desk, message, ticket

DECEMBER = datetime(2025, 12, 3, tzinfo=UTC)


@pytest.fixture
def desk(sqlite_store):
    return Desk(sqlite_store)


@pytest.fixture
def mart(desk, tmp_path, clock):
    """Refreshes the mart and returns its folder."""

    def refreshed():
        refresh(desk.store, tmp_path / "mart", clock)
        return tmp_path / "mart"

    return refreshed


@pytest.fixture
def fold_at_once(monkeypatch):
    monkeypatch.setattr(writer, "FOLD_AT", 0)
    monkeypatch.setattr(writer, "FOLD_SHARE", 0)


def ids(folder, table, column):
    return sorted(row[column] for row in mart_dicts(folder, table))


def test_an_overlay_takes_the_place_of_the_base(desk, mart):
    desk.put(ticket("1", reason="a"), ticket("2", reason="a"))
    mart()
    desk.put(ticket("1", reason="b"))
    folder = mart()
    assert {row["ticket_id"]: row["reason"] for row in mart_dicts(folder, "tickets")} == {
        "1": "b",
        "2": "a",
    }
    manifest = read(folder)
    assert (set(manifest.overlay), set(manifest.keys)) == ({"tickets", "stages"}, {"ticket"})
    desk.put(ticket("2", reason="c"))
    assert ids(mart(), "tickets", "reason") == ["b", "c"]


def test_an_owner_without_rows_is_gone_from_base_and_overlay(desk, mart):
    desk.put(Survey(id="s", sent_at=DAY_1))
    assert ids(mart(), "surveys", "survey_id") == ["s"]
    desk.put(Survey(id="s", sent_at=DAY_1, ticket_id="1"))  # now it belongs to a ticket
    folder = mart()
    assert [(r["survey_id"], r["ticket_id"]) for r in mart_dicts(folder, "surveys")] == [("s", "1")]
    desk.put(ticket("1", reason="late"))
    assert [row["reason"] for row in mart_dicts(mart(), "surveys")] == ["late"]


def test_a_fold_rewrites_only_the_months_it_touches(desk, mart, fold_at_once):
    desk.put(ticket("1"), ticket("2", created_at=DECEMBER))
    before = read(mart()).base["tickets"]
    desk.put(message("m", of="2", author_role="agent"))
    after = read(mart())
    assert (after.overlay, after.keys) == ({}, {})
    assert sorted(after.base["tickets"]) == ["2025-11", "2025-12"]
    assert after.base["tickets"]["2025-11"] == before["2025-11"]
    assert after.base["tickets"]["2025-12"] != before["2025-12"]


def test_a_ticket_that_moves_to_another_month_is_not_doubled(desk, mart, fold_at_once):
    desk.put(ticket("1"), ticket("2"))
    mart()
    desk.put(ticket("1", created_at=DECEMBER))
    folder = mart()
    assert ids(folder, "tickets", "ticket_id") == ["1", "2"]
    assert ids(folder, "stages", "ticket_id") == ["1", "2"]
    desk.put(ticket("2", created_at=DECEMBER))
    assert sorted(read(mart()).base["tickets"]) == ["2025-12"]


def test_a_survey_that_was_there_before_its_ticket_is_not_doubled(desk, mart, fold_at_once):
    desk.put(Survey(id="s", ticket_id="1", sent_at=DAY_1))
    assert list(read(mart()).base["surveys"]) == ["none"]
    desk.put(ticket("1", reason="late"))
    assert [row["reason"] for row in mart_dicts(mart(), "surveys")] == ["late"]


def test_records_fold_like_tickets(desk, mart, fold_at_once):
    desk.put(Order(id="1", placed_at=DAY_1), Order(id="2"), Interaction(id="i", channel="voice"))
    folder = mart()
    assert sorted(read(folder).base["orders"]) == ["2025-11", "none"]
    desk.put(Order(id="2", placed_at=DECEMBER), Tombstone(record="order", id="1", reason="spam"))
    folder = mart()
    assert sorted(read(folder).base["orders"]) == ["2025-11", "2025-12"]
    assert [(r["order_id"], r["counted"]) for r in mart_dicts(folder, "orders")] == [
        ("1", False),
        ("2", True),
    ]


def test_files_that_no_snapshot_needs_go_after_an_hour(desk, mart, clock):
    desk.put(ticket("1"))
    folder = mart()
    orphan = folder / "tickets" / "2025-11-orphan.parquet"
    orphan.write_bytes(b"left by a crash")
    old = [name for name in files(folder) if name.endswith(".parquet")]
    desk.put(ticket("1", reason="b"))
    mart()
    assert set(old) <= set(files(folder)), "a reader may still be at them"
    for name in files(folder):
        if name.endswith(".parquet"):
            os.utime(folder / name, (0, time.time() - 2 * writer.KEEP_S))
    desk.put(ticket("1", reason="c"))
    mart()
    left = {name for name in files(folder) if name.endswith(".parquet")}
    assert left == read(folder).files()
    assert ids(folder, "tickets", "reason") == ["c"]


def test_only_one_process_refreshes_at_a_time(desk, mart):
    with Leases(desk.store.engine, "another process").hold("mart"), pytest.raises(LeaseHeld):
        mart()


def test_new_data_is_told_of_even_if_it_changes_nothing(desk, mart, clock):
    desk.put(ticket("1"))
    folder = mart()
    desk.store.caught_up("desk", "tickets", clock.now(), clock.now())
    assert read(mart()).complete_to == {"desk": clock.now().isoformat()}
    before = files(folder)
    assert files(mart()) == before


@pytest.mark.parametrize("many", [0, 3, 1000])
def test_ids_that_do_not_rise_with_time_land_in_their_months(desk, mart, monkeypatch, many):
    monkeypatch.setattr(writer, "MANY_RUNS", many)
    months = {str(n): DECEMBER if n % 2 else DAY_1 for n in range(20)}
    desk.put(*(ticket(ident, created_at=instant) for ident, instant in months.items()))
    folder = mart()
    assert ids(folder, "tickets", "ticket_id") == sorted(months)
    by_month = {
        month: {row["ticket_id"] for name in names for row in read_rows(folder / name)}
        for month, names in read(folder).base["tickets"].items()
    }
    assert by_month == {
        f"{instant:%Y-%m}": {ident for ident, other in months.items() if other == instant}
        for instant in (DECEMBER, DAY_1)
    }


def read_rows(path):
    return pl.read_parquet(path).to_dicts()
