"""Who may ask: OAuth tokens (client credentials, rotating refresh) and legacy API tokens."""

from __future__ import annotations

import base64
import secrets
import threading
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from deskpulse_connectors.simulators.exchange import Reply, Request, json_reply

CLIENT_ID = "deskpulse-simulator"
EMAIL = "admin01@desk.example"
UNLIMITED = float("inf")


@dataclass(slots=True)
class _Grant:
    scope: str
    until: float
    refresh: str | None


class Tokens:
    """The account's credentials. A refresh deletes the old access token and the old refresh token.

    `token` is a bearer token without an end; `refresh_token` the one to begin a rotation with;
    `api_token` goes with `email` by basic authentication.
    """

    def __init__(self) -> None:
        self.client_id = CLIENT_ID
        self.client_secret = "s-" + secrets.token_hex(16)
        self.email = EMAIL
        self.api_token = "t-" + secrets.token_hex(16)
        self.issued = 0
        self._access: dict[str, _Grant] = {}
        self._refresh: dict[str, _Grant] = {}
        self._guard = threading.Lock()
        self.token, _ = self._issue("read", UNLIMITED, rotating=False)
        _, first = self._issue("read", UNLIMITED, rotating=True)
        self.refresh_token = first or ""

    def expire(self) -> None:
        """No access token given out so far is valid any more; refresh tokens still are."""
        with self._guard:
            self._access.clear()
        self.token, _ = self._issue("read", UNLIMITED, rotating=False)

    def refusal(self, request: Request, now: float) -> Reply | None:
        """None if the request is signed well; else the vendor's 401 or 403."""
        kind, _, value = request.headers.get("authorization", "").partition(" ")
        if kind.lower() == "basic":
            expected = base64.b64encode(f"{self.email}/token:{self.api_token}".encode()).decode()
            if secrets.compare_digest(value.strip(), expected):
                return None
            return json_reply({"error": "Couldn't authenticate you"}, 401)
        with self._guard:
            grant = self._access.get(value.strip()) if kind.lower() == "bearer" else None
        if grant is None or grant.until <= now:
            if not kind:
                return json_reply({"error": "Couldn't authenticate you"}, 401)
            return json_reply(
                {
                    "error": "invalid_token",
                    "error_description": "The access token provided is expired, revoked,"
                    " malformed or invalid for other reasons.",
                },
                401,
            )
        if "read" not in grant.scope.split():
            return json_reply({"description": "Missing the following required scopes: read"}, 403)
        return None

    def grant(self, request: Request, now: float) -> Reply:
        """Answer POST /oauth/tokens, with a JSON or a form body."""
        if "json" in request.headers.get("content-type", ""):
            try:
                asked = request.json()
            except ValueError:
                asked = None
        else:
            asked = dict(parse_qsl(request.body.decode("utf-8", "replace")))
        if not isinstance(asked, dict):
            return _oauth_error("invalid_request", 400)
        known = (asked.get("client_id"), asked.get("client_secret"))
        if known != (self.client_id, self.client_secret):
            return _oauth_error("invalid_client", 401)
        match asked.get("grant_type"):
            case "client_credentials":
                return self._answer(asked, now, rotating=False)
            case "refresh_token":
                return self._rotate(asked, now)
            case _:
                return _oauth_error("unsupported_grant_type", 400)

    def _rotate(self, asked: dict[str, Any], now: float) -> Reply:
        with self._guard:
            old = self._refresh.pop(str(asked.get("refresh_token")), None)
            if old is not None:
                used = [token for token, grant in self._access.items() if grant is old]
                for token in used:
                    del self._access[token]
        if old is None:
            return _oauth_error("invalid_grant", 400)
        return self._answer({"scope": old.scope, **asked}, now, rotating=True)

    def _answer(self, asked: dict[str, Any], now: float, *, rotating: bool) -> Reply:
        seconds = asked.get("expires_in")
        scope = str(asked.get("scope", "read"))
        until = now + float(seconds) if seconds else UNLIMITED
        access, refresh = self._issue(scope, until, rotating=rotating)
        body: dict[str, Any] = {"access_token": access, "token_type": "bearer", "scope": scope}
        if refresh:
            body["refresh_token"] = refresh
        for name in ("expires_in", "refresh_token_expires_in"):
            if asked.get(name) and (refresh or name == "expires_in"):
                body[name] = int(asked[name])
        return json_reply(body)

    def _issue(self, scope: str, until: float, *, rotating: bool) -> tuple[str, str | None]:
        access = "a-" + secrets.token_hex(16)
        refresh = "r-" + secrets.token_hex(16) if rotating else None
        grant = _Grant(scope, until, refresh)
        with self._guard:
            self.issued += 1
            self._access[access] = grant
            if refresh:
                self._refresh[refresh] = grant
        return access, refresh


def _oauth_error(name: str, status: int) -> Reply:
    return json_reply(
        {"error": name, "error_description": f"The request was refused: {name}."}, status
    )
