"""Who may ask: access tokens by refresh token, or by the signed assertion of a service account."""

from __future__ import annotations

import base64
import secrets
from typing import Any
from urllib.parse import parse_qsl

import orjson

from deskpulse_connectors.simulators.exchange import Reply, Request, json_reply

READONLY = "https://www.googleapis.com/auth/gmail.readonly"
METADATA = "https://www.googleapis.com/auth/gmail.metadata"
LIFE_S = 3599
ASSERTION = "urn:ietf:params:oauth:grant-type:jwt-bearer"


class Tokens:
    """Google's token endpoint. `scope` is what was granted; `delegated`: to the service account.

    `token` is an access token without an end; `public_key` belongs to the service account's key.
    """

    def __init__(self, mailbox: str, *, scope: str = READONLY) -> None:
        self.client_id = "1234-simulator.apps.googleusercontent.com"
        self.client_secret = "GOCSPX-" + secrets.token_hex(12)
        self.refresh_token = "1//" + secrets.token_hex(20)
        self.service_account = "deskpulse@simulator.iam.gserviceaccount.com"
        self.scope = scope
        self.delegated: str | None = READONLY
        self.revoked = False
        self.issued = 0
        self.public_key: Any = None
        self._mailbox = mailbox
        self.token = "ya29." + secrets.token_hex(24)
        self._live: dict[str, float] = {self.token: float("inf")}

    def expire(self) -> None:
        """No access token given out so far is valid any more."""
        self._live.clear()

    def refusal(self, request: Request, now: float) -> Reply | None:
        """None if the request is signed well."""
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        if kind == "Bearer" and self._live.get(token, 0) > now:
            return None
        return error(
            401,
            "Request had invalid authentication credentials. Expected OAuth 2 access token, login"
            " cookie or other valid authentication credential.",
            "authError",
            "UNAUTHENTICATED",
        )

    def grant(self, request: Request, now: float, audience: str) -> Reply:
        """Answer POST /token."""
        asked = dict(parse_qsl(request.body.decode("utf-8", "replace")))
        if asked.get("grant_type") == ASSERTION:
            problem = self._assertion(asked.get("assertion", ""), audience)
        else:
            problem = self._refresh(asked)
        if problem is not None:
            return problem
        token = "ya29." + secrets.token_hex(24)
        self._live[token] = now + LIFE_S
        self.issued += 1
        body = {"access_token": token, "expires_in": LIFE_S, "token_type": "Bearer"}
        return json_reply({**body, "scope": self.scope})

    def _refresh(self, asked: dict[str, str]) -> Reply | None:
        if asked.get("grant_type") != "refresh_token":
            return _refused("unsupported_grant_type", "Invalid grant_type.", 400)
        if (asked.get("client_id"), asked.get("client_secret")) != (
            self.client_id,
            self.client_secret,
        ):
            return _refused("invalid_client", "The OAuth client was not found.", 401)
        if self.revoked or asked.get("refresh_token") != self.refresh_token:
            return _refused("invalid_grant", "Token has been expired or revoked.", 400)
        return None

    def _assertion(self, assertion: str, audience: str) -> Reply | None:
        try:
            head, claims, signature = assertion.split(".")
            said = orjson.loads(_unbase(claims))
            self._check(f"{head}.{claims}".encode(), _unbase(signature))
        except ValueError:
            return _refused("invalid_grant", "Invalid JWT Signature.", 400)
        if said["aud"] != audience or said["iss"] != self.service_account:
            return _refused("invalid_grant", "Invalid JWT: wrong audience or issuer.", 400)
        if said["exp"] - said["iat"] > 3600:
            return _refused("invalid_grant", "Invalid JWT: Token must be a short-lived token.", 400)
        if said["sub"] != self._mailbox or said["scope"] != self.delegated:
            text = (
                "Client is unauthorized to retrieve access tokens using this method, or client not"
                " authorized for any of the scopes requested."
            )
            return _refused("unauthorized_client", text, 401)
        return None

    def _check(self, signed: bytes, signature: bytes) -> None:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
        from cryptography.hazmat.primitives.hashes import SHA256

        try:
            self.public_key.verify(signature, signed, PKCS1v15(), SHA256())
        except InvalidSignature:
            raise ValueError("signed with another key") from None


def error(code: int, message: str, reason: str, status: str) -> Reply:
    """An error in the shape of Google's APIs."""
    first = {"message": message, "domain": "global", "reason": reason}
    if reason.endswith("LimitExceeded"):
        first["domain"] = "usageLimits"
    body = {"code": code, "message": message, "errors": [first], "status": status}
    return json_reply({"error": body}, code)


def _refused(name: str, text: str, status: int) -> Reply:
    return json_reply({"error": name, "error_description": text}, status)


def _unbase(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
