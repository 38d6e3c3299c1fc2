"""Tokens that a vendor rotates, kept in the store so that they outlive the process."""

from __future__ import annotations

from datetime import datetime

import orjson
from sqlalchemy import text

from deskpulse.clock import Clock, to_micros
from deskpulse.http.tokens import Tokens
from deskpulse.store.store import Store


class StoredTokens:
    """The `TokenStore` of one source. Give nobody else access to the table `credential`."""

    def __init__(self, store: Store, source: str, clock: Clock) -> None:
        self._store, self._source, self._clock = store, source, clock

    def load(self) -> Tokens | None:
        """The tokens saved last."""
        with self._store.reading() as connection:
            row = connection.execute(
                text("SELECT tokens FROM credential WHERE source = :source"),
                {"source": self._source},
            ).scalar()
        if row is None:
            return None
        values = orjson.loads(row)
        expires = values.pop("expires_at")
        return Tokens(
            **values, expires_at=None if expires is None else datetime.fromisoformat(expires)
        )

    def save(self, tokens: Tokens) -> None:
        """Keep these instead; durable when it returns."""
        values = {
            "access_token": tokens.access_token,
            "refresh_token": tokens.refresh_token,
            "seed": tokens.seed,
            "expires_at": None if tokens.expires_at is None else tokens.expires_at.isoformat(),
        }
        with self._store.writing() as connection:
            connection.execute(
                text(
                    "INSERT INTO credential (source, tokens, saved_at) "
                    "VALUES (:source, :tokens, :now) ON CONFLICT (source) DO UPDATE SET "
                    "tokens = excluded.tokens, saved_at = excluded.saved_at"
                ),
                {
                    "source": self._source,
                    "tokens": orjson.dumps(values).decode(),
                    "now": to_micros(self._clock.now()),
                },
            )
