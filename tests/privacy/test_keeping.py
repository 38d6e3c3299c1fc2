"""What is stored follows the settings: `deskpulse privacy apply`, retention, vendors' deletions."""

from datetime import timedelta

import pytest

from deskpulse.records import read_record
from deskpulse.store import Store
from deskpulse.store.retention import Expiry
from support.stores import Desk, rows
from support.telltale import EMAIL, IDENT, NOW, WORDS, in_files, telltale_desk


def opened(desk):
    return Store.open(f"sqlite:///{desk.folder}/desk.db")


def test_settings_that_change_later_are_applied(tmp_path):
    desk = telltale_desk(tmp_path / "desk")
    desk("sync")
    desk("derive").ok()
    stricter = 'bodies = false\nsubjects = "hashed"\naddresses = "hashed"\nkey ='
    desk.configure(desk.config.read_text().replace("bodies = true\nkey =", stricter))
    (desk.folder / "rejects" / "desk.rejects.ndjson").unlink()

    seen = desk("privacy", "apply", "--dry-run", "--json").ok().json
    assert not seen["applied"]
    assert seen["counts"].keys() >= {"message", "survey", "ticket", "customer", "rejected"}
    assert in_files(desk.folder)["desk.db"]
    done = desk("privacy", "apply", "--yes", "--json").ok().json
    assert done == {"counts": seen["counts"], "applied": True}
    assert desk("privacy", "apply", "--yes", "--json").ok().json["counts"] == {}

    left = {trace for traces in in_files(desk.folder).values() for trace in traces}
    # the name and the custom field of the customer stay, and the id is none of an address
    assert left.isdisjoint({"telltale.example"})
    assert left >= {IDENT, "Quirina"}
    store = opened(desk)
    assert not [
        text
        for kind, column in (("message", "body"), ("message", "subject"), ("survey", "comment"))
        for [text] in rows(store, f"SELECT {column} FROM {kind} WHERE {column} IS NOT NULL")
        if not text.startswith("hash-")
    ]
    people = rows(store, "SELECT email FROM customer WHERE name LIKE 'Quirina%'")
    assert len(people) == 2
    assert len(set(people)) == 1
    store.close()

    before = in_files(desk.folder)
    desk("sync", "--again")
    after = in_files(desk.folder)
    del after["rejects/desk.rejects.ndjson"]
    assert {t for traces in after.values() for t in traces} <= {
        t for traces in before.values() for t in traces
    }
    erased = desk("erase", "--customer", EMAIL, "--yes", "--json").ok().json
    assert len(erased["people"]) == 2, "known by the hash of the address"


def test_hashes_need_a_key_and_a_good_one(tmp_path):
    desk = telltale_desk(tmp_path / "desk")
    text = desk.config.read_text()
    for setting, expected in (
        ('subjects = "hashed"', 'line 12: [privacy] subjects is "hashed", which needs a key'),
        ('addresses = "dropped"', 'line 12: [privacy] addresses is "dropped", which needs a key'),
        ("key = 'literal'", "is a secret written into the configuration"),
        ("subjects = true", "Input should be 'as_is', 'hashed' or 'dropped'"),
        ("retention = { tickets = '1d' }", "retention.tickets"),
        ("retention = { ticket = '3 years' }", "is not a time span"),
    ):
        desk.configure(text.replace('key = { env = "PRIVACY_KEY" }', setting))
        done = desk("sync")
        assert done.code == 2
        assert expected in " ".join(done.err.split())
    desk.configure(text)
    desk.env["PRIVACY_KEY"] = "short"
    assert "at least 16" in desk("sync").err


RETENTION = 'retention = { message = "10 days", order = "10d", customer = "5 days" }\nkey ='


