"""Access tokens that are renewed while they are in use; their refresh tokens work only once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from deskpulse.errors import LeaseHeld, SourceUnavailable
from deskpulse.http.auth import AuthContext
from deskpulse.http.tokens import Tokens

_AHEAD = timedelta(seconds=60)
"""A token is renewed this long before it expires, or after three quarters of a shorter life."""

_PATIENCE_S = 180
"""How long to wait for another process that renews; its own tries end before that."""


class Renewing:
    """Signs with tokens that it gets from `refresh` and keeps in the store.

    The tokens go as bearer into `Authorization`, or bare into a `header` of the vendor's own.
    `refresh` takes the tokens kept last (None: none yet) and asks the vendor for others; it is only
    called under the lock, after a look at what the store holds by then. So no refresh token is used
    twice, whether by threads or by processes that share a store.
    """

    def __init__(
        self,
        refresh: Callable[[Tokens | None], Tokens],
        seed: str,
        context: AuthContext,
        header: str = "Authorization",
    ) -> None:
        self._refresh = refresh
        self._header = header
        self._seed = seed
        self._context = context
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
            return self._signed(tokens)

    def renew(self, rejected: Mapping[str, str]) -> bool:
        """Tokens other than the rejected ones; those that another thread just got will do."""
        with self._here:
            if self._tokens is not None and self._signed(self._tokens) == rejected:
                self._renewed(self._tokens.access_token)
            return True

    def _renewed(self, old: str | None) -> Tokens:
        """Other tokens than `old`: somebody else's from the store, or new ones."""
        tokens = self._under_lock(old)
        self._context.redactor.add(tokens.access_token, tokens.refresh_token or "")
        self._tokens, self._renew_at = tokens, self._due(tokens)
        return tokens

    def _under_lock(self, old: str | None) -> Tokens:
        for _ in range(_PATIENCE_S):
            try:
                with self._context.lock():
                    return self._other_than(old)
            except LeaseHeld:
                # Another process is renewing; soon its tokens are in the store.
                self._context.pause(1.0)
        raise SourceUnavailable(
            f"another process has been renewing this source's tokens for {_PATIENCE_S} s"
        )

    def _other_than(self, old: str | None) -> Tokens:
        stored = self._stored()
        if stored is None or stored.access_token == old or self._expired(stored):
            return self._refreshed(stored)
        return stored

    def _stored(self) -> Tokens | None:
        if self._unsaved is not None:
            self._save(self._unsaved)
        stored = self._context.store.load()
        return stored if stored is not None and stored.seed == self._seed else None

    def _refreshed(self, stored: Tokens | None) -> Tokens:
        tokens = self._refresh(stored)
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

    def _signed(self, tokens: Tokens) -> Mapping[str, str]:
        scheme = "Bearer " if self._header == "Authorization" else ""
        return {self._header: f"{scheme}{tokens.access_token}"}
