"""The bulk reader: the same rows as one by one, in ranges that hold everything, of one snapshot."""

import subprocess
import sys

import polars as pl
import pytest

from deskpulse.records import Account, Agent, Survey
from deskpulse.store.columns import CHANGE_COLUMNS, MESSAGE_COLUMNS, TICKET_COLUMNS
from deskpulse.store.history import reading
from deskpulse.store.ranges import ranges
from support.stores import DAY_1, Desk, change, message, micros, rows, ticket


@pytest.fixture
def desk(store):
    """Two sources; ids that sort as text, some tickets bare and some full."""
    for source in ("b", "a"):
        made = Desk(store, source)
        made.put(
            *(
                ticket(str(n), status="open", tags=["x"], account_id="acme", custom={"k": n})
                if n % 2
                else ticket(str(n))
                for n in range(23)
            ),
            *(message(f"m{n}", of=str(n), author_id="p", public=bool(n % 3)) for n in range(23)),
            *(change(f"c{n}", of=str(n), new="open", seq=n) for n in range(23)),
            *(change(f"d{n}", of=str(n), field="priority") for n in range(5)),
            Survey(id="s", ticket_id="1", score=4.5, scale_max=5, answered_at=DAY_1),
            Agent(id="p"),
            Account(id="acme", tier="gold"),
            Account(id="other", tier="silver"),
        )
    return made


def sql_rows(store, table, columns, where="1 = 1"):
    names = ", ".join(f'"{name}"' for name in columns)
    return sorted(
        (tuple(row) for row in rows(store, f'SELECT {names} FROM "{table}" WHERE {where}')),
        key=repr,
    )


def frame_rows(frame: pl.DataFrame):
    return sorted(frame.rows(), key=repr)


@pytest.mark.parametrize("size", [1, 5, 1000])
def test_ranges_hold_every_ticket_once(store, desk, size):
    with reading(store) as reader:
        frames = [reader.range(part) for part in ranges(store, size)]
    for name, table, columns, where in (
        ("tickets", "ticket", TICKET_COLUMNS, "1 = 1"),
        ("messages", "message", MESSAGE_COLUMNS, "1 = 1"),
        ("changes", "change", CHANGE_COLUMNS, "1 = 1"),
    ):
        together = [row for frame in frames for row in frame_rows(frame[name])]
        assert sorted(together, key=repr) == sql_rows(store, table, columns, where)


def test_ranges_are_about_as_large_as_asked(store, desk):
    found = ranges(store, 5)
    assert len(found) == 2 * 5
    assert {part.source for part in found} == {"a", "b"}
    with reading(store) as reader:
        assert max(reader.range(part)["tickets"].height for part in found) == 5


def test_a_message_before_its_ticket_is_in_some_range(store, desk):
    desk.put(message("early", of="!not yet"), message("late", of="zzz"))
    with reading(store) as reader:
        found = pl.concat([reader.range(part)["messages"] for part in ranges(store, 5)])
    assert {"early", "late"} <= set(found["id"])


def test_an_empty_store_has_no_ranges(store):
    assert ranges(store, 10) == []


def test_single_tickets_with_every_change(store, desk):
    with reading(store) as reader:
        frames = reader.tickets("a", ["1", "3", "nobody"], tracked=False)
    assert set(frames["tickets"]["id"]) == {"1", "3"}
    assert set(frames["messages"]["id"]) == {"m1", "m3"}
    assert set(frames["changes"]["id"]) == {"c1", "d1", "c3", "d3"}
    [survey] = frames["surveys"].to_dicts()
    assert (survey["score"], survey["scale_min"], survey["answered_at"]) == (
        4.5,
        None,
        micros(DAY_1),
    )


def test_thousands_of_single_tickets(store, desk):
    with reading(store) as reader:
        frames = reader.tickets("a", [str(n) for n in range(5_000)])
    assert frames["tickets"].height == 23


def test_people(store, desk):
    with reading(store) as reader:
        everybody = reader.people()
        mine = reader.people_of("a", reader.tickets("a", ["1"]))
        nobody = reader.people_of("a", reader.tickets("a", []))
    assert everybody["roles"].height == 2
    assert sorted(everybody["accounts"].rows()) == [
        (source, name, tier)
        for source in ("a", "b")
        for name, tier in (("acme", "gold"), ("other", "silver"))
    ]
    assert mine["roles"].rows() == [("a", "p:first", "p", "agent", None)]
    assert mine["accounts"].rows() == [("a", "acme", "gold")]
    assert nobody["roles"].height == 0


def test_types_do_not_depend_on_what_comes_first(store, desk):
    with reading(store) as reader:
        empty = reader.tickets("a", [])
        full = reader.tickets("a", ["1", "2"])
    for name, frame in full.items():
        assert frame.schema == empty[name].schema


def test_all_frames_are_of_one_snapshot_on_postgres(store, desk):
    # on SQLite no transaction may outlast a query (deskpulse.store.gate): each sees what is there
    with reading(store) as reader:
        before = reader.tickets("a", ["1"])["messages"].height
        desk_a = Desk(store, "a-again")
        assert desk_a.put(ticket("new")).new == 1
        with store.writing() as connection:
            connection.exec_driver_sql("DELETE FROM message")
        still = before if store.engine.dialect.name == "postgresql" else 0
        assert reader.tickets("a", ["1"])["messages"].height == still


def test_reading_columns_takes_nothing_from_under_the_writer(sqlite_store):
    """Two SQLite libraries in one process: one must not delete the other's write-ahead log."""
    desk = Desk(sqlite_store)
    desk.put(ticket("1"))
    with reading(sqlite_store) as reader:
        assert reader.tickets("desk", ["1"])["tickets"].height == 1
    desk.put(ticket("2"))
    count = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]);"
    count += "print(c.execute('SELECT count(*) FROM ticket').fetchone()[0]); c.close()"
    command = [sys.executable, "-c", count, sqlite_store.engine.url.database]
    seen = subprocess.run(command, capture_output=True, text=True, check=True)
    assert seen.stdout == "2\n"
