"""The simulated Freshdesk: paging, limits, filters and refusals as the vendor has them."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime

import httpx
import pytest

from deskpulse_connectors.simulators.freshdesk import FreshdeskSimulator
from deskpulse_connectors.simulators.freshdesk.vendor import FEATURES

DAY = 86_400
ASC = {"order_by": "updated_at", "order_type": "asc", "updated_since": "2010-01-01T00:00:00Z"}


def account(**options):
    return FreshdeskSimulator(**{"tickets": 60, "account_limit": 0, "list_limit": 0, **options})


class Caller:
    def __init__(self, simulator, key=None):
        self.simulator = simulator
        self.http = httpx.Client(
            base_url=f"{simulator.url}/api/v2",
            auth=(key or simulator.key, "X"),
            timeout=5,
            trust_env=False,
            verify=False,
        )

    def __call__(self, path, **params):
        return self.http.get(path, params=params)


@pytest.fixture
def small():
    with account() as simulator:
        yield simulator


@pytest.fixture
def call(small):
    caller = Caller(small)
    with caller.http:
        yield caller


def test_pages_link_to_the_next_one_but_the_last(call, small):
    seen, answer = [], call("tickets", per_page=25, **ASC)
    while True:
        seen += answer.json()
        link = answer.links.get("next")
        if link is None:
            break
        answer = call.http.get(link["url"])
    assert {str(each["id"]) for each in seen} == set(small.truth()["tickets"])
    updates = [each["updated_at"] for each in seen]
    assert updates == sorted(updates)
    assert len(call("tickets", **ASC).json()) == 30


def test_what_is_not_allowed_of_a_page(call):
    many = call("tickets", per_page=101)
    assert (many.status_code, many.json()["errors"][0]["field"]) == (400, "per_page")
    deep = call("tickets", page=301)
    assert deep.status_code == 400
    [error] = deep.json()["errors"]
    assert error["code"] == "invalid_value"
    assert "You cannot access tickets beyond the 300th page" in error["message"]


def test_without_updated_since_there_are_thirty_days(call, small):
    listed = call("tickets", per_page=100).json()
    begin = datetime.fromtimestamp(small.clock.now() - 30 * DAY, UTC).isoformat()
    assert 0 < len(listed) < len(small.truth()["tickets"])
    assert all(each["created_at"] >= begin[:19] for each in listed)


def test_spam_and_deleted_are_in_lists_of_their_own(call, small):
    tickets = list(small.desk.tickets.values())
    now = small.clock.now()
    for ticket in tickets:
        ticket.spam = ticket.deleted = False
    small.desk.remove(now, tickets[0], spam=True)
    small.desk.remove(now, tickets[1], spam=False)
    ids = {
        name: [each["id"] for each in call("tickets", per_page=100, **ASC, **params).json()]
        for name, params in {
            "": {},
            "spam": {"filter": "spam"},
            "deleted": {"filter": "deleted"},
        }.items()
    }
    assert ids["spam"] == [tickets[0].id]
    assert ids["deleted"] == [tickets[1].id]
    assert not {tickets[0].id, tickets[1].id} & set(ids[""])


def test_what_a_list_tells_only_if_it_is_asked(call):
    [bare] = call("tickets", per_page=1, **ASC).json()
    assert not {"stats", "description", "requester"} & set(bare)
    [full] = call("tickets", per_page=1, include="stats,description,requester", **ASC).json()
    assert full["requester"]["id"] == full["requester_id"]
    assert full["stats"]["status_updated_at"]
    assert full["description_text"]


def test_contacts_know_only_the_filter_with_the_underscore(call, small):
    later = datetime.fromtimestamp(small.clock.now() + DAY, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert call("contacts", updated_since=later).json()
    assert call("contacts", _updated_since=later).json() == []


def test_the_accounts_credits_and_the_limit_of_a_list():
    with account(account_limit=10, list_limit=3) as simulator:
        call = Caller(simulator)
        told = call("tickets", include="stats", **ASC).headers
        assert (told["X-RateLimit-Total"], told["X-RateLimit-Remaining"]) == ("10", "7")
        assert told["X-RateLimit-Used-CurrentRequest"] == "3"
        call("tickets", **ASC)
        call("tickets", **ASC)
        refused = call("tickets", **ASC)
        assert refused.status_code == 429
        assert 0 < int(refused.headers["Retry-After"]) <= 60
        assert [call("groups").status_code for _ in range(6)] == [200] * 5 + [429]
        simulator.advance(61)
        assert call("tickets", **ASC).status_code == 200
        call.http.close()


def test_refusals_have_the_vendors_shapes(small):
    wrong = Caller(small, key="nobody")
    answer = wrong("groups")
    assert (answer.status_code, answer.json()["code"]) == (401, "invalid_credentials")
    wrong.http.close()
    with account(role="agent", features=FEATURES - {"surveys"}) as simulator:
        call = Caller(simulator)
        assert call("sla_policies").json()["code"] == "access_denied"
        assert call("surveys/satisfaction_ratings").json()["code"] == "require_feature"
        missing = call("tickets/999999/conversations")
        assert (missing.status_code, missing.content) == (404, b"")
        call.http.close()


def test_the_export_of_a_day_is_late_signed_and_kept_thirty_days(call, small):
    now = small.clock.instant()
    path = "export/ticket_activities"
    assert call(path, created_at=now.date()).status_code == 404
    assert call(path, created_at="2025-01-01").status_code == 404
    [listed] = call(path, created_at="2026-04-20").json()["export"]
    assert call.http.get(listed["url"]).status_code == 400  # signed twice
    with httpx.Client(trust_env=False, verify=False) as plain:
        body = plain.get(listed["url"]).json()
        assert body["metadata"]["activities_count"] == len(body["activities_data"]) > 0
        assert plain.get(listed["url"].partition("?")[0]).status_code == 403


def test_reopening_forgets_and_closing_resolves(small):
    ticket = next(each for each in small.desk.tickets.values() if not each.deleted)
    now = small.clock.now()
    for offset, status in enumerate((4, 2, 5)):
        small.desk.set(now + offset, ticket, None, status=3)
        small.desk.set(now + 10 + offset, ticket, None, status=status)
        stats = ticket.stats
        if status == 2:
            assert (stats["resolved_at"], stats["closed_at"]) == (None, None)
            assert stats["reopened_at"] == now + 1
    assert stats["resolved_at"] == stats["closed_at"] == now + 12


def test_the_same_seed_makes_the_same_account():
    truths = []
    for seed in (9, 9, 10):
        with account(seed=seed) as simulator:
            truths.append(simulator.truth())
    assert truths[0] == truths[1] != truths[2]


def test_as_a_process():
    module = "deskpulse_connectors.simulators.freshdesk"
    command = [sys.executable, "-m", module, "--tickets", "20", "--account-limit", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        try:
            told = json.loads(running.stdout.readline())
            with httpx.Client(auth=(told["key"], "X"), trust_env=False, verify=False) as http:
                assert http.get(f"{told['url']}/api/v2/groups").status_code == 200
                assert http.get(f"{told['url']}/_sim/truth").json()["now"] == told["now"]
        finally:
            running.terminate()
            assert running.wait(10) == 0