def test_retention_is_applied_while_it_runs(tmp_path):
    desk = telltale_desk(tmp_path / "desk")
    desk("run", "--once", as_of=NOW.isoformat())
    figures = desk("kpi", "first_reply_time", "--json", as_of=NOW.isoformat()).json["rows"]
    desk.configure(desk.config.read_text().replace("key =", RETENTION))
    said = desk("run", "--once", as_of=(NOW + timedelta(hours=1)).isoformat()).err
    assert "retention: 1 customer, 5 message, 2 order" in " ".join(said.split()), said
    said = desk("run", "--once", as_of=(NOW + timedelta(hours=2)).isoformat()).err
    assert "retention" not in said, "once a day"
    store = opened(desk)
    assert rows(store, 'SELECT count(*) FROM "order"') == [(0,)]
    assert rows(store, "SELECT count(*) FROM message WHERE body IS NOT NULL") == [(0,)]
    # the customer of the desk has an open ticket; the shop's bought nothing lately
    named = rows(store, "SELECT source, name FROM customer WHERE name IS NOT NULL ORDER BY 1, 2")
    assert [source for source, _ in named] == ["desk", "desk"]
    store.close()
    assert figures == desk("kpi", "first_reply_time", "--json", as_of=NOW.isoformat()).json["rows"]
    desk("sync", "--again")
    store = opened(desk)
    assert rows(store, 'SELECT count(*) FROM "order"') == [(0,)]
    assert rows(store, "SELECT count(*) FROM message WHERE body IS NOT NULL") == [(0,)]
    store.close()


@pytest.fixture
def full(store):
    """Tickets of three ages with what belongs to them."""
    told = []
    for key, status, year in (
        ("old", "closed", 2020),
        ("open", "open", 2020),
        ("new", "closed", 2026),
    ):
        at = f"{year}-05-05T10:00:00Z"
        of = {"ticket_id": key}
        told += [
            {"record": "ticket", "id": key, "created_at": at, "updated_at": at, "status": status},
            {"record": "message", "id": f"m{key}", **of, "sent_at": at, "public": True},
            {"record": "change", "id": f"c{key}", **of, "changed_at": at, "field": "status"},
            {"record": "survey", "id": f"s{key}", **of, "sent_at": at},
            {"record": "worklog", "id": f"w{key}", **of, "started_at": at},
            {"record": "usage", "id": f"u{key}", "customer_id": "c", "day": at[:10]},
        ]  # fmt: skip
    Desk(store).put(*map(read_record, told))
    return store


def test_an_old_ticket_goes_with_all_that_is_on_it(full):
    span = {"ticket": timedelta(days=365), "usage": timedelta(days=365)}
    with full.writing() as connection:
        counts = Expiry(connection, span, NOW).run()
    assert counts == dict.fromkeys(("change", "message", "survey", "ticket", "worklog"), 1) | {
        "usage": 2
    }
    assert {row[0] for row in rows(full, "SELECT id FROM ticket")} == {"open", "new"}
    assert rows(full, "SELECT count(*) FROM dirty_ticket WHERE ticket_id = 'old'") == [(1,)]
    with full.writing() as connection:
        assert Expiry(connection, span, NOW).run() == {}


WHEN = "2026-05-05T10:00:00Z"


@pytest.mark.parametrize("stone_first", [False, True])
def test_what_the_vendor_deleted_or_redacted_is_blanked(store, stone_first):
    store.keep_bodies = True
    told = [
        {"record": "ticket", "id": "1", "created_at": WHEN},
        {"record": "message", "id": "m", "ticket_id": "1", "sent_at": WHEN, "public": True,
         "subject": WORDS["subject"], "body": WORDS["body"]},
        {"record": "customer", "id": "c", "name": "Jane", "email": EMAIL, "custom": {"a": "b"}},
        {"record": "survey", "id": "s", "ticket_id": "1", "comment": WORDS["comment"]},
    ]  # fmt: skip
    stones = [
        {"record": "tombstone", "of": kind, "id": key, "reason": "deleted"}
        for kind, key in (("message", "m"), ("customer", "c"), ("survey", "s"))
    ]
    desk = Desk(store)
    pages = [stones, told] if stone_first else [told, stones]
    for each in pages:
        desk.put(*map(read_record, each))
    query = "SELECT m.subject, m.body, c.name, c.email, c.custom, s.comment, m.sent_at IS NOT NULL"
    query += " FROM message m, customer c, survey s"
    [found] = rows(store, query)
    assert tuple(found)[:6] == (None, None, None, None, "{}", None)
    assert found[6]
    again = desk.put(*map(read_record, told))
    assert (again.new, again.changed) == (0, 0)


def test_a_merged_or_missing_message_keeps_its_words(store):
    store.keep_bodies = True
    told = {"record": "message", "id": "m", "ticket_id": "1", "sent_at": WHEN, "public": True}
    stone = {"record": "tombstone", "of": "message", "id": "m", "reason": "spam"}
    desk = Desk(store)
    desk.put(read_record(told | {"body": "kept"}))
    desk.put(read_record(stone))
    assert rows(store, "SELECT body FROM message") == [("kept",)]
