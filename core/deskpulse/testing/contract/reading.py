"""A connector reads. It never writes to the vendor."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from deskpulse.testing.contract.base import Base
from deskpulse.testing.tape import Exchange

_METHODS = ("GET", "HEAD", "POST")
_TOKEN = re.compile(
    r'"""(?:.|\n)*?"""|"(?:\\.|[^"\\])*"|#[^\n]*'
    r"|(?P<sign>[{}()])|(?P<name>[A-Za-z_]\w*)(?P<alias>\s*:)?"
)


class Reading(Base):
    """The test of reading."""

    def test_only_reads(self) -> None:
        """GET, and POST for questions alone: no PUT, PATCH, DELETE, and no GraphQL mutation.

        But for those that `harmless` names: some vendors begin an export by a mutation.
        """
        self.needs_http()
        for name in self.stream_names():
            _, asked = self.pull(name)
            for exchange in asked:
                if exchange.method not in _METHODS or mutations(exchange) - self.harmless.keys():
                    self.fail(f"{name} changes something at the vendor: {exchange}")


def mutations(exchange: Exchange) -> set[str]:
    """The GraphQL mutations that a request asks for, alone or among others."""
    try:
        sent: Any = json.loads(exchange.sent or "null")
    except ValueError:
        return set()
    asked = [each.get("query") for each in _several(sent) if isinstance(each, dict)]
    return {name for query in asked if isinstance(query, str) for name in _written(query)}


def _several(sent: Any) -> list[Any]:
    return sent if isinstance(sent, list) else [sent]


def _written(query: str) -> Iterator[str]:
    """What stands directly in the braces of a mutation, without aliases and arguments."""
    depth, arguments, operation = 0, 0, ""
    for token in _TOKEN.finditer(query):
        sign, name = token["sign"], token["name"]
        arguments += (sign == "(") - (sign == ")")
        if arguments:
            continue
        depth += (sign == "{") - (sign == "}")
        if sign == "}" and depth == 0:
            operation = ""
        elif name and depth == 0:
            operation = operation or name
        elif name and depth == 1 and operation == "mutation" and not token["alias"]:
            yield name
