"""Bad input through the whole program: a message with place and remedy, and the rest goes on."""

from __future__ import annotations

import resource
import socket
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import polars as pl
import pytest

from deskpulse.app.fault import as_error
from deskpulse.http.redact import Redactor
from deskpulse_connectors.simulators.zendesk import ZendeskSimulator
from support.hostile import HOSTILE
from support.program import PROGRAM, environment
from support.simulated_desk import simulated_desk, stored
from support.small_desk import FIRST, NOW, small_desk, ticket

CONTROLS = set("\x00\x07\x08\x1b\x9b\u202e")
SHOWN = {
    "nul",
    "escape",
    "backspace",
    "bidi-override",
    "rich-markup",
    "header-crlf",
    "ten-megabytes",
}


def streams(done):
    return {item["stream"]: item for item in done.json["streams"]}


@pytest.fixture
def simulator():
    with ZendeskSimulator(tickets=20, budget=0, account_limit=0) as simulator:
        yield simulator


# --- sources -------------------------------------------------------------------------------------


def test_wrong_credentials(tmp_path, simulator):
    desk = simulated_desk(tmp_path, simulator)
    desk.env = {"SIMULATOR_TOKEN": "wrong-canary-token"}
    done = desk("sync", "--json")
    assert done.code == 3
    (only,) = streams(done).values()
    assert only["outcome"] == "paused"
    assert "Renew the credentials" in only["hint"] or "credentials" in only["hint"]
    shown = desk("sync")
    assert shown.code == 3
    assert "paused" in shown.out
    assert "canary" not in shown.out + shown.err + done.out + done.err


def test_a_web_page_instead_of_data_and_the_other_source_goes_on(tmp_path, simulator):
    files = '\n[sources.shop]\nuse = "files"\npath = "*.ndjson"\n'
    desk = simulated_desk(tmp_path, simulator, f'streams = ["groups"]\n{files}')
    desk.records("a.ndjson", *ticket("1", FIRST))
    simulator.faults.add("html")
    done = desk("sync", "--json")
    assert done.code == 1
    found = streams(done)
    assert found["groups"]["outcome"] in ("waiting", "failed")
    assert "html" in found["groups"]["error"].lower()
    assert found["groups"]["hint"]
    assert found["records"]["outcome"] == "ok"
    assert stored(desk, "SELECT count(*) FROM ticket") == [(1,)]


def test_an_unreachable_host(tmp_path, simulator):
    desk = simulated_desk(tmp_path, simulator, 'streams = ["groups", "users"]\n')
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{unused.getsockname()[1]}"
    desk.configure(desk.config.read_text().replace(simulator.url, address))
    done = desk("sync", "--json")
    assert done.code == 3
    (only,) = streams(done).values()  # nobody waits for the other stream
    assert only["outcome"] == "waiting"
    assert "/groups" in only["error"]
    assert address.removeprefix("http://") in only["error"]
    assert "Connection refused" in only["error"]
    assert "continues from the same place" in only["hint"]


# --- records -------------------------------------------------------------------------------------


def good_and(tmp_path, *records):
    """A desk with one good ticket and these records, after sync and derive."""
    desk = small_desk(tmp_path)
    (tmp_path / "tickets.ndjson").unlink()
    desk.records("a.ndjson", *ticket("good", FIRST), *records)
    return desk, desk("sync")


@pytest.mark.parametrize(
    ("record", "said"),
    [
        ({"record": "ticket", "id": "x"}, "created_at"),
        (
            {"record": "ticket", "id": "x", "created_at": "2026-11-02T09:00Z", "status": "odd"},
            "odd",
        ),
        ({"record": "ticket", "created_at": "2026-11-02T09:00Z"}, "id"),
        ({"record": "tiket", "id": "x"}, "tiket"),
        ({"record": "message", "id": "m", "sent_at": "2026-11-02T09:00Z"}, "ticket_id"),
        ({"record": "ticket", "id": "x", "created_at": "02.11.2026"}, "02.11.2026"),
    ],
    ids=["missing field", "unknown status", "no id", "unknown kind", "no ticket", "no date"],
)
def test_one_bad_record_is_kept_aside(tmp_path, record, said):
    desk, done = good_and(tmp_path, record)
    assert done.code == 1
    assert "1 rejected, the first: a.ndjson line 5" in " ".join(done.out.split())
    assert said in done.out
    assert desk("derive").code == 0
    assert desk("kpi", "submissions", "--json", as_of=NOW).json["rows"][0]["value"] == 1


