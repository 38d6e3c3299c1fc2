"""Vendors that misbehave: transports that answer instead of a tape, or before it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

import httpx

MAINTENANCE = b"<html><head><title>Down for maintenance</title></head><body>Soon.</body></html>"


@dataclass(slots=True)
class Always(httpx.BaseTransport):
    """Answers every request alike. `requests` counts them.

    `echo` is careless: it repeats the request with its headers in the body, as some vendors and
    most proxies do in their errors.
    """

    status: int
    body: bytes = b"{}"
    headers: Mapping[str, str] = field(default_factory=dict)
    echo: bool = False
    requests: int = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """The one answer."""
        request.read()
        self.requests += 1
        body = self.body
        if self.echo:
            said = f"refused {request.method} {request.url} {dict(request.headers)} "
            said += request.content.decode("utf-8", "replace")
            body = json.dumps({"error": said, "message": said}).encode()
        return httpx.Response(self.status, headers=self.headers, content=body, request=request)


@dataclass(slots=True)
class Unreachable(httpx.BaseTransport):
    """Never answers; the error it raises says more than it should."""

    requests: int = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Raise `httpx.ConnectError`."""
        self.requests += 1
        raise httpx.ConnectError(f"cannot reach {request.url} with {dict(request.headers)}")


@dataclass(slots=True)
class FirstRefuse(httpx.BaseTransport):
    """Answers the first request with `status` and `headers`, and lets `inner` answer the rest."""

    inner: httpx.BaseTransport
    status: int
    headers: Mapping[str, str]
    refused: int = 0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Refuse once."""
        if self.refused == 0:
            self.refused += 1
            return httpx.Response(self.status, headers=self.headers, content=b"", request=request)
        return self.inner.handle_request(request)
