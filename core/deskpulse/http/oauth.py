"""OAuth 2.0 for programs: client credentials and rotating refresh tokens (RFC 6749 4.4 and 6)."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal

from deskpulse.errors import AuthRejected, RequestRefused, SourceChanged
from deskpulse.http.answer import Answer, shortened
from deskpulse.http.auth import AuthContext, Signer, TokenRequest, basic_value, secret_of
from deskpulse.http.tokens import Tokens

Grant = Literal["client_credentials", "refresh_token"]

_AHEAD = timedelta(seconds=60)
"""A token is renewed this long before it expires, or after three quarters of a shorter life."""

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

    def signer(self, config: Any, context: AuthContext) -> Signer:
        """A signer that gets, keeps and renews tokens. Raises `ConfigError`."""
        client = secret_of(config, self.client_id), secret_of(config, self.client_secret)
        context.redactor.add(client[1], basic_value(*client).partition(" ")[2])
        first = None
        if self.grant == "refresh_token":
            first = secret_of(config, self.refresh_token)
            context.redactor.add(first)
        return _Refreshing(self, client, first, context)

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


class _Refreshing:
    """The tokens of one source. No refresh token is ever used twice, by threads or processes."""

    def __init__(
        self, oauth: OAuth, client: tuple[str, str], first: str | None, context: AuthContext
    ) -> None:
        self._oauth = oauth
        self._client = client
        self._first = first
        self._context = context
        self._seed = _fingerprint(oauth, client, first)
        self._here = threading.RLock()
        self._tokens: Tokens | None = None
        self._renew_at: datetime | None = None
        self._unsaved: Tokens | None = None

    def headers(self) -> Mapping[str, str]:
        """The bearer header, with tokens renewed ahead of their end."""
        with self._here:
            due = self._renew_at is not None and self._context.clock.now() >= self._renew_at
            tokens = self._tokens
            if tokens is None or due:
                tokens = self._renewed(tokens.access_token if tokens and due else None)
            return _signed(tokens)

    def renew(self, rejected: Mapping[str, str]) -> bool:
        """Tokens other than the rejected ones; those that another thread just got will do."""
        with self._here:
            if self._tokens is not None and _signed(self._tokens) == rejected:
                self._renewed(self._tokens.access_token)
            return True

    def _renewed(self, old: str | None) -> Tokens:
        """Other tokens than `old`: somebody else's from the store, or new ones."""
        with self._context.lock():
            stored = self._stored()
            if stored is None or stored.access_token == old or self._expired(stored):
                stored = self._refreshed(stored)
        self._context.redactor.add(stored.access_token, stored.refresh_token or "")
        self._tokens, self._renew_at = stored, self._due(stored)
        return stored

    def _stored(self) -> Tokens | None:
        if self._unsaved is not None:
            self._save(self._unsaved)
        stored = self._context.store.load()
        return stored if stored is not None and stored.seed == self._seed else None

    def _refreshed(self, stored: Tokens | None) -> Tokens:
        refresh = (stored.refresh_token if stored else None) or self._first
        asked_at = self._context.clock.now()
        answer = self._context.ask(self._oauth.request(self._client, refresh))
        tokens = read_tokens(
            answer,
            asked_at=asked_at,
            refresh_token=refresh,
            seed=self._seed,
            redact=self._context.redactor.redact,
        )
        self._context.redactor.add(tokens.access_token, tokens.refresh_token or "")
        self._save(tokens)
        return tokens

    def _save(self, tokens: Tokens) -> None:
        # The vendor has already forgotten the old refresh token: should the store fail now, these
        # are kept here until it takes them, and are not used before.
        self._unsaved = tokens
        self._context.store.save(tokens)
        self._unsaved = None

    def _expired(self, tokens: Tokens) -> bool:
        return tokens.expires_at is not None and tokens.expires_at <= self._context.clock.now()

    def _due(self, tokens: Tokens) -> datetime | None:
        if tokens.expires_at is None:
            return None
        left = tokens.expires_at - self._context.clock.now()
        return tokens.expires_at - min(_AHEAD, left / 4)


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


def _signed(tokens: Tokens) -> Mapping[str, str]:
    return {"Authorization": f"Bearer {tokens.access_token}"}


def _fingerprint(oauth: OAuth, client: tuple[str, str], first: str | None) -> str:
    """Of what makes stored tokens useless when it changes.

    A renewed client secret or scope leaves a rotated refresh token good, and it must not be lost.
    """
    parts = [oauth.token_url, oauth.grant, client[0]]
    parts += [first] if first is not None else [client[1], oauth.scope]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]
