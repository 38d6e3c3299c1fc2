import pytest
from pydantic import BaseModel, SecretStr

from deskpulse.errors import ConfigError, RequestRefused, SourceChanged
from deskpulse.http.answer import Answer
from deskpulse.http.auth import AuthContext, basic, bearer, header
from deskpulse.http.oauth import OAuth, read_tokens
from deskpulse.http.redact import Redactor
from deskpulse.http.tokens import MemoryTokens, ThreadLock, Tokens
from support.clock import MONDAY, FakeClock


class Settings(BaseModel):
    email: str = "agent@desk.test"
    key: SecretStr = SecretStr("s3cr3t-key")
    client_id: str = "desk"
    client_secret: SecretStr = SecretStr("s3cr3t-client")


def context(redactor=None):
    return AuthContext(
        FakeClock(),
        MemoryTokens(),
        ThreadLock(),
        redactor or Redactor(),
        ask=lambda _: None,
        pause=lambda _: None,
    )


@pytest.mark.parametrize(
    ("auth", "headers"),
    [
        (bearer("key"), {"Authorization": "Bearer s3cr3t-key"}),
        (header("X-Api-Key", "key"), {"X-Api-Key": "s3cr3t-key"}),
        (
            basic("email", "key", user_suffix="/token"),
            {"Authorization": "Basic YWdlbnRAZGVzay50ZXN0L3Rva2VuOnMzY3IzdC1rZXk="},
        ),
    ],
)
def test_fixed_headers(auth, headers):
    redactor = Redactor()
    signer = auth.signer(Settings(), context(redactor))
    assert signer.headers() == headers
    assert not signer.renew(headers)
    assert "s3cr3t" not in repr(auth)
    for value in headers.values():
        assert value.split(" ")[-1] not in redactor.redact(f"sent {value}")


@pytest.mark.parametrize("key", ["", "with\nnewline", "trailing\n", "smört", "nul\x00"])
def test_secrets_that_no_header_carries_are_refused_without_being_shown(key):
    with pytest.raises(ConfigError) as caught:
        bearer("key").signer(Settings(key=SecretStr(key)), context())
    assert "key" in str(caught.value)
    assert not key or key not in str(caught.value) + caught.value.hint


def test_a_basic_password_may_hold_any_character():
    settings = Settings(key=SecretStr("smört\n"))
    assert basic("email", "key").signer(settings, context()).headers()["Authorization"].isascii()


def test_tokens_and_requests_hide_their_secrets():
    assert "abc" not in repr(Tokens("abc-access", "abc-refresh"))
    request = OAuth("/oauth/tokens").request(("desk", "s3cr3t"), "abc-refresh")
    assert "s3cr3t" not in repr(request) + str(request)


def test_the_token_request_sends_only_what_is_set():
    plain = OAuth("/t").request(("desk", "pw"), None)
    assert plain.fields == {
        "grant_type": "client_credentials",
        "client_id": "desk",
        "client_secret": "pw",
    }
    full = OAuth(
        "/t",
        grant="refresh_token",
        scope="read",
        expires_in=172_800,
        client_in="basic",
        encoding="json",
        extra={"refresh_token_expires_in": 7_776_000},
    ).request(("desk", "pw"), "r1")
    assert full.fields == {
        "grant_type": "refresh_token",
        "refresh_token": "r1",
        "scope": "read",
        "expires_in": 172_800,
        "refresh_token_expires_in": 7_776_000,
    }
    assert full.headers == {"Authorization": "Basic ZGVzazpwdw=="}
    assert full.as_json


def tokens(body, status=200):
    return read_tokens(Answer(status, {}, body), asked_at=MONDAY, refresh_token="old")


@pytest.mark.parametrize(
    ("expires_in", "seconds"),
    [
        ("3600", 3600),
        ('"3600"', 3600),
        ("null", None),
        ('"soon"', None),
        ("0", None),
        ("-1", None),
        ("1e300", None),
    ],
)
def test_an_unreadable_lifetime_is_unknown_not_over(expires_in, seconds):
    got = tokens(b'{"access_token": "a", "expires_in": %s}' % expires_in.encode())
    assert got.expires_at == (None if seconds is None else got.expires_at)
    assert seconds is None or (got.expires_at - MONDAY).total_seconds() == seconds


def test_a_missing_lifetime_is_unknown_and_a_missing_refresh_token_the_old_one():
    got = tokens(b'{"access_token": "a"}')
    assert (got.expires_at, got.refresh_token) == (None, "old")
    assert tokens(b'{"access_token": "a", "refresh_token": "new"}').refresh_token == "new"


@pytest.mark.parametrize(
    "body", [b"{}", b"[]", b"<html>", b'{"access_token": 5}', b'{"access_token": "a\\nb"}']
)
def test_an_answer_without_a_token_is_a_changed_source(body):
    with pytest.raises(SourceChanged):
        tokens(body)


@pytest.mark.parametrize("body", [b'{"error": "invalid_request"}', b"<html>", b'{"error": []}'])
def test_a_request_called_wrong_is_not_a_matter_of_credentials(body):
    with pytest.raises(RequestRefused):
        tokens(body, 400)
