"""Tokens, roles and limits, as the vendor has them."""

from __future__ import annotations

import httpx
import pytest

from deskpulse_connectors.simulators.zendesk import ZendeskSimulator


def grant(simulator, **values):
    known = {
        "client_id": simulator.credentials["client_id"],
        "client_secret": simulator.credentials["client_secret"],
    }
    return httpx.post(f"{simulator.url}/oauth/tokens", json={**known, **values})


def me(simulator, token):
    headers = {"Authorization": f"Bearer {token}"}
    return httpx.get(f"{simulator.url}/api/v2/users/me.json", headers=headers)


def test_client_credentials(small):
    body = grant(small, grant_type="client_credentials", scope="read").json()
    assert "expires_in" not in body
    assert "refresh_token" not in body
    assert me(small, body["access_token"]).json()["user"]["role"] == "admin"


def test_expiry_is_told_only_if_asked_for(small):
    body = grant(small, grant_type="client_credentials", scope="read", expires_in=300).json()
    assert body["expires_in"] == 300
    assert me(small, body["access_token"]).status_code == 200
    small.advance(301, quiet=True)
    refused = me(small, body["access_token"])
    assert (refused.status_code, refused.json()["error"]) == (401, "invalid_token")


def test_refresh_rotates_and_is_single_use(small):
    first = small.credentials["refresh_token"]
    one = grant(small, grant_type="refresh_token", refresh_token=first).json()
    assert one["refresh_token"] != first
    assert me(small, one["access_token"]).status_code == 200
    two = grant(small, grant_type="refresh_token", refresh_token=one["refresh_token"]).json()
    assert me(small, one["access_token"]).status_code == 401
    assert me(small, two["access_token"]).status_code == 200
    again = grant(small, grant_type="refresh_token", refresh_token=one["refresh_token"])
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")


def test_wrong_client_is_refused(small):
    answer = grant(small, grant_type="client_credentials", client_secret="guess")
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
    assert grant(small, grant_type="password").json()["error"] == "unsupported_grant_type"


def test_legacy_token(small):
    known = small.credentials
    path = f"{small.url}/api/v2/users/me.json"
    user = known["email"] + "/token"
    assert httpx.get(path, auth=(user, known["api_token"])).status_code == 200
    assert httpx.get(path, auth=(user, "guess")).status_code == 401
    assert httpx.get(path, auth=(known["email"], known["api_token"])).status_code == 401
    assert httpx.get(path).json() == {"error": "Couldn't authenticate you"}


def test_narrow_scope_and_role(small):
    narrow = grant(small, grant_type="client_credentials", scope="tickets:read").json()
    refused = me(small, narrow["access_token"])
    assert refused.status_code == 403
    assert refused.json() == {"description": "Missing the following required scopes: read"}
    with ZendeskSimulator(tickets=5, role="agent") as desk:
        headers = {"Authorization": f"Bearer {desk.token}"}
        path = f"{desk.url}/api/v2/incremental/users/cursor.json?start_time=0"
        answer = httpx.get(path, headers=headers)
        assert (answer.status_code, answer.json()["error"]["title"]) == (403, "Forbidden")


def test_export_budget_is_shared_and_comes_back():
    with ZendeskSimulator(tickets=20, budget=4) as desk, httpx.Client(base_url=desk.url) as http:
        http.headers["Authorization"] = f"Bearer {desk.token}"
        names = (
            "tickets/cursor",
            "users/cursor",
            "ticket_events",
            "organizations",
            "ticket_events",
        )
        answers = [http.get(f"/api/v2/incremental/{each}?start_time=0") for each in names]
        assert [each.status_code for each in answers] == [200, 200, 200, 200, 429]
        refused = answers[-1]
        assert refused.json()["error"] == "APIRateLimitExceeded"
        assert "incremental export" in refused.json()["description"]
        assert 1 <= int(refused.headers["Retry-After"]) <= 60
        assert http.get("/api/v2/groups.json").status_code == 200
        desk.advance(61, quiet=True)
        assert http.get("/api/v2/incremental/organizations?start_time=0").status_code == 200


def test_account_limit_and_its_headers():
    with ZendeskSimulator(tickets=5, account_limit=3) as desk, httpx.Client() as http:
        http.headers["Authorization"] = f"Bearer {desk.token}"
        answers = [http.get(f"{desk.url}/api/v2/groups.json") for _ in range(4)]
        assert [each.status_code for each in answers] == [200, 200, 200, 429]
        assert [each.headers["X-Rate-Limit-Remaining"] for each in answers] == ["2", "1", "0", "0"]
        assert answers[0].headers["X-Rate-Limit"] == "3"
        assert int(answers[3].headers["Retry-After"]) >= 1
        assert int(answers[3].headers["ratelimit-reset"]) >= 1


@pytest.mark.parametrize("path", ["/api/v2/nothing.json", "/elsewhere", "/api/v2/tickets/1.json"])
def test_unknown_paths_are_404(small, path):
    headers = {"Authorization": f"Bearer {small.token}"}
    assert httpx.get(small.url + path, headers=headers).status_code == 404
