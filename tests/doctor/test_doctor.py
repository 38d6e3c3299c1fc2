"""Every check finds what it is for, and nothing on a sound desk."""

import sqlite3
from contextlib import closing

import pytest

from deskpulse_reports.doctor import CHECKS
from support.program import Desk
from support.sick_desk import CONFIG, NOW, renewed, said, sick_desk, sound_desk, ticket

EXPECTED = {
    "failed": (1, "desk/tickets (the vendor answers with HTML)"),
    "never_synced": (1, "later"),
    "unfinished": (1, "desk/tickets (0 records so far)"),
    "vendor_counts": (1, "desk/users (vendor 7, taken 5)"),
    "stale": (1, "desk (complete to 2026-11-18 12:00 UTC, 2.0 d ago)"),
    "rejected": (1, None),
    "behind": (1, "shop/late (ticket)"),
    "ticket_missing": (1, "shop/ghost (message)"),
    "status_mismatch": (1, "shop/unlike (is solved, its history ends open)"),
    "no_history": (2, "shop/late"),
    "tombstone_alone": (1, "shop/buried (deleted)"),
    "future": (1, "shop/ahead (message ahead-m1)"),
    "message_before_ticket": (1, "shop/early"),
    "change_before_ticket": (1, "shop/early"),
    "flawed": (1, "shop/backwards (interaction)"),
    "absurd": (1, "shop/endless (interaction)"),
    "implausible": (1, "shop/sooner"),
    "after_complete": (1, "shop/fresh"),
    "unknown_author": (1, "shop/stranger"),
    "nameless_author": (1, "shop/nobody (message nobody-m1)"),
    "unknown_assignee": (1, "shop/gone"),
    "unknown_team": (1, "shop/none"),
    "unknown_account": (1, "shop/none"),
    "doubled_mail": (1, None),
    "survey_scale": (1, "shop/scaleless (no scale)"),
    "currency_mix": (1, "order (EUR, USD)"),
    "no_currency": (1, "shop/coins (order)"),
    "policy_not_judged": (1, "shop/p (field 'via_id' is not stored)"),
    "unknown_schedule": (1, "shop/unheard-of (1 tickets)"),
    "no_hours": (1, "sundays (1 tickets)"),
}
ELSEWHERE = {"not_derived", "unlike", "no_calendar"}
"""What a desk cannot have together with the rest."""


def examined(desk):
    done = desk("doctor", "--json", as_of=NOW.isoformat())
    return done, {finding["check"]: finding for finding in done.json}


def told(example):
    name = "/".join(part for part in (example["source"], example["id"]) if part)
    return f"{name} ({example['note']})" if example["note"] else name


@pytest.fixture(scope="module")
def sick(database, tmp_path_factory):
    return examined(sick_desk(Desk(tmp_path_factory.mktemp("sick")), database))


def test_every_check_is_expected_somewhere():
    assert set(EXPECTED) | ELSEWHERE == {check.name for check in CHECKS}


@pytest.mark.parametrize("name", EXPECTED)
def test_the_check_finds_it(sick, name):
    _, findings = sick
    count, example = EXPECTED[name]
    found = findings[name]
    assert found["count"] == count
    assert [told(each) for each in found["examples"]][:1] == [example] or example is None
    assert found["hint"].endswith(".")


def test_errors_come_first_and_say_so(sick):
    done, findings = sick
    assert done.code == 1
    severities = [finding["severity"] for finding in done.json]
    assert severities == sorted(severities, key=["error", "warning", "info"].index)
    assert {n for n, each in findings.items() if each["severity"] == "error"} == {
        *("failed", "never_synced", "unfinished", "vendor_counts", "ticket_missing", "no_hours")
    }


def test_mail_addresses_are_not_told(sick):
    done, findings = sick
    assert findings["doubled_mail"]["examples"] == []
    assert "shop.example" not in done.out


def test_a_sound_desk_has_nothing(store_url, tmp_path):
    desk = sound_desk(Desk(tmp_path), store_url)
    done, findings = examined(desk)
    assert (done.code, findings) == (0, {})
    assert desk("doctor", as_of=NOW.isoformat()).out == (
        f"All is well: {len(CHECKS)} checks found nothing.\n"
    )


def test_nothing_derived_yet(tmp_path):
    desk = Desk(tmp_path).configure(CONFIG.format(store="sqlite:///desk.db"))
    desk.records("tickets.ndjson", ticket("1"), said("1"), ticket("2"), said("2"))
    desk("sync", as_of=NOW.isoformat()).ok()
    done, findings = examined(desk)
    assert done.code == 1
    assert set(findings) == {"not_derived"}
    assert [told(each) for each in findings["not_derived"]["examples"]] == ["shop (2 tickets)"]


def test_an_empty_store(tmp_path):
    desk = Desk(tmp_path).configure(CONFIG.format(store="sqlite:///desk.db"))
    done, findings = examined(desk)
    assert (done.code, set(findings)) == (1, {"never_synced"})


def test_a_mart_that_lost_tickets(tmp_path):
    desk = sound_desk(Desk(tmp_path), "sqlite:///desk.db")
    desk.records("sound.ndjson", ticket("2"), said("2"))
    desk("sync", as_of=NOW.isoformat()).ok()
    with closing(sqlite3.connect(tmp_path / "desk.db")) as connection, connection:
        connection.execute("DELETE FROM dirty_ticket")
    _, findings = examined(desk)
    assert [told(each) for each in findings["unlike"]["examples"]] == ["shop (store 3, mart 2)"]


def test_a_calendar_that_came_after_the_facts(tmp_path):
    desk = Desk(tmp_path)
    text = CONFIG.format(store="sqlite:///desk.db")
    desk.configure(text.replace('calendar = "office"\n', "")).records("a.ndjson", ticket("1"))
    desk.records("a.ndjson", said("1"))
    renewed(desk)
    assert examined(desk)[1] == {}
    desk.configure(text)
    done, findings = examined(desk)
    assert done.code == 0
    assert [told(each) for each in findings["no_calendar"]["examples"]] == ["shop/1"]


def test_the_screen_says_what_where_and_what_to_do(tmp_path):
    desk = sick_desk(Desk(tmp_path), "sqlite:///desk.db")
    done = desk("doctor", as_of=NOW.isoformat())
    assert done.code == 1
    lines = done.out.splitlines()
    at = next(n for n, text in enumerate(lines) if "missing, though" in text)
    assert lines[at].split()[:2] == ["error", "1"]
    assert lines[at + 1].strip() == "shop/ghost (message)"
    assert lines[at + 2].strip().startswith("Read the tickets too")


def test_foreign_text_is_harmless_on_the_screen(tmp_path):
    desk = sound_desk(Desk(tmp_path), "sqlite:///desk.db")
    desk.records("sound.ndjson", said("[red]\x1b[2Jghost"))
    desk("sync", as_of=NOW.isoformat()).ok()
    done = desk("doctor", as_of=NOW.isoformat())
    assert "\x1b" not in done.out
    assert "shop/[red][2Jghost" in done.out
