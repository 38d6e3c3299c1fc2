"""`deskpulse erase`: nothing of a person stays in any file or table, and nothing comes back."""

import json
from datetime import timedelta

import pytest

from support.stores import rows
from support.telltale import (
    EMAIL,
    IDENT,
    NOW,
    OTHER_IDENT,
    WORDS,
    in_database,
    in_files,
    telltale_desk,
)

KPIS = (
    "submissions",
    "resolutions",
    "first_reply_time",
    "full_resolution_time",
    "csat",
    "backlog",
    "repeat_contact_rate",
    "contact_rate",
)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def url(request):
    if request.param == "sqlite":
        yield "sqlite:///desk.db"
    else:
        with request.getfixturevalue("postgres_server").database() as found:
            yield found


def read_all(desk, url):
    """The traces in everything that belongs to the desk."""
    found = in_files(desk.folder)
    return found if url.startswith("sqlite") else found | in_database(url)


def figures(desk):
    """What the KPIs were in each month, by customer where there are customers."""
    found = {}
    for kpi in KPIS:
        asked = ("--from", "2026-11-01", "--to", "2026-11-22", "--every", "day", "--json")
        done = desk("kpi", kpi, *asked, as_of=NOW.isoformat())
        found[kpi] = [(row.get("bucket"), row["value"], row["n"]) for row in done.ok().json["rows"]]
    return found


def go_through_everything(desk):
    """Sync, derive, alert, digest, report, snapshots; a tape lies about."""
    for minutes in (0, 1, 20):
        desk("run", "--once", as_of=(NOW + timedelta(minutes=minutes)).isoformat())
    desk("report", "--json", as_of=NOW.isoformat()).ok()
    tapes = desk.folder / "tapes"
    tapes.mkdir()
    entry = {"path": f"/customers/{IDENT}", "json": {"id": IDENT, "mail": EMAIL, "n": 1}}
    (tapes / "made-by-hand.json").write_text(json.dumps([entry]))


def test_nothing_stays_and_nothing_comes_back(tmp_path, url):
    desk = telltale_desk(tmp_path / "desk", url)
    go_through_everything(desk)
    before = read_all(desk, url)
    store = {"desk.db"} if url.startswith("sqlite") else {"customer", "message", "delivery"}
    assert store <= {name.removesuffix("-wal") for name in before}
    assert {"rejects/desk.rejects.ndjson", "tapes/made-by-hand.json"} <= before.keys()
    assert any(name.startswith("mart/customers") for name in before)
    known = figures(desk)

    shown = desk("erase", "--customer", f"desk/{IDENT}", "--dry-run", "--json").ok().json
    assert shown["people"] == [f"desk/{IDENT}", f"shop/{OTHER_IDENT}"]
    assert shown["counts"]["message"] == 5
    assert not shown["erased"]
    assert read_all(desk, url).keys() >= before.keys() - {"desk.db-wal"}

    done = desk("erase", "--customer", f"desk/{IDENT}", "--yes", "--json").ok().json
    assert done["counts"] == shown["counts"]
    assert done["files"] == {"rejected rows of desk": 2, "tapes": 1}
    assert read_all(desk, url) == {}
    assert figures(desk) == known

    for again in ((), ("--again",)):
        desk("sync", *again)
        desk("derive").ok()
        assert read_all(desk, url) == {}
    desk("derive", "--all").ok()
    for minutes in (40, 60):
        desk("run", "--once", as_of=(NOW + timedelta(minutes=minutes)).isoformat())
    assert read_all(desk, url) == {}
    assert figures(desk) == known


def test_reading_an_erased_customer_twice_changes_nothing(tmp_path):
    desk = telltale_desk(tmp_path / "desk")
    desk("sync")
    desk("erase", "--customer", EMAIL, "--yes").ok()
    desk("sync", "--again")
    report = desk("sync", "--again", "--json").json
    counts = {(each["rows"]["new"], each["rows"]["changed"]) for each in report["streams"]}
    assert counts == {(0, 0)}


def test_what_stays(tmp_path):
    desk = telltale_desk(tmp_path / "desk")
    desk("sync")
    desk("erase", "--customer", f"shop/{OTHER_IDENT}", "--yes").ok()
    from deskpulse.store import Store

    store = Store.open(f"sqlite:///{desk.folder}/desk.db")
    [[ident, name, email, segment]] = rows(
        store,
        "SELECT id, name, email, segment FROM customer WHERE source = 'desk' AND id <> 'cus_other'",
    )
    assert ident.startswith("erased-")
    assert (name, email, segment) == (None, None, "gold")
    [[requester, subject, custom, status]] = rows(
        store, "SELECT requester_id, subject, custom, status FROM ticket WHERE id = 't1'"
    )
    assert (requester, subject, status) == (ident, None, "open")
    assert json.loads(custom) == {"plan": "premium", "seats": 7}
    assert rows(store, "SELECT body FROM message WHERE id = 'm2'") == [(None,)]
    [[body]] = rows(store, "SELECT body FROM message WHERE id = 'm4'")
    assert body.startswith("the same as <erased-")
    assert rows(store, "SELECT comment FROM survey WHERE id = 's2'") == [("meh, no good",)]
    [[shopper]] = rows(store, 'SELECT DISTINCT customer_id FROM "order"')
    assert rows(store, "SELECT id FROM customer WHERE source = 'shop'") == [(shopper,)]
    assert rows(store, "SELECT name FROM customer WHERE id = 'cus_other'") == [("Otto Other",)]
    persons = {json.loads(c)["email_key"] for [c] in rows(
        store, "SELECT custom FROM customer WHERE id LIKE 'erased-%'")}  # fmt: skip
    assert len(persons) == 1, "the same person in both sources, as before"
    store.close()


