"""`deskpulse db`: upgrade, check and rejected, on both databases."""

from __future__ import annotations

import sqlite3

import pytest

from deskpulse.store.migrate import HEAD
from support.small_desk import NOW, small_desk


@pytest.mark.postgres
def test_postgres_asks_for_its_upgrade(tmp_path, postgres_server):
    with postgres_server.database(empty=True) as url:
        desk = small_desk(tmp_path, store=url)
        done = desk("sync")
        assert (done.code, done.out) == (3, "")
        assert "deskpulse db upgrade" in done.err
        assert desk("db", "upgrade", "--json").ok().json == {
            "from": None,
            "to": HEAD,
            "changed": True,
        }
        assert "was current already" in desk("db", "upgrade").ok().out
        assert desk("sync").code == 0
        assert desk("derive").code == 0
        row = desk("kpi", "submissions", "--json", as_of=NOW).ok().json["rows"][0]
        assert row["value"] == 21


def test_check_on_both(tmp_path, store_url):
    desk = small_desk(tmp_path / "desk", store=store_url)
    desk("sync").ok()
    found = desk("db", "check", "--json").ok().json
    assert found["problems"] == []
    assert found["records"] == {"ticket": 21, "message": 41, "change": 20}
    assert found["streams"][0]["source"] == "shop"
    assert found["streams"][0]["complete_to"]
    shown = desk("db", "check").ok().out
    assert "The store is sound." in shown
    assert "21 ticket" in shown


def test_rejected_records_are_listed_with_their_place(tmp_path):
    desk = small_desk(tmp_path)
    desk.records("bad.ndjson", {"record": "ticket", "id": "x\x1b[31m", "created_at": "never"})
    done = desk("sync")
    assert done.code == 1
    assert "bad.ndjson line 1" in done.out
    listed = desk("db", "rejected").ok().out
    assert "bad.ndjson line 1" in listed
    assert "\x1b" not in listed
    (item,) = desk("db", "rejected", "--json").ok().json
    assert item["source"] == "shop"
    assert item["seen_at"].startswith("20")


def test_a_damaged_store(tmp_path):
    desk = small_desk(tmp_path)
    (tmp_path / "desk.db").write_bytes(b"no database at all" * 1000)
    for verb in (("db", "check"), ("sync",), ("db", "upgrade")):
        done = desk(*verb)
        assert (done.code, done.out) == (3, ""), verb
        assert "is not a database" in done.err
        assert "restore a copy" in " ".join(done.err.split())


def test_a_store_of_a_later_version(tmp_path):
    desk = small_desk(tmp_path)
    desk("sync").ok()
    with sqlite3.connect(tmp_path / "desk.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    done = desk("sync")
    assert (done.code, done.out) == (3, "")
    assert "9999" in done.err or "version" in done.err
    assert "Traceback" not in done.err
