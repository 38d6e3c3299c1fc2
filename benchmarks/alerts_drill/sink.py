"""A sink on loopback that writes down every message it accepts, and a notifier that posts to it."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

import httpx

from deskpulse.errors import DeliveryDeferred
from deskpulse.message import Message
from deskpulse.notifier import Notifier, Receipt
from deskpulse.outbox.thread import REPEAT


@dataclass(frozen=True)
class Arrival:
    """What came in: `repeat` says whether the message itself says that it may be one."""

    id: str
    key: str
    thread: str
    kind: str
    repeat: bool
    previous: str


class Sink:
    """`with Sink() as sink:` listens on `sink.url`; `sink.arrivals` are in order of acceptance.

    `before_answer` is called after a message was accepted and before its sender is told.
    """

    def __init__(self, before_answer: Callable[[], None] = lambda: time.sleep(0.01)) -> None:
        self.arrivals: list[Arrival] = []
        self.before_answer = before_answer
        sink = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                sink.arrivals.append(Arrival(**body))
                sink.before_answer()
                answer = json.dumps({"n": str(len(sink.arrivals))}).encode()
                try:
                    self.send_response(200)
                    self.send_header("Content-Length", str(len(answer)))
                    self.end_headers()
                    self.wfile.write(answer)
                except OSError:  # whoever asked was killed meanwhile
                    self.close_connection = True

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.handle_error = lambda *_: None  # type: ignore[method-assign]
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )

    @property
    def url(self) -> str:
        """Where to post to."""
        return f"http://127.0.0.1:{self._server.server_port}/"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class Post(Notifier):
    """Posts what matters of a message to a `Sink`."""

    name = "post"

    def __init__(self, url: str) -> None:
        self._url = url
        self._client = httpx.Client(timeout=10, trust_env=False, verify=False)

    def send(self, message: Message, previous: Receipt | None = None) -> Receipt:
        """Post it; no answer leaves open whether it arrived."""
        arrival = {
            "id": message.id,
            "key": message.key,
            "thread": message.thread,
            "kind": message.kind,
            "repeat": REPEAT in str(message.parts),
            "previous": previous.address.get("n", "") if previous else "",
        }
        try:
            answer = self._client.post(self._url, json=arrival)
        except httpx.HTTPError as problem:
            raise DeliveryDeferred(type(problem).__name__, ambiguous=True) from None
        return Receipt(answer.json())
