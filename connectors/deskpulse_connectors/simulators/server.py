"""A threaded HTTP/1.1 server on 127.0.0.1 that hands each request to an `App`."""

from __future__ import annotations

import gzip
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

from deskpulse_connectors.simulators.exchange import App, Reply, Request

PAUSE = 0.05


class LoopbackServer:
    """Keep-alive, Content-Length, one thread per connection; use it as a context manager.

    `compress`: answer with gzip where the client accepts it. Port 0 takes any free port.
    """

    def __init__(self, app: App, *, port: int = 0, compress: bool = False) -> None:
        self.stopping = threading.Event()
        handler = type("Handler", (_Handler,), {"owner": self, "app": app, "compress": compress})
        self._http = _Listener(("127.0.0.1", port), handler)
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        """The address without a path: `http://127.0.0.1:PORT`."""
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    def start(self) -> Self:
        """Begin to answer, in a background thread."""
        self._thread = threading.Thread(
            target=self._http.serve_forever, kwargs={"poll_interval": PAUSE}, daemon=True
        )
        self._thread.start()
        return self

    def stop(self) -> None:
        """Stop answering, cut every open connection and free the port."""
        self.stopping.set()
        if self._thread is not None:
            self._http.shutdown()
            self._thread.join()
            self._thread = None
        self._http.cut_all()
        self._http.server_close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()


class _Listener(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, address: tuple[str, int], handler: Any) -> None:
        self._open: set[socket.socket] = set()
        self._guard = threading.Lock()
        super().__init__(address, handler)

    def get_request(self) -> tuple[socket.socket, Any]:
        connection, address = super().get_request()
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with self._guard:
            self._open.add(connection)
        return connection, address

    def shutdown_request(self, request: Any) -> None:
        with self._guard:
            self._open.discard(request)
        super().shutdown_request(request)

    def cut_all(self) -> None:
        with self._guard:
            left = list(self._open)
        for connection in left:
            _cut(connection)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no news; clients are killed on purpose in drills."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    owner: LoopbackServer
    app: App
    compress: bool

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def _serve(self) -> None:
        url = urlsplit(self.path)
        length = int(self.headers.get("Content-Length") or 0)
        request = Request(
            method=self.command,
            path=url.path,
            params=dict(parse_qsl(url.query, keep_blank_values=True)),
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self.rfile.read(length) if length else b"",
            query=url.query,
        )
        reply = self.app.answer(request)
        if reply.delay:
            self.owner.stopping.wait(reply.delay)
        if reply.mishap == "silence":
            self.owner.stopping.wait()
        body = reply.body
        headers = dict(reply.headers)
        if (
            self.compress
            and len(body) > 1024
            and "gzip" in request.headers.get("accept-encoding", "")
        ):
            body = gzip.compress(body, 1)
            headers["Content-Encoding"] = "gzip"
        self._send(reply, body, headers)

    def _send(self, reply: Reply, body: bytes, headers: dict[str, str]) -> None:
        reason = self.responses.get(reply.status, ("",))[0]
        lines = [
            f"HTTP/1.1 {reply.status} {reason}",
            f"Date: {self.app.date()}",
            f"Content-Type: {reply.content_type}",
            f"Content-Length: {len(body)}",
            *(f"{name}: {value}" for name, value in headers.items()),
            "\r\n",
        ]
        head = "\r\n".join(lines).encode("latin-1")
        if reply.mishap is None:
            self.connection.sendall(head + body)
            return
        if reply.mishap == "cut_headers":
            self.connection.sendall(head)
        elif reply.mishap == "cut_body":
            self.connection.sendall(head + body[: len(body) // 2])
        self.close_connection = True
        _cut(self.connection)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 the base class names it so
        """Say nothing: the simulator keeps its own request log."""


def _cut(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # it is cut already