def test_new_tickets_of_an_erased_customer_come_without_them(tmp_path):
    desk = telltale_desk(tmp_path / "desk")
    desk("sync")
    desk("erase", "--customer", EMAIL, "--yes").ok()
    fresh = [
        {"record": "message", "id": "n2", "ticket_id": "t9", "sent_at": "2026-11-20T10:00:00Z",
         "author_id": "a1", "public": True, "body": WORDS["reply"]},
        {"record": "survey", "id": "n3", "ticket_id": "t9", "score": 1, "comment": WORDS["comment"]},
    ]  # fmt: skip
    data = desk.folder.parent / "data"
    late = {"record": "ticket", "id": "t9", "subject": WORDS["subject"], "requester_id": IDENT,
            "created_at": "2026-11-20T09:00:00Z", "status": "open"}  # fmt: skip
    for name, told in (("desk-a.ndjson", fresh), ("desk-b.ndjson", [late])):
        (data / name).write_text("".join(json.dumps(each) + "\n" for each in told))
        desk("sync")
    assert in_files(desk.folder).keys() <= {"desk.db-wal", "desk.db"}  # the message came first
    from deskpulse.store import Store

    store = Store.open(f"sqlite:///{desk.folder}/desk.db")
    assert rows(store, "SELECT subject FROM ticket WHERE id = 't9'") == [(None,)]
    assert rows(store, "SELECT body FROM message WHERE id = 'n2'") == [(None,)]
    assert rows(store, "SELECT comment FROM survey WHERE id = 'n3'") == [(None,)]
    store.close()


def test_it_asks_first_and_no_is_no(tmp_path):
    from support.program import invoke

    desk = telltale_desk(tmp_path / "desk")
    desk("sync")
    asked = ("-c", desk.config, "erase", "--customer", EMAIL)
    done = invoke(*asked, env=desk.env, stdin="n\n")
    assert done.code == 1
    assert "Erase?" in done.err
    assert IDENT in json.dumps(in_files(desk.folder))
    assert invoke(*asked, env=desk.env, stdin="y\n").code == 0
    assert in_files(desk.folder) == {}


def test_nobody_and_twice(tmp_path):
    desk = telltale_desk(tmp_path / "desk")
    desk("sync")
    nobody = desk("erase", "--customer", "desk/nobody-like-that", "--yes")
    assert nobody.code == 1
    assert "Nobody is known" in nobody.out
    desk("erase", "--customer", EMAIL, "--yes").ok()
    for target in (EMAIL, f"desk/{IDENT}"):
        again = desk("erase", "--customer", target, "--yes", "--json").ok().json
        assert again == {
            "customer": target, "people": [], "counts": {}, "files": {}, "erased": True,
            "erased_before": True,
        }  # fmt: skip


def test_without_the_key_nothing_is_erased_and_nobody_comes_back(tmp_path):
    desk = telltale_desk(tmp_path / "desk")
    desk("sync")
    text = desk.config.read_text()
    bare = text.replace('key = { env = "PRIVACY_KEY" }\n', "")
    desk.configure(bare)
    refused = desk("erase", "--customer", EMAIL, "--yes")
    assert refused.code == 2
    assert "needs a key" in refused.err
    desk.configure(text)
    desk("erase", "--customer", EMAIL, "--yes").ok()
    for config, env, why in (
        (bare, desk.env, "[privacy] has no key"),
        (text, desk.env | {"PRIVACY_KEY": "another key that is long enough"}, "another one"),
    ):
        desk.configure(config)
        old, desk.env = desk.env, env
        done = desk("sync", "--again", "--json")
        assert done.code == 3
        assert all(why in stream["error"] for stream in done.json["streams"])
        desk.env = old
    assert in_files(desk.folder) == {}


def test_a_sync_under_way_is_waited_out(tmp_path):
    from deskpulse.leases import Leases
    from deskpulse.store import Store

    desk = telltale_desk(tmp_path / "desk")
    desk("sync")
    store = Store.open(f"sqlite:///{desk.folder}/desk.db")
    with Leases(store.engine, "another:1:1").hold("source:desk"):
        done = desk("erase", "--customer", EMAIL, "--yes")
    store.close()
    assert done.code == 3
    assert "is being worked on by another" in done.err
    assert in_files(desk.folder)
