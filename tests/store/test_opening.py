"""What can be wrong with a store's address or files, and what its errors tell the operator."""

import os
import sqlite3

import pytest
from sqlalchemy.exc import OperationalError

from deskpulse.errors import ConfigError, StoreError, StoreUnreachable
from deskpulse.store import Store
from deskpulse.store import engine as engine_module
from support.stores import Desk, ticket


@pytest.mark.parametrize(
    ("url", "named"),
    [
        ("nonsense", "not a database URL"),
        ("mysql://h/db", "'mysql'; allowed: sqlite, postgresql"),
        ("postgresql://h:port/db", "not a database URL"),
    ],
)
def test_an_address_that_cannot_be_used(url, named):
    with pytest.raises(ConfigError, match=named) as caught:
        Store.open(url)
    assert "sqlite:///deskpulse.db" in caught.value.hint


def test_a_file_that_is_no_database(tmp_path):
    path = tmp_path / "store.db"
    path.write_bytes(b"this is a letter, not a database" * 100)
    with pytest.raises(StoreError) as caught:
        Store.open(f"sqlite:///{path}")
    assert "no SQLite database" in caught.value.hint


def test_a_folder_that_cannot_be_made(tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StoreError, match="file") as caught:
        Store.open(f"sqlite:///{tmp_path}/file/store.db")
    assert "permissions" in caught.value.hint


def test_a_server_that_does_not_answer():
    with pytest.raises(StoreUnreachable) as caught:
        Store.open("postgresql://desk:hunter2@127.0.0.1:1/deskpulse")
    assert "cannot be reached" in caught.value.hint
    assert "hunter2" not in str(caught.value) + caught.value.hint


@pytest.mark.postgres
def test_a_database_that_does_not_exist(postgres_server):
    url = postgres_server.url.set(database="nowhere").render_as_string(hide_password=False)
    with pytest.raises(StoreError, match="nowhere") as caught:
        Store.open(url)
    assert not isinstance(caught.value, StoreUnreachable)  # waiting would not help
    assert "name in store.url" in caught.value.hint


@pytest.mark.parametrize(
    ("said", "away"),
    [
        ("connection failed: server at 1.2.3.4 failed: Connection refused", True),
        ("connection failed: FATAL:  the database system is starting up", True),
        ("connection failed: FATAL:  sorry, too many clients already", True),
        ("failed to resolve host 'db': [Errno -3] Temporary failure in name resolution", True),
        ("consuming input failed: server closed the connection unexpectedly", True),
        ('connection failed: FATAL:  password authentication failed for user "desk"', False),
        ("connection failed: fe_sendauth: no password supplied", False),
        ("connection failed: server does not support SSL, but SSL was required", False),
        ('connection failed: FATAL:  role "desk" does not exist', False),
    ],
)
def test_a_server_that_is_away_is_not_one_that_refuses(said, away):
    with pytest.raises(StoreError) as caught, engine_module.explained("opening the store"):
        raise OperationalError("", {}, Exception(said))
    assert isinstance(caught.value, StoreUnreachable) is away
    assert ("let us in" in caught.value.hint) is not away


def test_a_locked_database_is_explained_and_nothing_is_lost(sqlite_template, tmp_path, monkeypatch):
    monkeypatch.setattr(engine_module, "BUSY_TIMEOUT_S", 0.05)
    path = tmp_path / "store.db"
    path.write_bytes(sqlite_template.read_bytes())
    store = Store.open(f"sqlite:///{path}")
    desk = Desk(store)
    desk.put(ticket("1"), cursor="c1")
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match="locked") as caught:
        desk.put(ticket("2"), cursor="c2")
    assert "Another program holds the database" in caught.value.hint
    assert store.count("ticket") == 1  # reading goes on meanwhile
    other.execute("ROLLBACK")
    other.close()
    desk.put(ticket("2"), cursor="c2")
    assert store.count("ticket") == 2
    store.close()


def test_a_full_disk_is_explained_and_nothing_is_lost(sqlite_store):
    desk = Desk(sqlite_store)
    desk.put(ticket("1"), cursor="c1")
    with sqlite_store.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
    sqlite_store.engine.dispose()

    from sqlalchemy import event

    @event.listens_for(sqlite_store.engine, "connect")
    def full(connection, _record):
        connection.execute(f"PRAGMA max_page_count = {pages + 5}")

    with pytest.raises(StoreError, match="full") as caught:
        desk.put(*(ticket(str(n), subject="x" * 5000) for n in range(2, 50)), cursor="c2")
    assert "free some space" in caught.value.hint
    assert sqlite_store.count("ticket") == 1
    assert sqlite_store.position("desk", "tickets").cursor == "c1"
    event.remove(sqlite_store.engine, "connect", full)
    sqlite_store.engine.dispose()
    desk.put(ticket("2"), cursor="c2")
    assert sqlite_store.count("ticket") == 2


def test_a_sound_store_has_nothing_to_report(store):
    Desk(store).put(ticket("1"))
    assert store.integrity() == []


def test_a_damaged_file_is_reported(sqlite_template, tmp_path):
    path = tmp_path / "store.db"
    path.write_bytes(sqlite_template.read_bytes())
    store = Store.open(f"sqlite:///{path}")
    Desk(store).put(*(ticket(str(n), subject="x" * 500) for n in range(300)))
    with store.engine.connect() as connection:
        connection.exec_driver_sql("ROLLBACK")
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.exec_driver_sql("BEGIN")
    store.close()
    damaged = bytearray(path.read_bytes())
    middle = len(damaged) * 3 // 4
    damaged[middle : middle + 6000] = os.urandom(6000)
    path.write_bytes(damaged)
    store = Store.open(f"sqlite:///{path}")
    assert store.integrity() != []
    store.close()
