"""A Slack that lives on loopback: a real HTTP server that speaks three methods, and can be ill."""

from __future__ import annotations

import json
import socket
import struct
import threading
from collections import deque
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Literal, Self
from urllib.parse import parse_qs

from support.slack_limits import problems


@dataclass(frozen=True)
class Fault:
    """How the next call goes wrong. With `accept` the message is kept before that happens."""

    accept: bool = False
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    line: Literal["answer", "reset", "silence"] = "answer"


def error(code: str, **headers: str) -> Fault:
    """`ok: false` with this code."""
    return Fault(body=json.dumps({"ok": False, "error": code}).encode(), headers=headers)


def too_many(retry_after: str | None) -> Fault:
    """429, with this Retry-After or none."""
    headers = {} if retry_after is None else {"Retry-After": retry_after}
    return Fault(status=429, headers=headers, body=b'{"ok":false,"error":"ratelimited"}')


ACCEPT_THEN_RESET = Fault(accept=True, line="reset")
ACCEPT_THEN_SILENCE = Fault(accept=True, line="silence")
RESET = Fault(line="reset")
HTML = Fault(
    body=b"<html><body>proxy says hello</body></html>", headers={"Content-Type": "text/html"}
)
TRUNCATED = Fault(accept=True, body=b'{"ok": true, "ts": "17')
UNAVAILABLE = Fault(status=503, body=b"<html>503</html>")
SERVER_ERROR = Fault(status=500, body=b"oops")


PERMANENT = (
    "not_authed",
    "invalid_auth",
    "token_revoked",
    "token_expired",
    "account_inactive",
    "missing_scope",
    "not_in_channel",
    "channel_not_found",
    "is_archived",
    "restricted_action",
    "messages_tab_disabled",
    "ekm_access_denied",
    "an_error_of_next_year",
)
"""Codes that are final, one of them not invented yet."""


@dataclass(frozen=True)
class Call:
    """One accepted call."""

    method: str
    payload: dict[str, Any]
    authorization: str
    ts: str


class FakeSlack:
    """Use as a context manager. `url` is the base_url; `calls` are the accepted ones, in order.

    `faults` is consumed by one call each (None: all is well); `fault_for` only by one method's calls.
    """

    token = "xoxb-fake-token"
    app_token = "xapp-fake-token"
    hook = "/services/T0/B0/fake-webhook-path"
    channel = "C024BE91L"

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.requests = 0
        self.violations: list[str] = []
        self.faults: deque[Fault | None] = deque()
        self.fault_for: dict[str, deque[Fault | None]] = {}
        self.messages: dict[str, dict[str, Any]] = {}
        self.deleted: set[str] = set()
        self.scopes = "chat:write"
        self.strict = True
        self.told: list[dict[str, Any]] = []
        self.socket_url = ""
        self.opened = 0
        self.by_webhook: list[dict[str, Any]] = []
        self._lock = threading.Lock()
        self._release = threading.Event()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.slack = self
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/api/"

    @property
    def webhook_url(self) -> str:
        return self.url.removesuffix("/api/") + self.hook

    @property
    def posts(self) -> list[Call]:
        return [call for call in self.calls if call.method == "chat.postMessage"]

    @property
    def updates(self) -> list[Call]:
        return [call for call in self.calls if call.method == "chat.update"]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._release.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def handle(self, method: str, payload: dict[str, Any], authorization: str) -> Fault:
        """Decide about one call, and what to answer."""
        with self._lock:
            self.requests += 1
            own = self.fault_for.get(method)
            fault = own.popleft() if own else self.faults.popleft() if self.faults else None
            if fault and not fault.accept:
                return fault
            answer = self._answer(method, payload, authorization)
            if fault is None or not answer.get("ok"):
                headers = {"X-OAuth-Scopes": self.scopes} if self.scopes else {}
                return Fault(body=json.dumps(answer).encode(), headers=headers)
            return fault

    def handle_webhook(self, path: str, payload: dict[str, Any]) -> Fault:
        """An incoming webhook: plain text comes back."""
        with self._lock:
            self.requests += 1
            fault = self.faults.popleft() if self.faults else None
            if fault and not fault.accept:
                return fault
            if path != self.hook:
                return Fault(status=404, body=b"no_service", headers=PLAIN)
            found = problems(payload)
            if found:
                self.violations += found
                return Fault(status=400, body=b"invalid_blocks", headers=PLAIN)
            self.by_webhook.append(payload)
            return fault or Fault(body=b"ok", headers=PLAIN)

    def _answer(self, method: str, payload: dict[str, Any], authorization: str) -> dict[str, Any]:
        def no(code: str) -> dict[str, Any]:
            return {"ok": False, "error": code}

        if method == "apps.connections.open":
            if authorization != f"Bearer {self.app_token}":
                return no("invalid_auth")
            self.opened += 1
            return {"ok": True, "url": self.socket_url}
        if authorization != f"Bearer {self.token}":
            return no("invalid_auth" if authorization else "not_authed")
        if method == "auth.test":
            return {"ok": True, "user": "deskpulse", "team": "Acme", "user_id": "U1"}
        if method == "chat.postEphemeral":
            self.told.append(payload)
            return {"ok": True, "message_ts": "1.1"}
        if payload.get("channel") != self.channel:
            return no("channel_not_found")
        found = problems(payload)
        if found and self.strict:
            self.violations += found
            return no("invalid_blocks")
        if method == "chat.postMessage":
            ts = f"1700000000.{len(self.messages) + 1:06d}"
        elif method == "chat.update":
            ts = str(payload.get("ts"))
            if ts not in self.messages or ts in self.deleted:
                return no("message_not_found")
        else:
            return no("unknown_method")
        self.messages[ts] = payload
        self.calls.append(Call(method, payload, authorization, ts))
        return {"ok": True, "channel": self.channel, "ts": ts, "message": {"text": payload["text"]}}

    def wait_for_release(self) -> None:
        self._release.wait(30)


PLAIN = {"Content-Type": "text/html"}
"""As Slack answers webhooks."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    slack: FakeSlack

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hung up is expected here."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.headers.get("Content-Type", "").startswith("application/json"):
            payload = json.loads(raw or b"{}")
        else:
            payload = {key: values[0] for key, values in parse_qs(raw.decode()).items()}
        slack = self.server.slack
        if self.path.startswith("/services/"):
            fault = slack.handle_webhook(self.path, payload)
        else:
            method = self.path.removeprefix("/api/")
            fault = slack.handle(method, payload, self.headers.get("Authorization", ""))
        if fault.line == "silence":
            self.server.slack.wait_for_release()
            self.close_connection = True
            return
        if fault.line == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
            self.close_connection = True
            return
        self.send_response(fault.status)
        for name, value in ({"Content-Type": "application/json"} | fault.headers).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(fault.body)))
        self.end_headers()
        self.wfile.write(fault.body)

    def do_GET(self) -> None:
        """Slack is only ever POSTed to; a GET is a followed redirect, and is counted."""
        self.server.slack.requests += 1
        self.send_error(405)

    def do_HEAD(self) -> None:
        """Whether anybody is there."""
        self.send_response(405)
        self.end_headers()

    def log_message(self, *args: Any) -> None:
        """Quiet."""

    def finish(self) -> None:
        try:
            super().finish()
        except (OSError, ValueError):
            self.close_connection = True
