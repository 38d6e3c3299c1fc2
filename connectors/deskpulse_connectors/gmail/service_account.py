"""Access tokens for a service account that stands in for a mailbox (RFC 7523, domain-wide)."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from deskpulse.errors import AuthRejected, ConfigError
from deskpulse.http.auth import AuthContext, Signer, TokenRequest, secret_of
from deskpulse.http.oauth import read_tokens
from deskpulse.http.renewal import Renewing
from deskpulse.http.tokens import Tokens

GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
LIFE_S = 3600
"""An assertion may live no longer than an hour."""

_KEYS = ("client_email", "private_key", "private_key_id")


@dataclass(frozen=True, slots=True)
class ServiceAccount:
    """Signs with the key in the settings field `service_account`, for the field `mailbox`."""

    scope: str

    def signer(self, config: Any, context: AuthContext) -> Signer:
        """A signer that gets, keeps and renews tokens. Raises `ConfigError`."""
        key = _key(secret_of(config, "service_account"))
        context.redactor.add(key["private_key"], *key["private_key"].splitlines()[1:-1])
        signs = _rsa(key)
        parts = (config.token_url, key["client_email"], key["private_key_id"], config.mailbox)
        seed = hashlib.sha256("\0".join((*parts, self.scope)).encode()).hexdigest()[:32]

        def refresh(_: Tokens | None) -> Tokens:
            now = context.clock.now()
            issued = int(now.timestamp())
            claims = {
                "iss": key["client_email"],
                "sub": config.mailbox,
                "scope": self.scope,
                "aud": config.token_url,
                "iat": issued,
                "exp": issued + LIFE_S,
            }
            fields = {"grant_type": GRANT, "assertion": signs(claims)}
            context.redactor.add(fields["assertion"])
            answer = context.ask(TokenRequest(config.token_url, fields, {}, as_json=False))
            try:
                return read_tokens(
                    answer,
                    asked_at=now,
                    refresh_token=None,
                    seed=seed,
                    redact=context.redactor.redact,
                )
            except AuthRejected as problem:
                raise AuthRejected(
                    problem.message, hint=_advice(self.scope), status=problem.status
                ) from None

        return Renewing(refresh, seed, context)


def _advice(scope: str) -> str:
    return (
        "In the Admin console under Security > API controls > Domain-wide delegation, list the"
        f" service account's client ID with exactly the scope {scope}; mailbox must be a user of"
        " that domain."
    )


def _key(text: str) -> dict[str, str]:
    """The parts of a JSON key file. Raises `ConfigError` without a word of it."""
    try:
        key = json.loads(text)
        return {name: str(key[name]) for name in _KEYS}
    except (ValueError, KeyError, TypeError):
        raise ConfigError(
            f"service_account is not the JSON key of a service account ({', '.join(_KEYS)})",
            hint='Name the file that Google gave you: service_account = { file = "key.json" }.',
        ) from None


def _rsa(key: dict[str, str]) -> Any:
    """A function from claims to a signed assertion. Raises `ConfigError`."""
    crypt: Any
    jwt: Any
    try:
        from google.auth import crypt, jwt
    except ImportError:
        raise ConfigError(
            "signing in by service account needs google-auth, which is not installed",
            hint='Run `pip install "deskpulse[gmail]"`.',
        ) from None
    try:
        signer = crypt.RSASigner.from_string(key["private_key"], key["private_key_id"])
    except (ValueError, TypeError):
        raise ConfigError(
            "the private_key in service_account cannot be read",
            hint="Create another key for the service account; copy the file as it is.",
        ) from None

    def sign(claims: dict[str, Any]) -> str:
        assertion: bytes = jwt.encode(signer, claims)
        return assertion.decode("ascii")

    return sign
