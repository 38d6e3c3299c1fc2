"""Settings, signing in, and what the operator is told when Google refuses."""

import json

import pytest
from pydantic import ValidationError

from deskpulse.errors import AuthRejected, ConfigError, RateLimited, StreamForbidden
from deskpulse.http.answer import Answer
from deskpulse.http.redact import Redactor
from deskpulse_connectors.gmail.connector import Gmail
from deskpulse_connectors.gmail.refusals import meaning
from deskpulse_connectors.simulators.gmail import GmailSimulator
from deskpulse_connectors.simulators.gmail.auth import METADATA
from support.gmail import source


@pytest.fixture
def simulator():
    with GmailSimulator(conversations=3) as running:
        yield running


def first_page(inbox):
    return next(inbox.conversations(None))


def test_a_refresh_token_stays_good(simulator):
    with source(simulator) as inbox:
        first_page(inbox)
        simulator.expire_tokens()
        first_page(inbox)
    assert simulator.tokens.issued == 2


def test_a_dead_refresh_token_is_explained_and_never_tried_again(simulator):
    simulator.tokens.revoked = True
    with source(simulator) as inbox, pytest.raises(AuthRejected, match="invalid_grant") as caught:
        first_page(inbox)
    assert "seven days while the consent screen" in caught.value.hint
    assert [seen.path for seen in simulator.requests] == ["/token"]


def test_a_service_account_stands_in_for_the_mailbox(simulator):
    key = simulator.service_account()
    with source(
        simulator, service_account=key, mailbox="support@acme.example", redactor=Redactor()
    ) as inbox:
        assert first_page(inbox).records
        simulator.expire_tokens()
        assert first_page(inbox).records
    assert simulator.tokens.issued == 2
    assert all("/users/support@acme.example/" in s.path for s in simulator.requests[1:2])


def test_a_service_account_without_delegation_is_told_what_to_list_where(simulator):
    simulator.tokens.delegated = "https://mail.google.com/"
    key = simulator.service_account()
    mailbox = {"service_account": key, "mailbox": "support@acme.example"}
    with source(simulator, **mailbox) as inbox, pytest.raises(AuthRejected) as caught:
        first_page(inbox)
    assert "unauthorized_client" in caught.value.message
    assert "Domain-wide delegation" in caught.value.hint
    assert "gmail.readonly" in caught.value.hint


@pytest.mark.parametrize(
    "key",
    [
        "not json",
        "{}",
        json.dumps({"client_email": "a@b.example", "private_key": "x", "private_key_id": "1"}),
    ],
)
def test_a_broken_key_is_told_without_showing_it(simulator, key):
    mailbox = {"service_account": key, "mailbox": "support@acme.example"}
    with pytest.raises(ConfigError) as caught, source(simulator, **mailbox):
        pass
    assert key not in caught.value.message


def test_no_part_of_the_private_key_is_ever_said(simulator):
    redactor = Redactor()
    key = simulator.service_account()
    with source(
        simulator, service_account=key, mailbox="support@acme.example", redactor=redactor
    ) as inbox:
        first_page(inbox)
        line = json.loads(key)["private_key"].splitlines()[5]
        assert line not in redactor.redact(f"leaked {line}")
        assert "PRIVATE" not in repr(inbox.config)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "no way to sign in is complete"),
        ({"client_id": "a", "client_secret": "b"}, "no way to sign in is complete"),
        ({"service_account": "{}"}, "set mailbox"),
    ],
)
def test_settings_that_cannot_work_are_refused(given, said):
    with pytest.raises(ValidationError, match=said):
        Gmail.Config(**given)


def test_a_scope_that_allows_no_search_is_refused_with_the_right_one(simulator):
    simulator.tokens.scope = METADATA
    refused = pytest.raises(StreamForbidden, match="Metadata scope does not support")
    with source(simulator, start="2026-01-01") as inbox, refused:
        first_page(inbox)


def google(status, reason, message="no", **more):
    body = {"code": status, "message": message, "errors": [{"reason": reason}], **more}
    return Answer(status, {}, json.dumps({"error": body}).encode())


@pytest.mark.parametrize("reason", ["rateLimitExceeded", "userRateLimitExceeded"])
@pytest.mark.parametrize("status", [403, 429])
def test_a_limit_is_a_limit_whatever_its_status(status, reason):
    assert meaning(google(status, reason)).error is RateLimited


def test_a_daily_limit_lasts_until_midnight_in_california():
    answer = google(403, "dailyLimitExceeded")
    dated = Answer(403, {"date": "Mon, 05 Jan 2026 20:00:00 GMT"}, answer.body)
    assert meaning(dated).wait_s == 12 * 3600


@pytest.mark.parametrize(
    ("reason", "hint"),
    [
        ("insufficientPermissions", "gmail.readonly"),
        ("accessNotConfigured", "Enable the Gmail API"),
        ("domainPolicy", "administrator"),
        ("delegationDenied", "correct mailbox"),
    ],
)
def test_a_refusal_names_what_to_do(reason, hint):
    said = meaning(google(403, reason))
    assert said.error is StreamForbidden
    assert hint in said.hint


def test_the_newer_shape_of_errors_is_understood_too():
    details = [{"@type": "ErrorInfo", "reason": "ACCESS_TOKEN_SCOPE_INSUFFICIENT"}]
    body = {"error": {"code": 403, "status": "PERMISSION_DENIED", "details": details}}
    assert "gmail.readonly" in meaning(Answer(403, {}, json.dumps(body).encode())).hint


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"error": "no"}', b'{"error": {}}'])
def test_other_bodies_leave_it_to_the_status(body):
    assert meaning(Answer(403, {}, body)) is None


def test_each_mailbox_has_a_budget_of_its_own():
    """Google counts by user; core shares budgets between sources at one address."""
    a, b = (
        Gmail.Config(service_account="{}", mailbox=f"{name}@acme.example") for name in ("a", "b")
    )
    assert Gmail.base_url(a) != Gmail.base_url(b)
    [budget] = Gmail.budgets(a)
    assert (budget.requests, budget.per_s, budget.parallel) == (6000, 60.0, 5)
