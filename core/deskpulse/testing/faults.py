"""What goes wrong on the way to a vendor, one fault at a time: for transports and for the proxy."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field

import httpx

from deskpulse.testing.transports import MAINTENANCE


@dataclass(frozen=True, slots=True)
class Fault:
    """What a request meets instead of its answer.

    `status`, `headers` and `body` are answered; with `status` 0 the real answer is asked for and
    spoilt: `keep` is the share of its bytes that arrive (None: nothing is spoilt). `cut` breaks the
    connection, `delay_s` keeps the answer back (only the proxy waits).
    """

    name: str
    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    keep: float | None = None
    cut: bool = False
    delay_s: float = 0.0

    def spoil(self, body: bytes) -> bytes:
        """What arrives of a real answer."""
        return body if self.keep is None else body[: int(len(body) * self.keep)]


CUT = Fault("a connection that breaks", cut=True)
HTML = Fault("an HTML page", 200, {"content-type": "text/html"}, MAINTENANCE)
TRUNCATED = Fault("JSON that ends too early", keep=0.5)
EMPTY = Fault("an empty answer", 200)
EXPIRED = Fault("401 for an expired token", 401, {}, b'{"error": "token expired"}')


def error(status: int) -> Fault:
    """A refusal with this status and without any word about when to come again."""
    return Fault(f"status {status}", status, {}, b'{"error": "try again later"}')


def busy(retry_after: str | None, status: int = 429) -> Fault:
    """A refusal that asks to come again after `retry_after`, as it stands in the header."""
    headers = {} if retry_after is None else {"retry-after": retry_after}
    return Fault(f"{status} with Retry-After {retry_after!r}", status, headers, b"{}")


def slow(seconds: float) -> Fault:
    """The real answer, so many seconds late."""
    return Fault(f"an answer {seconds} s late", delay_s=seconds)


class Killed(SystemExit):
    """The process ends here. Whoever catches it hides that."""


class Striking(httpx.BaseTransport):
    """Lets `inner` answer, but request number `at` (from 1) meets `fault`.

    With `ever` all later ones do, too. Without a fault the process is killed there. `struck` says
    whether it happened.
    """

    def __init__(
        self, inner: httpx.BaseTransport, fault: Fault | None, at: int, *, ever: bool = False
    ) -> None:
        self._inner, self._fault, self._at, self._ever = inner, fault, at, ever
        self._lock = threading.Lock()
        self._asked = 0
        self.struck = False

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """The real answer, or the fault's."""
        with self._lock:
            self._asked += 1
            mine = self._asked == self._at or (self._ever and self._asked > self._at)
            self.struck = self.struck or mine
        if not mine:
            return self._inner.handle_request(request)
        if self._fault is None:
            raise Killed
        return _met(self._fault, request, self._inner)


def _met(fault: Fault, request: httpx.Request, inner: httpx.BaseTransport) -> httpx.Response:
    if fault.cut:
        raise httpx.ReadError("the connection was reset", request=request)
    if fault.status:
        return httpx.Response(
            fault.status, headers=fault.headers, content=fault.body, request=request
        )
    real = inner.handle_request(request)
    real.read()
    return httpx.Response(
        real.status_code,
        headers={"content-type": real.headers.get("content-type", "")},
        content=fault.spoil(real.content),
        request=request,
    )
