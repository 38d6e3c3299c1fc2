import base64
import io
import json
import logging
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, SecretStr

from deskpulse.http.auth import basic_value
from deskpulse.http.logs import RedactingFilter, guard_logs
from deskpulse.http.redact import Redactor, secrets_in

CANARY = 'c4nary/+ "s3cr3t"=&é%\\x>>>???~~'


@pytest.mark.parametrize(
    "spelling",
    [
        CANARY,
        quote(CANARY),
        quote(CANARY, safe=""),
        quote(CANARY, safe="").lower(),
        quote_plus(CANARY),
        json.dumps(CANARY),
        json.dumps(CANARY, ensure_ascii=False),
        repr(CANARY),
        repr(CANARY.encode()),
        base64.b64encode(CANARY.encode()).decode(),
        base64.urlsafe_b64encode(CANARY.encode()).decode(),
    ],
)
def test_a_known_secret_is_masked_in_every_spelling(spelling):
    cleaned = Redactor([CANARY]).redact(f"before {spelling} after")
    assert cleaned.startswith("before ")
    assert cleaned.endswith(" after")
    assert "s3cr3t" not in cleaned
    assert spelling.strip("'\"b=")[:8] not in cleaned


@given(st.binary(max_size=9), st.binary(max_size=9))
def test_a_secret_inside_a_base64_text_is_masked_at_any_position(before, after):
    secret = "Zx9-Lq7_Wm3.Tk5"
    text = base64.b64encode(before + secret.encode() + after).decode()
    cleaned = Redactor([secret]).redact(text)
    assert "***" in cleaned
    left = cleaned.replace("***", "")
    # What remains beside the mask are the neighbours and at most two characters at each seam.
    assert len(left) <= len(text) - len(secret) * 8 // 6 + 4


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("Authorization: Bearer abc.def-123456", "Authorization: Bearer ***"),
        ("Basic YWdlbnQ6cGFzc3dvcmQ=", "Basic ***"),
        ("at https://u:p4ss@h.test/x", "at https://***@h.test/x"),
        ("postgresql://desk:p4ss@db:5432/x", "postgresql://***@db:5432/x"),
        ("GET https://h.test/x?api_key=1&b=2 failed", "GET https://h.test/x?*** failed"),
        ("GET /x?per_page=5&api_key=abc HTTP/1.1", "GET /x?per_page=5&api_key=*** HTTP/1.1"),
        ('{"access_token": "abc", "x": 1}', '{"access_token": "***", "x": 1}'),
        ("{'client_secret': 'a\\'bc'}", "{'client_secret': '***'}"),
        ("(b'Authorization', b'opaque value')", "(b'Authorization', b'***')"),
        ("Basic plan needed for this", "Basic plan needed for this"),
        ("see https://h.test/docs for more", "see https://h.test/docs for more"),
        (
            "the token endpoint wants Basic authentication",
            "the token endpoint wants Basic authentication",
        ),
        ("12 tickets, 3 tokens", "12 tickets, 3 tokens"),
    ],
)
def test_what_looks_like_a_secret_is_masked_and_the_rest_is_not(text, cleaned):
    assert Redactor().redact(text) == cleaned


def test_short_and_empty_secrets_do_not_mask_everything():
    assert Redactor(["", "a", "abc"]).redact("abacus abc") == "abacus abc"


def test_a_secret_that_is_learned_later_is_masked():
    redactor = Redactor(["first-secret"])
    redactor.add("second-secret", "first-secret")
    assert redactor.redact("first-secret second-secret") == "*** ***"


def test_secrets_are_found_anywhere_in_settings():
    class Inner(BaseModel):
        token: SecretStr
        name: str = "x"

    class Outer(BaseModel):
        inner: Inner
        several: dict[str, list[SecretStr]]
        nothing: SecretStr | None = None

    outer = Outer(inner=Inner(token="t0ken"), several={"a": ["one", "two"]})
    assert set(secrets_in(outer)) == {"t0ken", "one", "two"}


@pytest.fixture
def log():
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.addFilter(RedactingFilter(Redactor([CANARY])))
    logger = logging.Logger("test", logging.DEBUG)  # noqa: LOG001 - a logger that no other test sees
    logger.addHandler(handler)
    return logger, stream


def test_messages_arguments_exceptions_and_stacks_are_cleaned(log):
    logger, stream = log
    logger.debug("plain %s and %r", CANARY, {"k": CANARY})
    try:
        raise ValueError(CANARY)
    except ValueError:
        logger.exception("failed with %s", basic_value("agent", CANARY), stack_info=True)
    logger.info("wrong %d arguments", CANARY)
    text = stream.getvalue()
    assert "s3cr3t" not in text
    assert base64.b64encode(CANARY.encode()).decode()[2:-4] not in text
    assert "ValueError" in text
    assert "Traceback" in text
    assert "Stack (most recent call last)" in text
    assert "wrong %d arguments" in text


def test_the_guard_covers_every_root_handler_and_quietens_libraries():
    root = logging.Logger("root")  # noqa: LOG001 - a root of its own
    stream = io.StringIO()
    for _ in range(2):
        root.addHandler(logging.StreamHandler(stream))
    names = ("httpx", "httpcore", "slack_sdk", "urllib3")
    before = {name: logging.getLogger(name).level for name in names}
    try:
        for name in names:
            logging.getLogger(name).setLevel(logging.DEBUG)
        guard_logs(Redactor([CANARY]), root)
        for name in names:
            assert not logging.getLogger(name).isEnabledFor(logging.INFO)
    finally:
        for name, level in before.items():
            logging.getLogger(name).setLevel(level)
    root.error("oh %s", CANARY)
    assert stream.getvalue() == "oh ***\noh ***\n"


@pytest.mark.parametrize(
    ("address", "keys"),
    [
        ("https://hooks.example.com/x?k=SECRETKEY&v=1", {"SECRETKEY"}),
        ("https://hooks.slack.com/services/T0123456789/B0123456789/AbC9dEfG", {"T0123456789", "B0123456789", "AbC9dEfG"}),
        ("https://example.com/workflows/triggers/manual/paths/invoke?sig=a-b_c%2Bd%2F", {"a-b_c+d/"}),
        ("postgresql://kpi:long-password@db/desk", {"long-password"}),
        ("https://example.com/hook", set()),
        ("xoxb-123456789012-abc", set()),
        ("http://[broken", set()),
    ],
)  # fmt: skip
def test_of_an_address_its_keys_are_secrets_too(address, keys):
    """A server may repeat a part of what it was asked for."""
    assert set(secrets_in(SecretStr(address))) == {address} | keys
