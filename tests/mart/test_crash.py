"""A refresh that is killed at any step leaves the old snapshot or the new one, and none half."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from deskpulse.records import Order
from deskpulse.store import Store
from deskpulse_reports.mart.manifest import read
from support import mart_crash
from support.clock import FakeClock
from support.mart_rows import mart_rows, refresh
from support.stores import DAY_1, Desk, message, ticket

TABLES = ("tickets", "stages", "orders", "activities")


@pytest.mark.parametrize("mode", mart_crash.MODES)
def test_killed_anywhere(sqlite_store, tmp_path, mode):
    start = tmp_path / "start"
    start.mkdir()
    desk = Desk(sqlite_store)
    desk.put(ticket("1", reason="old"), ticket("2", reason="old"), Order(id="1", placed_at=DAY_1))
    refresh(sqlite_store, start / "mart", FakeClock())
    old = mart_rows(start / "mart", *TABLES)
    desk.put(
        ticket("1", reason="new"), message("m", author_role="agent"), Order(id="2", placed_at=DAY_1)
    )
    _copy(sqlite_store, start / "store.db")
    refresh(sqlite_store, tmp_path / "new", FakeClock())
    new = mart_rows(tmp_path / "new", *TABLES)
    assert old != new

    killed = _kill_everywhere(mode, tmp_path)
    assert killed >= 10
    states = []
    for attempt in range(1, killed + 2):
        folder = tmp_path / str(attempt)
        rows = mart_rows(folder / "mart", *TABLES)
        assert rows in (old, new), f"killed at step {attempt}"
        states.append(rows == new)
        if attempt % 3 == 0 or attempt > killed - 2:  # each takes as long as the attempt itself
            _recover(folder)
            assert mart_rows(folder / "mart", *TABLES) == new
            assert read(folder / "mart").version >= 2
    assert states == sorted(states), "once it is published it stays"
    assert not states[0]
    assert states[-1]


def _copy(store, path):
    raw = store.engine.raw_connection()
    try:
        raw.driver_connection.execute("VACUUM INTO ?", (str(path),))
    finally:
        raw.close()


def _kill_everywhere(mode, folder):
    tests = Path(__file__).parent.parent
    done = subprocess.run(
        [sys.executable, "-W", "ignore", mart_crash.__file__, mode, str(folder)],
        env={**os.environ, "PYTHONPATH": str(tests)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return int(done.stdout)


def _recover(folder):
    """What the next run does; it may take the lease of a process that is dead."""
    store = Store.open(f"sqlite:///{folder / 'store.db'}")
    refresh(store, folder / "mart", FakeClock())
    with store.reading() as connection:
        for table in ("dirty_ticket", "dirty_record"):
            found = connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar()
            assert found == 0, table
    store.close()
