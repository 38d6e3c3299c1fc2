"""The golden special cases through the whole program, and KPIs over them."""

from __future__ import annotations

import pytest

from support.golden import cases, our_word
from support.program import Desk

NOW = "2025-07-01T00:00Z"
(MERGE,), (ROLE,), (BOT,), (DELETED,), (DOUBLE,) = (
    cases("special", kind) for kind in ("merge", "author_role", "bot", "deleted", "double_solve")
)


@pytest.fixture(scope="module")
def desk(tmp_path_factory, database):
    """One source a case."""
    sources = "".join(
        f'[sources.{name}]\nuse = "files"\npath = "{name}.ndjson"\n'
        for name in ("merge", "role", "bot", "deleted", "double")
    )
    desk = Desk(tmp_path_factory.mktemp("special"))
    desk.configure(f'[store]\nurl = "{database}"\n{sources}')
    desk.records("merge.ndjson", *_merge())
    desk.records("role.ndjson", *_role())
    desk.records("bot.ndjson", *_bot())
    desk.records("deleted.ndjson", *_deleted())
    desk.records("double.ndjson", *_double())
    desk("sync").ok()
    desk("derive").ok()
    return desk


def facts(desk, source):
    return desk("ticket", f"{source}/1", "--json", as_of=NOW).ok().json["facts"]


def kpi(desk, name, source):
    told = desk("kpi", name, "--by", "source", "--json", as_of=NOW).ok().json
    return next((row for row in told["rows"] if row["dims"]["source"] == source), None)


def test_a_merged_ticket_does_not_count(desk):
    expected = MERGE["expect"]["exclude_merged"]
    assert kpi(desk, "submissions", "merge")["value"] == expected["created"]
    assert kpi(desk, "resolutions", "merge")["value"] == expected["resolved"]
    reply = kpi(desk, "first_reply_time", "merge")
    assert (reply["n"], reply["mean"]) == (expected["frt_n"], expected["frt_mean"] * 60)
    assert kpi(desk, "full_resolution_time", "merge")["mean"] == expected["full_res_mean"] * 60
    told = desk("ticket", "merge/B", "--json", as_of=NOW).ok().json["ticket"]
    assert (told["merged_into"], told["counted"]) == ("A", False)


def test_the_role_of_then_counts(desk):
    told = facts(desk, "role")
    assert told["first_reply_s"] == ROLE["expect"]["frt_cal"] * 60
    assert told["agent_replies"] == ROLE["expect"]["agent_replies"]


def test_a_bot_replies_for_nobody(desk):
    told = facts(desk, "bot")
    assert told["first_reply_s"] == BOT["expect"]["frt_cal"] * 60
    assert told["human_response_s"] == BOT["expect"]["human_response"] * 60


def test_a_deleted_ticket_is_in_no_number(desk):
    assert DELETED["expect"] == {"in_volume": False, "in_unsolved": False, "in_backlog": False}
    for name in ("submissions", "open_tickets", "backlog", "awaiting_reply"):
        row = kpi(desk, name, "deleted")
        assert row is None or not row["value"], name
    kept = desk("ticket", "deleted/1", "--json", as_of=NOW).ok().json
    assert kept["ticket"]["removed_reason"] == "deleted"
    assert any(event["what"] == "ticket gone: deleted" for event in kept["timeline"])


def test_a_second_solve_is_no_reopening(desk):
    assert facts(desk, "double")["reopens"] == DOUBLE["expect"]["reopens"]
    row = kpi(desk, "reopen_rate", "double")
    assert (row["value"], row["n"]) == (0, 1)


def _ticket(created_at, **fields):
    return {"record": "ticket", "id": "1", "created_at": created_at} | fields


def _message(key, sent_at, **fields):
    message = {"record": "message", "id": key, "ticket_id": "1", "sent_at": sent_at}
    return message | {"public": True} | fields


def _change(key, changed_at, field, new):
    change = {"record": "change", "id": key, "ticket_id": "1", "changed_at": changed_at}
    return change | {"field": field, "new": new}


def _merge():
    for given in MERGE["input"]["tickets"]:
        yield {"record": "ticket"} | given
        if given.get("merged_into"):
            yield {"record": "tombstone", "of": "ticket", "id": given["id"], "reason": "merged"} | {
                "gone_at": given["closed_at"],
                "into": "A",
            }
        if "first_reply_at" in given:
            reply = _message("m", given["first_reply_at"], author_role="agent")
            yield reply | {"ticket_id": given["id"]}


def _role():
    given = ROLE["input"]
    yield _ticket(given["created_at"])
    yield _message("m", given["comment_at"], author_id="p")
    for n, row in enumerate(given["role_history"]):
        role = {"record": "role", "id": str(n), "person_id": "p", "since": row["from"]}
        yield role | {"role": our_word(row["role"])}


def _bot():
    given = BOT["input"]
    yield _ticket(given["created_at"], status="open")
    for n, sent in enumerate(given["bot_messages"]):
        yield _message(f"b{n}", sent, author_role="bot")
    yield _change("c", given["handoff_at"], "handoff", "human")
    yield _message("h", given["human_at"], author_role="agent")


def _deleted():
    yield _ticket("2025-06-02T09:00:00Z", status="open")
    gone = {"record": "tombstone", "of": "ticket", "id": "1", "gone_at": "2025-06-02T10:00:00Z"}
    yield gone | {"reason": DELETED["input"]["status"]}


def _double():
    given = DOUBLE["input"]
    yield _ticket(given["created_at"], status="solved")
    for n, event in enumerate(given["events"]):
        yield _change(f"c{n}", event["at"], "status", event["value"])
