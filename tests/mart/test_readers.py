"""Readers during commits see one snapshot: never a table of before beside one of after."""

import threading

import pytest

from deskpulse_reports.kpis.session import Session
from deskpulse_reports.mart import writer
from deskpulse_reports.mart.manifest import read
from deskpulse_reports.mart.snapshot import snapshot
from support.mart_rows import refresh
from support.stores import Desk, message, ticket

TICKETS = 20
ROUNDS = 12
SEEN = """
SELECT (SELECT list_sort(list(DISTINCT reason)) FROM tickets),
       (SELECT list_sort(list(DISTINCT reason)) FROM stages),
       (SELECT list_sort(list(DISTINCT reason)) FROM activities),
       (SELECT count(*) FROM tickets),
       (SELECT count(*) FROM activities)
"""


@pytest.mark.parametrize("fold_at", [0, 20_000])
def test_every_snapshot_is_of_one_moment(sqlite_store, tmp_path, clock, monkeypatch, fold_at):
    monkeypatch.setattr(writer, "FOLD_AT", fold_at)
    desk = Desk(sqlite_store)
    desk.put(*(message(f"m{n}", of=str(n), author_role="agent") for n in range(TICKETS)))
    _name(desk, 0)
    refresh(sqlite_store, tmp_path, clock)
    done = threading.Event()

    def write():
        try:
            for number in range(1, ROUNDS):
                _name(desk, number)
                refresh(sqlite_store, tmp_path, clock)
        finally:
            done.set()

    seen = []
    thread = threading.Thread(target=write)
    thread.start()
    while not done.is_set() or not seen:
        session = Session(snapshot(tmp_path, read(tmp_path)))
        [row] = session.rows(SEEN, "a test")
        session.close()
        seen.append(row)
    thread.join()
    for row in seen:
        assert row[0] == row[1] == row[2]
        assert len(row[0]) == 1
        assert row[3:] == (TICKETS, TICKETS)
    names = [int(row[0][0]) for row in seen]
    assert names == sorted(names)
    assert read(tmp_path).version == ROUNDS


def _name(desk, number):
    """All tickets get another reason in one page."""
    desk.put(*(ticket(str(n), reason=str(number)) for n in range(TICKETS)))
