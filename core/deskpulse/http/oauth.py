"""OAuth 2.0 for programs: client credentials and rotating refresh tokens (RFC 6749 4.4 and 6)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from deskpulse.errors import AuthRejected, RequestRefused, SourceChanged
from deskpulse.http.answer import Answer, shortened
from deskpulse.http.auth import AuthContext, Signer, TokenRequest, basic_value, secret_of
from deskpulse.http.renewal import Renewing
from deskpulse.http.tokens import Tokens

Grant = Literal["client_credentials", "refresh_token"]

_REFUSED = frozenset(
    {"invalid_grant", "unauthorized_client", "invalid_client", "access_denied", "invalid_scope"}
)
"""Error codes (RFC 6749 5.2) that only a person can mend."""


@dataclass(frozen=True, slots=True)
class OAuth:
    """Access tokens from `token_url`, absolute or from the root of the source's host.

    `client_id`, `client_secret` and `refresh_token` name settings fields (dotted where nested);
    `refresh_token` is needed for that grant and is only the first one: vendors replace it at every
    use. `scope` is sent if given, and so is `expires_in` (seconds): some vendors only say when a
    token expires if they are asked for a lifetime. `extra` are further fields of the request.
    `header` is where requests carry the token: a header of the vendor's own carries it bare.
    """

    token_url: str
    grant: Grant = "client_credentials"
    client_id: str = "client_id"
    client_secret: str = "client_secret"  # noqa: S105 - the name of a field, not a secret
    refresh_token: str = "refresh_token"  # noqa: S105 - the name of a field, not a secret
    scope: str = ""
    expires_in: int | None = None
    encoding: Literal["json", "form"] = "form"
    client_in: Literal["body", "basic"] = "body"
    extra: Mapping[str, str | int] = field(default_factory=dict)
    header: str = "Authorization"

    def signer(self, config: Any, context: AuthContext) -> Signer:
        """A signer that gets, keeps and renews tokens. Raises `ConfigError`."""
        client = secret_of(config, self.client_id), secret_of(config, self.client_secret)
        context.redactor.add(client[1], basic_value(*client).partition(" ")[2])
        first = None
        if self.grant == "refresh_token":
            first = secret_of(config, self.refresh_token)
            context.redactor.add(first)
        seed = _fingerprint(self, client, first)

        def refresh(stored: Tokens | None) -> Tokens:
            token = (stored.refresh_token if stored else None) or first
            asked_at = context.clock.now()
            answer = context.ask(self.request(client, token))
            redact = context.redactor.redact
            return read_tokens(
                answer, asked_at=asked_at, refresh_token=token, seed=seed, redact=redact
            )

        return Renewing(refresh, seed, context, self.header)

    def request(self, client: tuple[str, str], refresh_token: str | None) -> TokenRequest:
        """The request for new tokens."""
        fields: dict[str, Any] = {"grant_type": self.grant, **self.extra}
        headers = {}
        if self.client_in == "basic":
            headers["Authorization"] = basic_value(*client)
        else:
            fields |= {"client_id": client[0], "client_secret": client[1]}
        optional = {
            "refresh_token": refresh_token,
            "scope": self.scope or None,
            "expires_in": self.expires_in,
        }
        fields |= {key: value for key, value in optional.items() if value is not None}
        return TokenRequest(self.token_url, fields, headers, self.encoding == "json")


def read_tokens(
    answer: Answer,
    *,
    asked_at: datetime,
    refresh_token: str | None,
    seed: str = "",
    redact: Callable[[str], str] = str,
) -> Tokens:
    """The tokens in a token endpoint's answer. Pure.

    Without `expires_in` the end is unknown; without a new refresh token the old one stays good.
    Raises `AuthRejected` when the vendor refuses the credentials, `RequestRefused` when it calls
    the request wrong, `SourceChanged` when the answer holds no token.
    """
    body = _object(answer)
    if answer.status >= 400:
        code = body.get("error")
        refused = answer.status in (401, 403) or (isinstance(code, str) and code in _REFUSED)
        reason = shortened(redact(answer.reason())) or "no reason given"
        text = f"the token request was answered {answer.status}: {reason}"
        raise (AuthRejected if refused else RequestRefused)(text, status=answer.status)
    access = body.get("access_token")
    if not (isinstance(access, str) and access and access.isascii() and access.isprintable()):
        raise SourceChanged("the token endpoint answered without a usable access_token")
    renewed = body.get("refresh_token")
    return Tokens(
        access_token=access,
        refresh_token=renewed if isinstance(renewed, str) and renewed else refresh_token,
        expires_at=_end(body.get("expires_in"), asked_at),
        seed=seed,
    )


def _object(answer: Answer) -> Mapping[str, Any]:
    try:
        body = answer.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _end(expires_in: Any, asked_at: datetime) -> datetime | None:
    try:
        seconds = float(expires_in)
        return asked_at + timedelta(seconds=seconds) if seconds > 0 else None
    except (TypeError, ValueError, OverflowError):
        return None


def _fingerprint(oauth: OAuth, client: tuple[str, str], first: str | None) -> str:
    """Of what makes stored tokens useless when it changes.

    A renewed client secret or scope leaves a rotated refresh token good, and it must not be lost.
    """
    parts = [oauth.token_url, oauth.grant, client[0]]
    parts += [first] if first is not None else [client[1], oauth.scope]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]
