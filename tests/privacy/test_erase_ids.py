"""Ids of every kind: addresses as ids, ids of one digit, ids that tickets have as well."""

import json

import pytest

from deskpulse.store import Store
from support.program import Desk
from support.stores import rows

KEY = "a-key-of-the-test-that-is-long-enough"
WHO = "jane.zwack@telltale.example"


def desk_with(folder, *records, settings=""):
    data = folder / "data"
    data.mkdir(parents=True, exist_ok=True)
    desk = Desk(folder / "desk", {"PRIVACY_KEY": KEY})
    desk.configure(
        f'[privacy]\nbodies = true\nkey = {{ env = "PRIVACY_KEY" }}\n{settings}\n'
        f'[sources.box]\nuse = "files"\npath = "{data}/*.ndjson"\n'
    )
    Desk(data).records("all.ndjson", *records)
    desk("sync").ok()
    return desk


def content(desk):
    return b"".join(path.read_bytes() for path in desk.folder.rglob("*") if path.is_file()).decode(
        "utf-8", "replace"
    )


def stored(desk, query):
    store = Store.open(f"sqlite:///{desk.folder}/deskpulse.db")
    found = rows(store, query)
    store.close()
    return found


def mail(who):
    """What a mailbox tells: people are known by their address alone."""
    at = "2026-11-02T09:00:00Z"
    return [
        {"record": "customer", "id": who, "email": who, "name": who},
        {"record": "ticket", "id": "t1", "requester_id": who, "subject": "Hi", "created_at": at},
        {"record": "message", "id": "<1@mail.telltale.example>", "ticket_id": "t1", "sent_at": at,
         "author_id": who, "public": True, "body": f"-- {who}"},
        {"record": "change", "id": "c1", "ticket_id": "t1", "changed_at": at, "field": "requester",
         "new": who},
        {"record": "customer", "id": "bob@x.example", "email": "bob@x.example"},
    ]  # fmt: skip


@pytest.mark.parametrize("treatment", ["as_is", "hashed", "dropped"])
def test_a_customer_whose_id_is_their_address(tmp_path, treatment):
    desk = desk_with(tmp_path, *mail(WHO), settings=f'addresses = "{treatment}"')
    assert ("jane.zwack" in content(desk)) == (treatment == "as_is")
    done = desk("erase", "--customer", f"box/{WHO}", "--yes", "--json").ok().json
    assert len(done["people"]) == 1
    for again in range(2):
        assert "jane.zwack" not in content(desk)
        [[pseudonym]] = stored(desk, "SELECT requester_id FROM ticket")
        assert pseudonym.startswith("erased-")
        assert stored(desk, "SELECT author_id, body FROM message") == [(pseudonym, None)]
        assert stored(desk, "SELECT new FROM change") == [(pseudonym,)]
        assert (pseudonym, None, None) in stored(desk, "SELECT id, name, email FROM customer")
        if not again:
            desk("sync", "--again").ok()
    assert len(stored(desk, "SELECT id FROM customer")) == 2


def test_an_address_that_is_hashed_later_is_known_still(tmp_path):
    desk = desk_with(tmp_path, *mail(WHO))
    desk("erase", "--customer", WHO, "--yes").ok()
    text = desk.config.read_text()
    desk.configure(text.replace("bodies = true", 'bodies = true\naddresses = "hashed"'))
    desk("sync", "--again").ok()
    assert "jane.zwack" not in content(desk)
    customers = stored(desk, "SELECT id FROM customer ORDER BY id")
    assert [ident.partition("-")[0] for [ident] in customers] == ["bob@x.example", "erased", "hash"]
    assert len(stored(desk, "SELECT DISTINCT requester_id FROM ticket")) == 1


def test_short_ids_are_not_looked_for_in_texts(tmp_path):
    at = "2026-11-02T09:00:00Z"
    told = [
        {"record": "customer", "id": "7", "name": "Jane Zwack"},
        {"record": "customer", "id": "77", "name": "Bob"},
        {"record": "account", "id": "7", "name": "Acme"},
        {"record": "agent", "id": "70", "name": "Anna"},
        {"record": "ticket", "id": "7", "requester_id": "77", "account_id": "7",
         "subject": "7 of 7 parts came", "created_at": at},
        {"record": "ticket", "id": "77", "requester_id": "7", "subject": "mine", "created_at": at},
        {"record": "change", "id": "7", "ticket_id": "7", "changed_at": at, "field": "priority",
         "new": "7"},
        {"record": "tombstone", "of": "order", "id": "7", "reason": "deleted"},
    ]  # fmt: skip
    desk = desk_with(tmp_path, *told)
    done = desk("erase", "--customer", "box/7", "--yes", "--json").ok().json
    assert done["counts"] == {"customer": 1, "role": 1, "ticket": 1}
    assert stored(
        desk, "SELECT id, requester_id, account_id, subject FROM ticket WHERE id = '7'"
    ) == [("7", "77", "7", "7 of 7 parts came")]
    assert stored(desk, "SELECT new FROM change") == [("7",)]
    assert stored(desk, "SELECT id FROM tombstone") == [("7",)]
    assert stored(desk, "SELECT name FROM account") == [("Acme",)]
    before = stored(desk, "SELECT * FROM customer ORDER BY id")
    desk("sync", "--again").ok()
    assert stored(desk, "SELECT * FROM customer ORDER BY id") == before


def test_an_agent_is_erased_with_the_clocks_and_assignments(tmp_path):
    at = "2026-11-02T09:00:00Z"
    told = [
        {"record": "agent", "id": "agent-zwack", "name": "Jane Zwack", "email": WHO},
        {"record": "ticket", "id": "1", "assignee_id": "agent-zwack", "subject": "of a customer",
         "created_at": at},
        {"record": "change", "id": "c", "ticket_id": "1", "changed_at": at, "field": "assignee",
         "new": "agent-zwack", "actor_id": "agent-zwack"},
        {"record": "worklog", "id": "w", "ticket_id": "1", "agent_id": "agent-zwack"},
    ]  # fmt: skip
    desk = desk_with(tmp_path, *told)
    desk("derive").ok()
    desk("erase", "--customer", "box/agent-zwack", "--yes").ok()
    assert "zwack" not in content(desk).lower()
    assert stored(desk, "SELECT subject FROM ticket") == [("of a customer",)]
    desk("sync", "--again").ok()
    desk("derive").ok()
    assert "zwack" not in content(desk).lower()


def test_tapes_are_cleaned_as_json(tmp_path):
    desk = desk_with(tmp_path, {"record": "customer", "id": "90012345", "email": WHO})
    tape = desk.folder / "tapes" / "box.json"
    tape.parent.mkdir()
    entries = [{"path": "/users/90012345", "json": {"id": 90012345, "n": 90012, "m": WHO.upper()}}]
    tape.write_text(json.dumps(entries))
    desk("erase", "--customer", "box/90012345", "--yes").ok()
    [entry] = json.loads(tape.read_text())
    assert entry["json"]["n"] == 90012
    assert "90012345" not in tape.read_text()
    assert "telltale" not in tape.read_text().lower()
