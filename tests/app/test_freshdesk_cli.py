"""A Freshdesk source from the outside: check, sync, derive, KPIs, a ticket, reconcile."""

from __future__ import annotations

import pytest

from deskpulse_connectors.simulators.freshdesk import FreshdeskSimulator
from deskpulse_connectors.simulators.freshdesk.ids import DEFAULT_POLICY, POLICY
from deskpulse_connectors.simulators.freshdesk.vendor import FEATURES
from support.freshdesk import simulator
from support.mart_rows import mart_dicts
from support.program import Desk
from support.simulated_desk import stored

SOURCE = """\
name = "Simulated desk"

[store]
url = "sqlite:///desk.db"

[sources.fresh]
use = "freshdesk"
domain = "{url}"
api_key = {{ env = "SIMULATOR_KEY" }}
requests_per_minute = 100000
lists_per_minute = 100000
"""
MEANING = '\n[sources.fresh.statuses]\n8 = "on_hold"\n'


def desk_of(folder, simulated: FreshdeskSimulator, more: str = MEANING) -> Desk:
    desk = Desk(folder, {"SIMULATOR_KEY": simulated.key})
    return desk.configure(SOURCE.format(url=simulated.url) + more)


def now(simulated):
    return simulated.clock.instant().isoformat()


def findings(done):
    return {item["stream"]: item for item in done.json if item["kind"] == "source"}


def test_check_says_for_each_stream_what_the_key_may_not_and_what_the_plan_lacks(tmp_path):
    with simulator(tickets=20, weeks=1, role="agent", features=FEATURES - {"timesheets"}) as made:
        made.settle()
        desk = desk_of(tmp_path, made, "activities = true\n" + MEANING)
        found = findings(desk("check", "--json"))
        assert found["tickets"]["ok"]
        assert not found["time_entries"]["ok"]
        assert "require_feature" in found["time_entries"]["text"]
        assert "plan does not have it" in found["time_entries"]["hint"]
        assert "access_denied" in found["sla_policies"]["text"]
        assert "admin's key" in found["sla_policies"]["hint"]
        assert "switched on" in found["ticket_activities"]["hint"]
        done = desk("sync", "--json")
        outcomes = {each["stream"]: each["outcome"] for each in done.json["streams"]}
    skipped = {name for name, outcome in outcomes.items() if outcome == "skipped"}
    assert skipped == {"time_entries", "sla_policies", "business_hours", "ticket_activities"}
    assert set(outcomes.values()) == {"ok", "skipped"}
    assert done.code == 0


def test_a_narrow_key_is_warned_about(tmp_path):
    with simulator(tickets=5, weeks=1, scope=3) as made:
        desk = desk_of(tmp_path, made)
        shown = desk("check").out
        assert "does not see all tickets" in " ".join(shown.split())
        assert made.key not in shown


def test_a_custom_status_without_a_meaning_is_told_and_can_be_made_good(tmp_path):
    with simulator(tickets=20, weeks=1) as made:
        ticket = next(t for t in made.desk.tickets.values() if not (t.spam or t.deleted))
        made.desk.set(made.clock.now(), ticket, made.team.admin, status=8)
        made.settle()
        desk = desk_of(tmp_path, made, "")
        line = f"ticket {ticket.id}: status 8 (In test) is the account's own"
        assert line in findings(desk("check", "--json"))["tickets"]["text"]
        done = desk("sync", "--json")
        [told] = [each for each in done.json["streams"] if each["stream"] == "tickets"]
        assert (told["outcome"], told["rejected"]) == ("partial", 1)
        assert '8 = "pending"' in told["first_error"]
        desk_of(tmp_path, made)
        desk("sync", "fresh", "--stream", "tickets", "--again").ok()
    query = f"SELECT status FROM ticket WHERE id = '{ticket.id}'"
    assert stored(desk, query) == [("on_hold",)]


def test_one_ticket_that_is_forbidden_is_counted_and_stops_nothing(tmp_path):
    with simulator(tickets=30, weeks=1) as made:
        ticket = next(t for t in made.desk.tickets.values() if not (t.spam or t.deleted))
        ticket.forbidden = True
        made.settle()
        desk = desk_of(tmp_path, made)
        done = desk("sync", "--json")
        truth = made.truth()
    [told] = [each for each in done.json["streams"] if each["stream"] == "tickets"]
    assert (told["outcome"], told["rejected"]) == ("partial", 1)
    assert f"conversations of ticket {ticket.id}" in told["first_error"]
    assert stored(desk, "SELECT count(*) FROM ticket") == [(len(truth["tickets"]),)]


