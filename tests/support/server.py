"""A real HTTP server on loopback that does what a test tells it to, answer by answer."""

import json
import socket
import ssl
import struct
import threading
from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Request:
    """What the server received; header names are lower case."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Reply:
    """A scripted answer. `cut` closes the connection after so many bytes of the body (-1: before
    anything is sent, with a reset); `delay_s` waits first; `drip_s` sends the body byte by byte."""

    status: int = 200
    body: bytes = b"{}"
    headers: Mapping[str, str] = field(default_factory=dict)
    cut: int | None = None
    delay_s: float = 0.0
    drip_s: float | None = None


Behaviour = Reply | Callable[[Request], Reply]


def json_(value: Any, status: int = 200, **headers: str) -> Reply:
    """An answer in JSON; `retry_after="3"` becomes the header `retry-after`."""
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return Reply(status, json.dumps(value).encode(), {"Content-Type": "application/json", **named})


def html(status: int = 200, text: str = "Down for maintenance") -> Reply:
    """A page for people, where a program asked."""
    body = f"<html><head><title>{text}</title></head><body>...</body></html>".encode()
    return Reply(status, body, {"Content-Type": "text/html; charset=utf-8"})


def status(code: int, **headers: str) -> Reply:
    """A bare status with an empty body."""
    return Reply(code, b"", {name.replace("_", "-"): text for name, text in headers.items()})


def reset() -> Reply:
    """Accept the request, then reset the connection."""
    return Reply(cut=-1)


def truncated(value: Any, keep: int = 5) -> Reply:
    """Announce the whole body, send a part, close."""
    return Reply(200, json.dumps(value).encode(), {"Content-Type": "application/json"}, cut=keep)


class ScriptedServer:
    """`with ScriptedServer() as server:` serves on `server.url`.

    `server.queue(...)` scripts the next answers for any path, `server.on(path, ...)` for one; the
    last one queued for a path is repeated. Without a script a path answers 404. With `tls` it speaks
    https.
    """

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self._lock = threading.Lock()
        self._scheme = "https" if tls else "http"
        self._scripts: dict[str, deque[Behaviour]] = defaultdict(deque)
        self.requests: list[Request] = []
        owner = self

        class Handler(_Handler):
            server_owner = owner

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.handle_error = lambda *_: None
        if tls:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True
        )

    @property
    def url(self) -> str:
        return f"{self._scheme}://127.0.0.1:{self._server.server_port}"

    def queue(self, *behaviours: Behaviour) -> None:
        self.on("*", *behaviours)

    def on(self, path: str, *behaviours: Behaviour) -> None:
        with self._lock:
            self._scripts[path].extend(behaviours)

    def paths(self) -> list[str]:
        return [request.path for request in self.requests]

    def answer(self, request: Request) -> Reply:
        with self._lock:
            self.requests.append(request)
            script = self._scripts.get(request.path) or self._scripts.get("*")
            if not script:
                return json_({"error": f"nothing scripted for {request.path}"}, 404)
            behaviour = script.popleft() if len(script) > 1 else script[0]
        return behaviour if isinstance(behaviour, Reply) else behaviour(request)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_owner: ScriptedServer

    def setup(self) -> None:
        super().setup()
        self.connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def do_HEAD(self) -> None:
        self._serve()

    def log_message(self, *_: object) -> None:
        pass

    def _serve(self) -> None:
        url = urlsplit(self.path)
        length = int(self.headers.get("content-length", 0))
        request = Request(
            self.command,
            url.path,
            parse_qs(url.query, keep_blank_values=True),
            {name.lower(): value for name, value in self.headers.items()},
            self.rfile.read(length),
        )
        reply = self.server_owner.answer(request)
        with suppress(ConnectionError):
            self._send(reply)

    def _send(self, reply: Reply) -> None:
        if reply.delay_s:
            threading.Event().wait(reply.delay_s)
        if reply.cut == -1:
            linger = struct.pack("ii", 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self.connection.close()
            self.close_connection = True
            return
        self.send_response_only(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if reply.status >= 200 and reply.status not in (204, 304):
            self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        body = reply.body if reply.cut is None else reply.body[: reply.cut]
        if reply.status in (204, 304) or self.command == "HEAD":
            return
        if reply.drip_s is None:
            self.wfile.write(body)
        else:
            for byte in body:
                self.wfile.write(bytes([byte]))
                threading.Event().wait(reply.drip_s)
        if reply.cut is not None:
            self.close_connection = True
