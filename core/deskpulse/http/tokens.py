"""Access tokens that expire, and where they are kept between runs."""

from __future__ import annotations

import threading
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a token endpoint gave. `repr` shows no secret.

    `expires_at` is aware, UTC; None means that the vendor did not say, not that it expired.
    `seed` is a fingerprint of the configured credentials these tokens descend from: when the
    operator enters new ones, tokens with another seed are no longer used.
    """

    access_token: str = field(repr=False)
    refresh_token: str | None = field(default=None, repr=False)
    expires_at: datetime | None = None
    seed: str = ""


class TokenStore(Protocol):
    """Where the tokens of one source are kept. `save` is durable when it returns."""

    def load(self) -> Tokens | None:
        """The tokens that were saved last; None if there are none."""
        ...

    def save(self, tokens: Tokens) -> None:
        """Keep these instead. May raise `StoreError`; the old ones are kept then."""
        ...


class TokenLock(Protocol):
    """Makes the lock under which tokens are refreshed; across processes if they share a store.

    A lock may make others wait, or turn them away with `LeaseHeld`: then they wait and look into
    the store again. If it expires by itself, let it last three minutes or more: a vendor that
    hesitates is asked several times.
    """

    def __call__(self) -> AbstractContextManager[object]:
        """A context manager that is held during one refresh."""
        ...


class MemoryTokens:
    """Tokens that live as long as the process: for client credentials and for tests."""

    def __init__(self, tokens: Tokens | None = None) -> None:
        self._tokens = tokens

    def load(self) -> Tokens | None:
        """The tokens that were saved last."""
        return self._tokens

    def save(self, tokens: Tokens) -> None:
        """Keep these instead."""
        self._tokens = tokens


class ThreadLock:
    """A `TokenLock` for the threads of one process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()

    def __call__(self) -> AbstractContextManager[object]:
        """The lock itself."""
        return self._lock
