"""A sink that speaks HTTP: a real server on loopback, with faults to order."""

from __future__ import annotations

import json
import socket
import struct
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

from deskpulse.testing.notifying import markup
from deskpulse.testing.notifying.sink import WAIT_S, Arrival, Fault, Sink

KeyOf = Callable[[dict[str, str], str], str]
"""The idempotency key of a request: from its headers (lower-case names) and its body."""


class HttpSink(Sink):
    """A sink at an address.

    `status` and `answer` are what it says to a message that it takes, `refusal` (a status) to one
    that it refuses for good. `key` is the header that carries the idempotency key, or a function.
    `reads` is how it takes text: as `plain` text, `html`, `markdown` or Slack's `mrkdwn`.
    """

    def __init__(
        self,
        *,
        status: int = 200,
        answer: str = "{}",
        refusal: int = 401,
        key: str | KeyOf = "",
        reads: markup.Markup = "plain",
    ) -> None:
        self._status = status
        self._answer = answer.encode()
        self._refusal = refusal
        self._key = key
        self._reads = reads
        self._faults: deque[Fault] = deque()
        self._lock = threading.Lock()

    @property
    def address(self) -> str:
        """`http://127.0.0.1:PORT`."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        super().__enter__()
        self._faults.clear()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.sink = self
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
        )
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def play(self, fault: Fault) -> None:
        """The next request ends like this."""
        if fault == "gone":
            self._server.shutdown()
            self._server.server_close()
        else:
            self._faults.append(fault)

    def mischief(self, arrival: Arrival) -> list[str]:
        """By the way in which this sink reads text."""
        return markup.mischief(self._reads, arrival.text)

    def take(self, headers: dict[str, str], body: str) -> tuple[int, dict[str, str], bytes] | None:
        """Decide about one request: status, headers and body; None cuts the connection."""
        with self._lock:
            self.attempts += 1
            fault = self._faults.popleft() if self._faults else None
            careless = json.dumps({"error": f"not taken: {headers} {body}"}).encode()
            if fault == "refused":
                return self._refusal, {}, careless
            if fault == "busy":
                return 429, {"Retry-After": str(WAIT_S)}, careless
            if fault == "down":
                return 503, {}, careless
            key = self._key(headers, body) if callable(self._key) else headers.get(self._key, "")
            self.arrivals.append(Arrival(body, tuple(sorted(headers)), key))
            return None if fault == "unsure" else (self._status, {}, self._answer)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    sink: HttpSink

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hung up is expected here."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_POST(self) -> None:
        """A message."""
        length = int(self.headers.get("content-length", 0))
        body = self.rfile.read(length).decode("utf-8", "replace")
        headers = {name.lower(): value for name, value in self.headers.items()}
        said = self.server.sink.take({"path": self.path, **headers}, body)
        if said is None:
            linger = struct.pack("ii", 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self.connection.close()
            self.close_connection = True
            return
        status, extra, answer = said
        with suppress(ConnectionError):
            self.send_response(status)
            for name, value in {"Content-Type": "application/json", **extra}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

    def do_HEAD(self) -> None:
        """Whether anybody is there."""
        self.send_response(405)
        self.end_headers()

    def log_message(self, *args: Any) -> None:
        """Quiet."""

    def finish(self) -> None:
        """A connection that was cut is finished already."""
        with suppress(OSError, ValueError):
            super().finish()
