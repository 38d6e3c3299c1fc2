"""Canary secrets in every place where the client holds one, through every fault, at DEBUG."""

import base64
import io
import logging
import traceback
from urllib.parse import quote

import pytest
from pydantic import BaseModel, SecretStr

from deskpulse.errors import DeskpulseError
from deskpulse.http.auth import basic, bearer, header
from deskpulse.http.logs import RedactingFilter
from deskpulse.http.oauth import OAuth
from deskpulse.http.redact import Redactor, secrets_in
from deskpulse.http.retry import Patience
from deskpulse.http.wire import Bounds
from support.server import Reply, html, json_, reset, status, truncated

CANARIES = {
    "key": "c4nary-key/+=&",
    "client_secret": "c4nary-client?x>>",
    "refresh_token": "c4nary-refresh~~",
}
ISSUED = ["c4nary-access-1", "c4nary-rotated-1"]


class Settings(BaseModel):
    email: str = "agent@desk.test"
    client_id: str = "desk"
    key: SecretStr = SecretStr(CANARIES["key"])
    client_secret: SecretStr = SecretStr(CANARIES["client_secret"])
    refresh_token: SecretStr = SecretStr(CANARIES["refresh_token"])


AUTHS = {
    "bearer": bearer("key"),
    "header": header("X-Api-Key", "key"),
    "basic": basic("email", "key", user_suffix="/token"),
    "client": OAuth("/oauth/tokens", encoding="json"),
    "refresh": OAuth("/oauth/tokens", grant="refresh_token", client_in="basic"),
}


def echo(code):
    """A vendor that repeats everything it was sent, in its error."""

    def reply(request):
        sent = f"{sorted(request.headers.items())} {request.body.decode()} {request.query}"
        return json_({"error": {"message": sent}}, code)

    return reply


FAULTS = {
    "reset": reset(),
    "cut": truncated({"a": "b" * 50}),
    "html": html(200),
    "slow": Reply(delay_s=0.1),
    "too large": Reply(body=b'"' + b"x" * 5_000 + b'"'),
    "elsewhere": status(302, location="https://u:pw@evil.test/?token=c4nary-key"),
    **{f"echo {code}": echo(code) for code in (400, 401, 403, 404, 409, 422, 429, 500, 503)},
    "long echo": lambda request: Reply(
        400, b"x" * 280 + request.headers.get("authorization", "").encode() + b"y" * 500
    ),
}


def spellings(secret):
    raw = secret.encode()
    yield secret
    yield quote(secret, safe="")
    yield base64.b64encode(raw).decode().rstrip("=")
    yield base64.urlsafe_b64encode(raw).decode().rstrip("=")
    yield base64.b64encode(b"agent@desk.test/token:" + raw).decode()
    yield base64.b64encode(b"desk:" + raw).decode()


@pytest.fixture
def everything():
    """All that is logged anywhere at DEBUG, through the filter the app installs."""
    stream = io.StringIO()
    redactor = Redactor(secrets_in(Settings()))
    handler = logging.StreamHandler(stream)
    handler.addFilter(RedactingFilter(redactor))
    root = logging.getLogger()
    talking = [root, *(logging.getLogger(name) for name in ("httpx", "httpcore"))]
    levels = [logger.level for logger in talking]
    for logger in talking:  # whatever the app told them in tests before
        logger.setLevel(logging.DEBUG)
    root.addHandler(handler)
    yield redactor, stream
    root.removeHandler(handler)
    for logger, level in zip(talking, levels, strict=True):
        logger.setLevel(level)


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize(
    ("auth", "path"),
    [
        *((name, "/tickets") for name in AUTHS),
        ("client", "/oauth/tokens"),
        ("refresh", "/oauth/tokens"),
    ],
)
def test_no_fault_shows_a_secret(make, server, everything, auth, fault, path):
    redactor, stream = everything
    issued = json_({"access_token": ISSUED[0], "refresh_token": ISSUED[1], "expires_in": 9})
    server.on("/oauth/tokens", FAULTS[fault] if path == "/oauth/tokens" else issued)
    if path == "/tickets":
        server.on("/tickets", FAULTS[fault])
    client = make(
        auth=AUTHS[auth],
        config=Settings(),
        redactor=redactor,
        bounds=Bounds(read_s=0.05, most_bytes=2_000),
        patience=Patience(attempts=2, told_to_wait=2),
    )
    with pytest.raises(DeskpulseError) as caught:
        client.get("/tickets", cursor="opaque")
    logging.getLogger("app").error("sync failed", exc_info=caught.value)
    said = [
        str(caught.value),
        repr(caught.value),
        caught.value.hint,
        "".join(traceback.format_exception(caught.value)),
        repr(client),
        repr(client.stats),
        stream.getvalue(),
    ]
    assert "sync failed" in stream.getvalue()
    assert "send_request_headers" in stream.getvalue()  # the libraries did log, at DEBUG
    for text in said:
        assert "c4nary" not in text
        for secret in [*CANARIES.values(), *ISSUED]:
            for spelling in spellings(secret):
                assert spelling not in text, spelling
