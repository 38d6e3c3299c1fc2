"""The whole status table, as written in `deskpulse.http.verdict` and connectors.md section 5."""

import pytest

from deskpulse.errors import (
    AuthRejected,
    RateLimited,
    RequestRefused,
    SourceChanged,
    SourceUnavailable,
    StreamForbidden,
)
from deskpulse.http.answer import Answer
from deskpulse.http.verdict import Action, Said, judge
from support.clock import MONDAY

EXPECTED = dict.fromkeys(range(200, 300), (Action.ACCEPT, SourceUnavailable))
EXPECTED |= dict.fromkeys(range(300, 400), (Action.FAIL, SourceChanged))
EXPECTED |= dict.fromkeys((301, 302, 303, 307, 308), (Action.FOLLOW, SourceChanged))
EXPECTED |= dict.fromkeys(range(400, 500), (Action.FAIL, RequestRefused))
EXPECTED |= dict.fromkeys(range(500, 600), (Action.RETRY, SourceUnavailable))
EXPECTED |= dict.fromkeys((408, 409, 425), (Action.RETRY, SourceUnavailable))
EXPECTED[401] = (Action.RENEW, AuthRejected)
EXPECTED[403] = (Action.FAIL, StreamForbidden)
EXPECTED[429] = (Action.RETRY, RateLimited)
EXPECTED |= dict.fromkeys((199, 600, 999), (Action.FAIL, SourceChanged))

BODIES = [
    b'{"error": "RecordInvalid", "description": "no"}',
    b'{"error": {"title": "Forbidden", "message": "no"}}',
    b'{"error": null, "errors": [{"code": 7}, "no"]}',
    b"[]",
    b'"no"',
    b"<html><body>no</body></html>",
    b"",
    b"\xff\xfe\x00",
]


@pytest.mark.parametrize("status", sorted(EXPECTED))
def test_every_status_has_its_verdict_whatever_the_body(status):
    action, error = EXPECTED[status]
    bodies = [b"{}"] if action is Action.ACCEPT else BODIES
    for body in bodies:
        verdict = judge(Answer(status, {}, body), now=MONDAY)
        assert (verdict.action, verdict.error) == (action, error), body


@pytest.mark.parametrize("status", [code for code in EXPECTED if code // 100 in (4, 5)])
def test_giving_up_turns_a_retry_into_a_failure_and_changes_nothing_else(status):
    action, error = EXPECTED[status]
    verdict = judge(Answer(status, {}, b""), now=MONDAY, give_up_on={status})
    assert verdict.action is (Action.FAIL if action is Action.RETRY else action)
    assert verdict.error is error


def test_a_conflict_waits_at_least_ten_seconds():
    assert judge(Answer(409, {}, b""), now=MONDAY).least_s == 10


@pytest.mark.parametrize("status", [408, 409, 425, 429, 500, 503, 504, 520])
def test_a_wait_that_was_asked_for_makes_any_passing_fault_a_rate_limit(status):
    verdict = judge(Answer(status, {"retry-after": "30"}, b""), now=MONDAY)
    assert (verdict.error, verdict.asked_s) == (RateLimited, 30)


def test_a_reset_header_counts_for_429_only():
    headers = {"ratelimit-remaining": "0", "ratelimit-reset": "17"}
    assert judge(Answer(429, headers, b""), now=MONDAY).asked_s == 17
    # Zendesk sends these headers with every answer: on a 500 they say nothing about the fault.
    assert judge(Answer(500, headers, b""), now=MONDAY).asked_s is None


@pytest.mark.parametrize("body", [b"<html>soon</html>", b'{"tickets": [', b"", b"NaN", b"{} {}"])
def test_a_success_without_whole_json_is_a_passing_fault(body):
    verdict = judge(Answer(200, {"content-type": "text/html"}, body), now=MONDAY)
    assert (verdict.action, verdict.error) == (Action.RETRY, SourceUnavailable)
    assert "text/html" in verdict.reason


@pytest.mark.parametrize("status", [204, 205])
def test_no_content_is_none(status):
    verdict = judge(Answer(status, {}, b""), now=MONDAY)
    assert (verdict.action, verdict.value) == (Action.ACCEPT, None)


def test_what_a_vendor_says_goes_before_its_status():
    """Google limits with 403, which otherwise means forbidden."""
    answer = Answer(403, {}, b'{"error": {"message": "Quota exceeded"}}')
    told = judge(answer, now=MONDAY, said=Said(RateLimited))
    assert (told.action, told.error, told.least_s) == (Action.RETRY, RateLimited, 1.0)
    assert told.reason == "Quota exceeded"
    daily = judge(answer, now=MONDAY, said=Said(RateLimited, 3600.0))
    assert daily.asked_s == 3600.0
    asked = Answer(403, {"retry-after": "7"}, b"{}")
    assert judge(asked, now=MONDAY, said=Said(RateLimited)).asked_s == 7.0
    refused = judge(answer, now=MONDAY, said=Said(AuthRejected, hint="Do this."))
    assert (refused.action, refused.error, refused.hint) == (Action.FAIL, AuthRejected, "Do this.")
