"""A Slack on this machine: one channel that takes posts and edits, and shows what people would see.

For demonstrations and trials without an account. It speaks `auth.test`, `chat.postMessage` and
`chat.update` as far as a notifier needs them, over real HTTP on loopback.
"""

from __future__ import annotations

import itertools
import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs


@dataclass(slots=True)
class Shown:
    """A message as the channel shows it: the top-level text of its last edit, and its replies."""

    ts: str
    text: str
    edits: int = 0
    replies: list[str] = field(default_factory=list)


class SlackSimulator:
    """Use it in a `with`: `url` is the notifier's `base_url`, `messages` what the channel shows."""

    token = "xoxb-simulated"  # noqa: S105  it opens nothing
    channel = "C0SIMULATED"

    def __init__(self) -> None:
        self.messages: dict[str, Shown] = {}
        self._count = itertools.count(1)
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.slack = self
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    @property
    def url(self) -> str:
        """The address of its API."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/api/"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def answer(self, method: str, authorization: str, given: dict[str, Any]) -> dict[str, Any]:
        """What Slack says to one call."""
        if authorization != f"Bearer {self.token}":
            return _no("invalid_auth")
        if method == "auth.test":
            return {"ok": True, "user": "deskpulse", "team": "Simulated", "user_id": "U0"}
        if given.get("channel") != self.channel:
            return _no("channel_not_found")
        text = str(given.get("text", ""))
        with self._lock:
            if method == "chat.postMessage":
                return self._posted(text, given.get("thread_ts"))
            if method == "chat.update":
                return self._edited(text, str(given.get("ts")))
        return _no("unknown_method")

    def _posted(self, text: str, thread: object) -> dict[str, Any]:
        ts = f"1700000000.{next(self._count):06d}"
        if thread is None:
            self.messages[ts] = Shown(ts, text)
        elif thread in self.messages:
            self.messages[str(thread)].replies.append(text)
        return {"ok": True, "channel": self.channel, "ts": ts, "message": {"text": text}}

    def _edited(self, text: str, ts: str) -> dict[str, Any]:
        if ts not in self.messages:
            return _no("message_not_found")
        shown = self.messages[ts]
        shown.text, shown.edits = text, shown.edits + 1
        return {"ok": True, "channel": self.channel, "ts": ts, "text": text}


def _no(code: str) -> dict[str, Any]:
    return {"ok": False, "error": code}


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    slack: SlackSimulator


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_POST(self) -> None:
        """One call of the Web API, as JSON or as a form."""
        raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.headers.get("Content-Type", "").startswith("application/json"):
            given = json.loads(raw or b"{}")
        else:
            given = {key: values[0] for key, values in parse_qs(raw.decode()).items()}
        method = self.path.removeprefix("/api/")
        said = self.server.slack.answer(method, self.headers.get("Authorization", ""), given)
        body = json.dumps(said).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Quiet."""