@pytest.mark.parametrize("year", ["1969", "9999", "0001"])
def test_times_far_away(tmp_path, year):
    odd = ticket("odd", FIRST.replace(year=int(year)) if year != "0001" else FIRST)
    records = (
        [
            {
                key: value.replace("2026-", f"{year}-")
                if isinstance(value, str) and year == "0001"
                else value
                for key, value in record.items()
            }
            for record in odd
        ]
        if year != "9999"
        else [{"record": "ticket", "id": "odd", "created_at": "9999-12-31T23:59:59Z"}]
    )
    desk, done = good_and(tmp_path, *records)
    assert done.code in (0, 1)
    assert desk("derive").code == 0, "an odd time must not stop the others"
    good = desk("ticket", "shop/good", "--json", as_of=NOW).ok().json["facts"]
    assert good["first_reply_s"] == 1800
    report = desk(
        "kpi",
        "submissions",
        "--every",
        "week",
        "--from",
        "2026-11-02",
        "--to",
        "2026-11-08",
        "--json",
        as_of=NOW,
    )
    assert report.ok().json["rows"][0]["value"] == 1
    assert desk("digest", "morning", "--dry-run", as_of=NOW).code == 0


def test_a_reply_before_its_ticket_and_nobody_known(tmp_path):
    records = [
        {"record": "message", "id": "m0", "ticket_id": "late", "sent_at": "2026-11-02T08:00:00Z"}
        | {"author_id": "nobody", "author_role": "agent", "public": True},
        {"record": "ticket", "id": "late", "created_at": "2026-11-02T09:00:00Z"}
        | {"assignee_id": "404", "team_id": "404", "requester_id": "404", "status": "open"},
        {
            "record": "message",
            "id": "orphan",
            "ticket_id": "never",
            "sent_at": "2026-11-02T08:00:00Z",
        }
        | {"author_id": "404", "public": True},
    ]
    desk, done = good_and(tmp_path, *records)
    assert done.code == 0, done.out
    assert desk("derive").code == 0
    facts = desk("ticket", "shop/late", "--json", as_of=NOW).ok().json["facts"]
    assert facts["first_reply_s"] is None or facts["first_reply_s"] >= 0
    by_agent = desk("kpi", "submissions", "--by", "agent", "--json", as_of=NOW).ok().json["rows"]
    assert {row["dims"]["agent"] for row in by_agent} == {"404", None}


def test_hostile_subjects_are_only_read(tmp_path):
    desk = small_desk(tmp_path)
    waiting = {"record": "ticket", "created_at": "2026-11-20T08:00:00Z", "status": "open"}
    asked = {"record": "message", "sent_at": "2026-11-20T08:00:00Z", "author_role": "customer"}
    for number, (_, text) in enumerate(HOSTILE):
        key = f"evil{number}"
        subject = text.encode(errors="replace").decode()
        desk.records(
            "evil.ndjson",
            waiting | {"id": key, "subject": subject},
            asked | {"id": f"m{number}", "ticket_id": key, "public": True},
        )
    done = desk("sync")
    assert done.code == 0, done.out[-2000:]
    assert desk("derive").code == 0
    assert stored(desk, "SELECT count(*) FROM ticket WHERE id LIKE 'evil%'") == [(len(HOSTILE),)]
    for number, (name, _) in enumerate(HOSTILE):
        if name in SHOWN:
            shown = desk("ticket", f"shop/evil{number}", as_of=NOW)
            assert shown.code == 0, name
            assert not CONTROLS & set(shown.out), name
            assert len(shown.out) < 20_000, name
    digest = desk("digest", "morning", "--dry-run", as_of=NOW).ok().out
    assert not CONTROLS & set(digest)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "latin-1"])
