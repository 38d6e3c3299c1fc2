"""What travels between the loopback server and a simulated vendor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Protocol

import orjson

Mishap = Literal["cut_before", "cut_headers", "cut_body", "silence"]


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it came in. `params` are the query's, the last one of a name counts.

    `query` is the whole query, for vendors that let a name be repeated.
    """

    method: str
    path: str
    params: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes = b""
    query: str = ""

    def json(self) -> Any:
        """The body as JSON, None if there is none; ValueError if it is not JSON."""
        return orjson.loads(self.body) if self.body else None


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer: what to send, how long to wait first (seconds), and what goes wrong."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = "application/json; charset=utf-8"
    delay: float = 0.0
    mishap: Mishap | None = None

    def having(self, headers: Mapping[str, str]) -> Reply:
        """The same answer with more headers."""
        return replace(self, headers={**self.headers, **headers})


def json_reply(value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Reply:
    """An answer whose body is `value` as JSON."""
    return Reply(status, orjson.dumps(value), headers or {})


class App(Protocol):
    """Whoever answers requests; called from several threads at once."""

    def answer(self, request: Request) -> Reply:
        """The answer to one request."""
        ...

    def date(self) -> str:
        """The time for the `Date` header, as the vendor's own clock has it."""
        ...


@dataclass(frozen=True, slots=True)
class Seen:
    """One line of the request log. `at`: epoch seconds of the simulated clock."""

    method: str
    path: str
    params: Mapping[str, str]
    status: int
    at: float
    seconds: float
