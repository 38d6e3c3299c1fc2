"""A proxy before any server on this machine: requests meet the faults that a test queued."""

from __future__ import annotations

import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

import httpx

from deskpulse.clock import Clock, SystemClock
from deskpulse.testing.faults import Fault

_NOT_PASSED_ON = frozenset(
    {"connection", "keep-alive", "transfer-encoding", "content-length", "content-encoding", "host"}
)
_PATIENCE_S = 30.0


class FaultProxy:
    """Use it in a `with`. `url` is its address, `asked` what came: (method, path with query).

    A request takes the first queued fault that is meant for its path; with none left it gets the
    server's own answer. `clock` waits where an answer is late. Addresses of the server within
    answers (the next page) become the proxy's.
    """

    def __init__(self, server: str, clock: Clock | None = None) -> None:
        self.clock = clock or SystemClock()
        self._server = server.rstrip("/")
        self._lock = threading.Lock()
        self._faults: list[tuple[str, Fault]] = []
        self.asked: list[tuple[str, str]] = []
        self._client = httpx.Client(trust_env=False, timeout=_PATIENCE_S)
        self._listener = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._listener.daemon_threads = True
        self._thread = threading.Thread(target=self._listener.serve_forever, daemon=True)

    @property
    def url(self) -> str:
        """Where to send what would go to the server."""
        return f"http://127.0.0.1:{self._listener.server_port}"

    def meet(self, *faults: Fault, under: str = "/") -> None:
        """Let the next requests whose path begins with `under` meet these faults, one each."""
        with self._lock:
            self._faults += [(under, fault) for fault in faults]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown()
        self._listener.server_close()
        self._thread.join()
        self._client.close()

    # --- what a request meets ---------------------------------------------------------------

    def take(self, method: str, path: str) -> Fault | None:
        """Note a request; the fault that it meets is used up."""
        with self._lock:
            self.asked.append((method, path))
            for number, (under, _) in enumerate(self._faults):
                if path.startswith(under):
                    return self._faults.pop(number)[1]
        return None

    def forward(
        self, method: str, path: str, headers: dict[str, str], body: bytes
    ) -> httpx.Response:
        """What the server itself answers."""
        passed = {name: v for name, v in headers.items() if name.lower() not in _NOT_PASSED_ON}
        return self._client.request(
            method, f"{self._server}{path}", headers=passed, content=body or None
        )

    def renamed(self, body: bytes) -> bytes:
        """The body with the proxy's address where the server named its own."""
        return body.replace(self._server.encode(), self.url.encode())


def _handler(proxy: FaultProxy) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _any(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            fault = proxy.take(self.command, self.path)
            if fault is not None and fault.delay_s:
                proxy.clock.sleep(fault.delay_s)
            if fault is not None and fault.cut:
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)
            elif fault is not None and fault.status:
                self._answer(fault.status, dict(fault.headers), fault.body)
            else:
                real = proxy.forward(self.command, self.path, dict(self.headers), body)
                answered = proxy.renamed(real.content)
                answered = fault.spoil(answered) if fault else answered
                kept = {n: v for n, v in real.headers.items() if n.lower() not in _NOT_PASSED_ON}
                self._answer(real.status_code, kept, answered)

        def _answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
            self.send_response_only(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        do_GET = do_POST = do_HEAD = do_PUT = do_PATCH = do_DELETE = _any  # noqa: N815  names of the standard library

        def log_message(self, *_: Any) -> None:
            """Say nothing: requests are listed in `asked`."""

    return Handler
