"""The other end of Socket Mode: a WebSocket server on loopback, as small as RFC 6455 allows."""

from __future__ import annotations

import base64
import hashlib
import json
import socket
import struct
import threading
from contextlib import suppress
from queue import Queue
from typing import Any, Self

_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_TEXT, _CLOSE, _PING, _PONG = 1, 8, 9, 10


class FakeSocket:
    """`url` is where clients connect; `say` sends to the newest; `heard` has what they answered."""

    def __init__(self) -> None:
        self.heard: Queue[dict[str, Any]] = Queue()
        self.connected: Queue[int] = Queue()
        self.connections: list[socket.socket] = []
        self._server = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._accept, daemon=True)

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self._server.getsockname()[1]}/link?ticket=socket-canary-77aa"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        with suppress(OSError):
            self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        for connection in self.connections:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()
        self._thread.join(5)

    def say(self, message: dict[str, Any]) -> None:
        """One text frame to the newest connection."""
        _send(self.connections[-1], _TEXT, json.dumps(message).encode())

    def press(self, envelope: str, payload: dict[str, Any]) -> None:
        """What Slack sends when somebody presses a button."""
        self.say(
            {
                "envelope_id": envelope,
                "type": "interactive",
                "accepts_response_payload": False,
                "payload": payload,
            }
        )

    def cut(self) -> None:
        """Cut the newest connection."""
        with suppress(OSError):
            self.connections[-1].shutdown(socket.SHUT_RDWR)
        self.connections[-1].close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._server.accept()
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with suppress(OSError, EOFError):
            self._shake_hands(connection)
            self.connections.append(connection)
            self.connected.put(len(self.connections))
            while True:
                kind, data = _receive(connection)
                if kind == _PING:
                    _send(connection, _PONG, data)
                elif kind == _TEXT:
                    self.heard.put(json.loads(data))
                elif kind == _CLOSE:
                    return

    def _shake_hands(self, connection: socket.socket) -> None:
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += _exactly(connection, 1)
        lines = head.decode().split("\r\n")
        assert lines[0].startswith("GET /link?ticket="), lines[0]
        headers = dict(line.lower().split(": ", 1) for line in lines[1:] if ": " in line)
        key = next(line.split(": ", 1)[1] for line in lines if line.startswith("Sec-WebSocket-Key"))
        assert headers["upgrade"] == "websocket"
        accept = base64.b64encode(hashlib.sha1((key + _GUID).encode()).digest()).decode()
        connection.sendall(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Accept: {accept}\r\n\r\n".encode()
        )


def _send(connection: socket.socket, kind: int, data: bytes) -> None:
    size = bytes([len(data)]) if len(data) < 126 else b"\x7e" + struct.pack(">H", len(data))
    connection.sendall(bytes([0x80 | kind]) + size + data)


def _receive(connection: socket.socket) -> tuple[int, bytes]:
    first, second = _exactly(connection, 2)
    size = second & 0x7F
    if size == 126:
        size = struct.unpack(">H", _exactly(connection, 2))[0]
    mask = _exactly(connection, 4) if second & 0x80 else b"\0\0\0\0"
    data = _exactly(connection, size)
    return first & 0x0F, bytes(byte ^ mask[number % 4] for number, byte in enumerate(data))


def _exactly(connection: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        piece = connection.recv(size - len(data))
        if not piece:
            raise EOFError
        data += piece
    return data
