"""Two SQLite libraries in one process: they take turns, or committed rows would be lost."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from deskpulse.store import Store
from deskpulse.store.gate import Gate, alone
from deskpulse.store.history import reading

LOST = """
import os, sys
from deskpulse.store import Store
from deskpulse.store.history import reading
store = Store.open(sys.argv[1])
with store.reading() as connection:
    connection.exec_driver_sql("SELECT 1")
with reading(store) as reader:
    reader.people()
with store.writing() as connection:
    connection.exec_driver_sql("CREATE TABLE written_after (x)")
os._exit(0)  # as kill -9 would
"""


def open_files(path: Path) -> set[str]:
    found = set()
    for entry in Path("/proc/self/fd").iterdir():
        try:
            found.add(str(entry.readlink()))
        except OSError:
            continue
    return {name.removeprefix(str(path.parent)) for name in found if path.name in name}


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="needs /proc")
def test_the_log_is_never_deleted_while_it_is_open(sqlite_store):
    path = Path(str(sqlite_store.engine.url.database))
    with sqlite_store.reading() as connection:
        connection.exec_driver_sql("SELECT 1")
    with reading(sqlite_store) as reader:
        reader.people()
        with sqlite_store.writing() as connection:
            connection.exec_driver_sql("CREATE TABLE one (x)")
        reader.people()
    assert not any("(deleted)" in name for name in open_files(path))


def test_what_is_committed_after_reading_columns_outlives_a_kill(tmp_path):
    path = tmp_path / "store.db"
    Store.open(f"sqlite:///{path}").close()
    subprocess.run([sys.executable, "-c", LOST, f"sqlite:///{path}"], check=True, timeout=60)
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT count(*) FROM written_after").fetchall() == [(0,)]


def test_columns_wait_for_open_transactions_and_hold_up_new_ones(sqlite_store):
    order: list[str] = []
    read, written = threading.Event(), threading.Event()

    def write():
        with sqlite_store.writing() as connection:
            connection.exec_driver_sql("CREATE TABLE one (x)")
            read.wait(10)
            order.append("written")
        written.set()

    def columns():
        with alone(sqlite_store.engine):
            order.append("alone")

    writer = threading.Thread(target=write)
    writer.start()
    reader = threading.Thread(target=columns)
    reader.start()
    reader.join(0.2)
    assert order == []  # it waits for the writer
    read.set()
    reader.join(10)
    writer.join(10)
    assert order == ["written", "alone"]
    assert written.is_set()


def test_columns_within_an_own_transaction_are_a_fault_and_no_deadlock(sqlite_store):
    with (
        sqlite_store.writing(),
        reading(sqlite_store) as reader,
        pytest.raises(RuntimeError, match="within a transaction"),
    ):
        reader.people()
    with reading(sqlite_store) as reader:
        assert reader.people()["roles"].height == 0


def test_many_together_or_one_alone():
    gate, seen = Gate(), []
    gate.enter()
    gate.enter()
    me = threading.get_ident()
    waiting = threading.Thread(target=lambda: seen.append(_alone(gate)))
    waiting.start()
    gate.leave(me)
    waiting.join(0.1)
    assert seen == []
    gate.leave(me)
    waiting.join(10)
    assert seen == ["alone"]


def _alone(gate):
    with gate.alone():
        return "alone"
