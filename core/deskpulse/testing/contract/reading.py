"""A connector reads. It never writes to the vendor."""

from __future__ import annotations

import json
import re

from deskpulse.testing.contract.base import Base
from deskpulse.testing.tape import Exchange

_METHODS = ("GET", "HEAD", "POST")
_MUTATION = re.compile(r"^\s*(?:#[^\n]*\n\s*)*mutation\b")


class Reading(Base):
    """The test of reading."""

    def test_only_reads(self) -> None:
        """GET, and POST for questions alone: no PUT, PATCH, DELETE, and no GraphQL mutation."""
        self.needs_http()
        for name in self.stream_names():
            _, asked = self.pull(name)
            for exchange in asked:
                if exchange.method not in _METHODS or _mutates(exchange):
                    self.fail(f"{name} changes something at the vendor: {exchange}")


def _mutates(exchange: Exchange) -> bool:
    try:
        sent = json.loads(exchange.sent or "null")
    except ValueError:
        return False
    query = sent.get("query") if isinstance(sent, dict) else None
    return isinstance(query, str) and bool(_MUTATION.match(query))
