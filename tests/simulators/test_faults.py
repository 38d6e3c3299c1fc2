"""Every fault can be switched on, is seen by a client, and goes away again."""

from __future__ import annotations

from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

import httpx
import pytest

from deskpulse_connectors.simulators.faults import Fault, Faults


@pytest.mark.parametrize("text", ["7", "0", "abc", None])
def test_throttle(call, small, text):
    small.faults.add("throttle", retry_after=text, times=1)
    answer = call.get("groups.json")
    assert answer.status_code == 429
    assert answer.headers.get("Retry-After") == text
    assert call.get("groups.json").status_code == 200


def test_throttle_with_a_date_of_the_vendors_clock(call, small):
    small.faults.add("throttle", retry_after="date+30")
    answer = call.get("groups.json")
    until = parsedate_to_datetime(answer.headers["Retry-After"])
    assert until - parsedate_to_datetime(answer.headers["Date"]) == timedelta(seconds=30)
    assert until > small.clock.instant() > datetime(2026, 1, 1, tzinfo=until.tzinfo)


@pytest.mark.parametrize("status", [500, 502, 503, 504, 520])
def test_server_errors(call, small, status):
    small.faults.add("status", status=status, after=1, times=2)
    assert [call.get("groups.json").status_code for _ in range(4)] == [200, status, status, 200]


def test_large_pages_time_out_and_small_ones_do_not(call, small):
    small.faults.add("too_large", path="/api/v2/incremental/tickets/*", larger_than=25)
    path = "incremental/tickets/cursor.json"
    answer = call.get(path, start_time=0)
    assert (answer.status_code, answer.text) == (504, "upstream request timeout")
    assert call.get(path, start_time=0, per_page=50).status_code == 504
    assert call.get(path, start_time=0, per_page=25).status_code == 200
    assert call.get("incremental/users/cursor.json", start_time=0).status_code == 200


@pytest.mark.parametrize("where", ["before", "headers", "body"])
def test_cut_connections(call, small, where):
    small.faults.add("cut", where=where, times=1)
    with pytest.raises(httpx.RemoteProtocolError):
        call.get("incremental/tickets/cursor.json", start_time=0)
    assert call.get("groups.json").status_code == 200


def test_silence(call, small):
    small.faults.add("silence", times=1)
    with pytest.raises(httpx.ReadTimeout):
        httpx.get(
            f"{small.url}/api/v2/groups.json",
            headers={"Authorization": f"Bearer {small.token}"},
            timeout=0.2,
        )
    assert call.get("groups.json").status_code == 200


def test_slow_pages(call, small):
    small.faults.add("slow", seconds=0.15, times=1)
    assert call.get("groups.json").elapsed >= timedelta(seconds=0.15)


def test_html_instead_of_json(call, small):
    small.faults.add("html")
    answer = call.get("groups.json")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/html")
    assert answer.text.startswith("<!DOCTYPE")


def test_token_that_expires_in_the_middle(call, small):
    small.faults.add("expired", after=1, times=1)
    old = {"Authorization": f"Bearer {small.token}"}
    path = f"{small.url}/api/v2/groups.json"
    answers = [httpx.get(path, headers=old).status_code for _ in range(3)]
    assert answers == [200, 401, 401]
    assert call.get("groups.json").status_code == 200


def test_empty_403_on_one_endpoint(call, small):
    small.faults.add("forbidden", path="/api/v2/slas/*")
    answer = call.get("slas/policies.json")
    assert (answer.status_code, answer.content) == (403, b"")
    assert answer.headers["Content-Type"].startswith("text/html")
    assert call.get("groups.json").status_code == 200


def test_dice_are_seeded(call, small):
    def storm(seed):
        small.faults = Faults(seed)
        small.faults.add("status", probability=0.5)
        return [call.get("groups.json").status_code for _ in range(20)]

    assert storm(3) == storm(3) != storm(4)
    small.faults.clear()
    assert call.get("groups.json").status_code == 200


def test_requests_are_logged(call, small):
    small.faults.add("status", status=502, times=1)
    call.get("groups.json")
    call.get("groups.json", page=2)
    assert [(seen.path, seen.status) for seen in small.requests] == [
        ("/api/v2/groups.json", 502),
        ("/api/v2/groups.json", 200),
    ]
    assert dict(small.requests[1].params) == {"page": "2"}
    assert small.requests[0].at == small.clock.now()


def test_unknown_fault_is_named():
    with pytest.raises(ValueError, match="allowed: throttle"):
        Fault.read({"kind": "meteor"})
    with pytest.raises(ValueError, match="larger_than"):
        Fault.read({"kind": "cut", "colour": "red"})
