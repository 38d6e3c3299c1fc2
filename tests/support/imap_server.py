"""A mail server that answers as it is told, for what no real one can be made to do on demand."""

import re
import socket
import threading
from collections.abc import Callable
from typing import Self

FETCH = re.compile(rb"UID FETCH ([\d,]+) ")


class ImapServer:
    """One folder of `mails` (UID to bytes) on loopback; `between` is said after each of them."""

    def __init__(
        self, mails: dict[int, bytes], *, between: Callable[[int], bytes] = lambda _: b""
    ) -> None:
        self.mails, self.between = mails, between
        self.validity = 7
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._accept, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join(5)

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with connection, connection.makefile("rwb") as wire:
                self._serve(wire)

    def _serve(self, wire) -> None:
        wire.write(b"* OK ready\r\n")
        wire.flush()
        for line in wire:
            tag, _, asked = line.strip().partition(b" ")
            wire.write(self._answer(asked) + tag + b" OK done\r\n")
            wire.flush()
            if asked.upper().startswith(b"LOGOUT"):
                return

    def _answer(self, asked: bytes) -> bytes:
        verb = asked.upper()
        if verb.startswith(b"CAPABILITY"):
            return b"* CAPABILITY IMAP4rev1\r\n"
        if verb.startswith(b"STATUS"):
            following = max(self.mails, default=0) + 1
            state = f"(UIDVALIDITY {self.validity} UIDNEXT {following})"
            return f"* STATUS INBOX {state}\r\n".encode()
        if verb.startswith(b"UID SEARCH"):
            return b"* SEARCH " + b" ".join(b"%d" % uid for uid in sorted(self.mails)) + b"\r\n"
        if found := FETCH.match(verb):
            return b"".join(self._fetched(int(uid)) for uid in found[1].split(b","))
        return b""

    def _fetched(self, uid: int) -> bytes:
        if uid not in self.mails:
            return b""
        mail = self.mails[uid]
        about = b'* %d FETCH (UID %d FLAGS () INTERNALDATE "05-Jan-2026 09:00:00 +0000" ' % (
            uid,
            uid,
        )
        return (
            about
            + b"BODY[HEADER.FIELDS (X)] {%d}\r\n%s)\r\n" % (len(mail), mail)
            + (self.between(uid))
        )