def test_a_key_that_is_revoked_meanwhile_pauses_the_source(tmp_path):
    with simulator(tickets=40, weeks=1) as made:
        desk = desk_of(tmp_path, made)
        made.faults.add("expired", after=12, times=1)
        done = desk("sync", "--json")
    outcomes = [each["outcome"] for each in done.json["streams"]]
    assert outcomes[-1] == "paused"
    assert "Renew the credentials" in done.json["streams"][-1]["hint"]


@pytest.fixture(scope="module")
def synced(tmp_path_factory):
    """A desk whose export covers its whole past but the last hours."""
    with simulator(seed=4, tickets=150, weeks=3) as made:
        made.advance(5 * 3600)
        desk = desk_of(tmp_path_factory.mktemp("fresh"), made, "activities = true\n" + MEANING)
        desk("sync", as_of=now(made)).ok()
        desk("derive", as_of=now(made)).ok()
        yield made, desk


def test_our_numbers_are_freshdesks(synced):
    made, desk = synced
    found = desk("reconcile", "fresh", "--json", as_of=now(made)).ok().json
    agreed = {each["metric"]: (each["equal"], each["n"]) for each in found["metrics"]}
    assert set(agreed) == {"first_reply_s", "full_resolution_s"}
    equal, n = agreed["first_reply_s"]
    assert equal == n > 100
    # closing resolves a ticket there; here a close after a reopening is none
    truth = made.truth()["tickets"]
    closed = {ident for ident, each in truth.items() if closed_again(each["course"])}
    assert {row["ticket_id"] for row in found["disagreements"]} == closed
    reasons = {row["reason"] for row in found["disagreements"]}
    assert reasons <= {"solved_again", "stale", "closed_vs_solved"}


def closed_again(course):
    """Whether it was resolved, reopened, and closed without being resolved once more."""
    statuses = [status for _, status in course]
    last = len(statuses) - 1
    return statuses[last] == 5 and statuses[last - 1] != 4 and 4 in statuses


def test_facts_say_on_which_history_they_rest(synced):
    made, desk = synced
    truth = made.truth()["tickets"]
    midnight = made.clock.now() // 86_400 * 86_400
    seen = set()
    for row in mart_dicts(desk.folder / "mart", "tickets"):
        course = truth[row["ticket_id"]]["course"]
        assert row["history"] == ("observed" if course[-1][0] >= midnight else "history")
        seen.add(row["history"])
    assert seen == {"history", "observed"}


def test_kpis_and_a_ticket(synced):
    made, desk = synced
    truth = made.truth()
    [total] = desk("kpi", "submissions", "--json", as_of=now(made)).ok().json["rows"]
    assert total["value"] == len(truth["tickets"])
    [csat] = desk("kpi", "csat", "--json", as_of=now(made)).ok().json["rows"]
    there = [each for each in truth["ratings"].values() if each["ticket"] in truth["tickets"]]
    assert csat["n"] == len(there)
    assert csat["value"] == pytest.approx(sum(e["value"] > 100 for e in there) / len(there))
    ident = next(iter(truth["tickets"]))
    shown = desk("ticket", f"fresh/{ident}", as_of=now(made)).ok().out
    assert "first reply" in shown
    assert "business hours" in shown


def test_bodies_are_not_stored_unless_they_may_be(synced):
    _, desk = synced
    assert stored(desk, "SELECT count(*) FROM message WHERE body IS NOT NULL") == [(0,)]


def test_freshdesks_policies_are_kept_as_sla_clocks(synced):
    made, desk = synced
    found = desk("sla", "--state", "all", "--json", as_of=now(made)).ok().json
    clocks = found["clocks"]
    assert found["notes"] == []
    truth = made.truth()["tickets"]
    assert {each["policy"] for each in clocks} == {f"fresh/{POLICY}", f"fresh/{DEFAULT_POLICY}"}
    metrics = {each["metric"] for each in clocks}
    assert metrics >= {"first_reply_time", "next_reply_time", "agent_work_time"}
    assert {each["ticket_id"] for each in clocks} == set(truth)
