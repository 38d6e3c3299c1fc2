"""Tokens that a vendor rotates outlive the process, and show themselves to nobody."""

from datetime import UTC, datetime

from deskpulse.http.tokens import Tokens
from deskpulse.store.credentials import StoredTokens
from support.clock import FakeClock


def test_tokens_outlive_the_object_that_saved_them(store):
    clock = FakeClock()
    assert StoredTokens(store, "desk", clock).load() is None
    for number in (1, 2):
        tokens = Tokens(
            access_token=f"access-{number}",
            refresh_token=f"refresh-{number}",
            expires_at=datetime(2026, 1, number, tzinfo=UTC),
            seed="s",
        )
        StoredTokens(store, "desk", clock).save(tokens)
        assert StoredTokens(store, "desk", clock).load() == tokens
    assert StoredTokens(store, "another", clock).load() is None


def test_tokens_without_an_end(store):
    tokens = Tokens(access_token="a")
    StoredTokens(store, "desk", FakeClock()).save(tokens)
    assert StoredTokens(store, "desk", FakeClock()).load() == tokens
