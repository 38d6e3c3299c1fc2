"""How requests are signed: what a connector declares as its `auth`.

    class Acme(Connector):
        auth = bearer("api_key")            # `api_key` is a field of its Config

An `Auth` is a declaration and holds no secret; `signer` reads the secrets from a source's settings.
`deskpulse.http.oauth.OAuth` is the declaration for access tokens that expire.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, Protocol

from pydantic import SecretStr

from deskpulse.clock import Clock
from deskpulse.errors import ConfigError
from deskpulse.http.answer import Answer
from deskpulse.http.redact import Redactor
from deskpulse.http.tokens import TokenLock, TokenStore


@dataclass(frozen=True, slots=True)
class TokenRequest:
    """One POST to a token endpoint; `as_json` or as a form. `repr` shows no secret."""

    url: str
    fields: Mapping[str, Any]
    headers: Mapping[str, str]
    as_json: bool

    def __repr__(self) -> str:
        return f"TokenRequest({self.url})"


@dataclass(frozen=True, slots=True)
class AuthContext:
    """What core lends to a signer.

    `ask` sends a token request and retries passing faults; `pause` waits some seconds.
    """

    clock: Clock
    store: TokenStore
    lock: TokenLock
    redactor: Redactor
    ask: Callable[[TokenRequest], Answer]
    pause: Callable[[float], None]


class Signer(Protocol):
    """Signs the requests of one source; used by several threads."""

    def headers(self) -> Mapping[str, str]:
        """The headers for the next request. Raises `AuthRejected` if none can be had."""
        ...

    def renew(self, rejected: Mapping[str, str]) -> bool:
        """After a 401 on `rejected` headers: whether it is worth trying with others now."""
        ...


class Auth(Protocol):
    """A declaration of how to sign."""

    def signer(self, config: Any, context: AuthContext) -> Signer:
        """A signer with this source's secrets. Raises `ConfigError` for unusable ones."""
        ...


@dataclass(frozen=True, slots=True)
class FixedHeader:
    """One header that never changes, made from settings."""

    name: str
    fields: tuple[str, ...]
    form: Callable[..., str]

    def signer(self, config: Any, context: AuthContext) -> Signer:
        """A signer that always sends the same header."""
        secrets = [secret_of(config, name) for name in self.fields]
        value = self.form(*secrets)
        if not (value.isascii() and value.isprintable()):
            raise ConfigError(
                f"{' or '.join(self.fields)} holds a character that an HTTP header cannot carry",
                hint="Copy the secret again, without line breaks and without quotes.",
            )
        context.redactor.add(secrets[-1], value, value.partition(" ")[2])
        return _Fixed({self.name: value})


def bearer(field: str) -> Auth:
    """`Authorization: Bearer ...` from a settings field."""
    return FixedHeader("Authorization", (field,), "Bearer {}".format)


def header(name: str, field: str) -> Auth:
    """A header of the vendor's own, such as `X-Api-Key`, from a settings field."""
    return FixedHeader(name, (field,), str)


def basic(user_field: str, password_field: str, *, user_suffix: str = "") -> Auth:
    """HTTP basic from two settings fields; `user_suffix` is added to the user ("/token")."""

    def value(user: str, password: str) -> str:
        return basic_value(user + user_suffix, password)

    return FixedHeader("Authorization", (user_field, password_field), value)


def basic_value(user: str, password: str) -> str:
    """The value of a basic `Authorization` header (RFC 7617, UTF-8)."""
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def secret_of(config: Any, field: str) -> str:
    """A setting in the clear; `field` may be dotted. Raises `ConfigError` when it is empty."""
    value = attrgetter(field)(config)
    text = value.get_secret_value() if isinstance(value, SecretStr) else value
    if not text:
        raise ConfigError(
            f"{field} is empty", hint=f"Set {field} in this source's table of the configuration."
        )
    return str(text)


class _Fixed:
    def __init__(self, headers: Mapping[str, str]) -> None:
        self._headers = headers

    def headers(self) -> Mapping[str, str]:
        return self._headers

    def renew(self, rejected: Mapping[str, str]) -> bool:
        del rejected
        return False
