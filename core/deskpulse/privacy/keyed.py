"""Hashes under a key: equal values stay equal, and nobody without the key can try out a list."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass, field

from deskpulse.records.people import email_key

HASHED = "hash-"
"""How a value begins that a hash stands for."""
ERASED = "erased-"
"""How the name begins by which somebody who was erased is known from then on."""
_LENGTH = 32
"""Hexadecimal digits of a mark: 128 bits, so that no two of them are ever the same by chance."""


@dataclass(frozen=True, slots=True)
class Keyed:
    """HMAC-SHA256 under the key of `[privacy]`."""

    key: bytes = field(repr=False)

    def mark(self, what: str, *parts: str) -> str:
        """The mark of a value: `what` keeps apart values of different kinds that look alike."""
        text = "\0".join((what, *parts)).encode(errors="replace")
        return hmac.digest(self.key, text, hashlib.sha256).hex()[:_LENGTH]

    def address(self, text: str) -> str | None:
        """The mark of an e-mail address, also where only its hash is known; None for other text.

        Upper and lower case count as the same. `text` is an address, or what stands for one since
        it was hashed or its owner erased.
        """
        for prefix in (HASHED, ERASED):
            if text.startswith(prefix):
                return text.removeprefix(prefix)
        known = email_key(text)
        return None if known is None else self.mark("address", known)

    def known_address(self, key: str) -> str:
        """The same mark for an address of which only `Customer.custom["email_key"]` is known."""
        for prefix in (HASHED, ERASED):
            if key.startswith(prefix):
                return key.removeprefix(prefix)
        return self.mark("address", key)

    @property
    def check(self) -> str:
        """By which the store notices that the key is another one; it tells nothing of the key."""
        return self.mark("key")[:16]