def test_csv_in_other_encodings(tmp_path, encoding):
    desk = small_desk(tmp_path)
    (tmp_path / "tickets.ndjson").unlink()
    desk.configure(desk.config.read_text().replace('path = "*.ndjson"', 'path = "ticket.csv"'))
    rows = (
        "id,subject,created_at\r\n1,Größe,2026-11-02T09:00:00Z\r\n2,Plain,2026-11-02T09:00:00Z\r\n"
    )
    (tmp_path / "ticket.csv").write_bytes(rows.encode(encoding))
    done = desk("sync", "--json")
    (only,) = streams(done).values()
    if encoding != "latin-1":
        assert done.code == 0
        assert stored(desk, "SELECT subject FROM ticket WHERE id = '1'") == [("Größe",)]
    else:
        assert done.code in (1, 3)
        told = only.get("error", "") + only.get("first_error", "")
        assert "ticket.csv" in told
        assert "encoding" in (told + only.get("hint", "")).lower() or "UTF-8" in told


# --- the machine -----------------------------------------------------------------------------------


def test_a_full_disk(tmp_path):
    desk = small_desk(tmp_path)
    desk("sync").ok()
    before = stored(desk, "SELECT count(*) FROM message")
    desk.records(
        "more.ndjson",
        *(record for n in range(400) for record in ticket(f"more{n}", FIRST, subject="x" * 2000)),
    )
    room = (tmp_path / "desk.db").stat().st_size + 200_000
    done = subprocess.run(
        [PROGRAM, "-c", desk.config, "sync"],
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (room, room)),
    )
    assert done.returncode == 3, done.stdout
    said = " ".join((done.stdout + done.stderr).split())
    assert "The disk is full: free some space and run again; nothing stored was lost." in said
    assert "Traceback" not in said
    assert stored(desk, "SELECT count(*) FROM message") == before
    assert desk("sync").code == 0
    assert desk("db", "check").code == 0
    assert stored(desk, "SELECT count(*) FROM ticket") == [(421,)]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
def test_a_disk_that_is_full_while_facts_are_written():
    with pytest.raises(pl.exceptions.ComputeError) as caught:
        pl.DataFrame({"ticket": range(9)}).write_parquet("/dev/full")
    error = as_error(caught.value, Redactor())
    assert error.message == "No space left on device"
    assert error.hint.startswith("The disk is full: free some space and run again")


def test_a_folder_that_may_not_be_written(tmp_path):
    # not even root may make a file in /proc
    desk = small_desk(tmp_path, store="sqlite:////proc/desk.db")
    done = desk("sync")
    assert done.code == 3
    assert "permissions" in done.err


def test_a_locked_database(tmp_path, monkeypatch):
    monkeypatch.setattr("deskpulse.store.engine.BUSY_TIMEOUT_S", 0.3)
    desk = small_desk(tmp_path)
    desk("sync").ok()
    with closing(sqlite3.connect(tmp_path / "desk.db", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        done = desk("sync")
        assert done.code == 3
        said = " ".join((done.out + done.err).split())
        assert "Another program holds the database; close it, or wait and run again." in said
        other.execute("ROLLBACK")
    assert desk("sync").code == 0


def test_a_mart_that_is_damaged(tmp_path):
    desk = small_desk(tmp_path)
    desk("sync").ok()
    desk("derive").ok()
    for part in (tmp_path / "mart").rglob("*.parquet"):
        part.write_bytes(b"not parquet")
    done = desk("kpi", "submissions")
    assert (done.code, done.out) == (3, "")
    assert "deskpulse derive --all" in done.err
    assert desk("derive", "--all").code == 0
    assert desk("kpi", "submissions", "--json", as_of=NOW).ok().json["rows"][0]["value"] == 21
    (tmp_path / "mart" / "manifest.json").write_text("{")
    broken = desk("kpi", "submissions")
    assert broken.code == 3
    assert "manifest.json" in broken.err
    assert desk("derive", "--all").code == 0


def test_a_store_in_a_place_that_is_none(tmp_path):
    desk = small_desk(tmp_path, store="sqlite:////proc/none/desk.db")
    done = desk("sync")
    assert (done.code, done.out) == (3, "")
    assert "permissions of the store's file and folder" in " ".join(done.err.split())
    refused = small_desk(tmp_path, store="postgresql://nobody@127.0.0.1:1/none")("sync")
    assert refused.code == 3
    assert "store.url" in refused.err
    wrong = small_desk(tmp_path, store="mysql://x/y")("sync")
    assert wrong.code == 2
    assert "allowed: sqlite, postgresql" in wrong.err
    secret = small_desk(tmp_path, store="postgresql://u:canary@h/d")("sync")
    assert secret.code == 2
    assert "canary" not in secret.err
